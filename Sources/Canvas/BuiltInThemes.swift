extension Theme {
  /// The files of `themes/`, which are built in: the program needs none to start. The default one is the first, what it is
  /// on light screens the second.
  public static let builtIns: [Theme] = files.map { name, bytes in
    Theme(values: ThemeFile.parse(String(decoding: bytes, as: UTF8.self), file: name).values, name: name)
  }

  /// What is used when nothing else is asked for, on dark screens and where nobody knows.
  public static let builtIn = builtIns[0]
  /// The same for light screens.
  public static let builtInLight = builtIns[1]

  private static let files: [(name: String, bytes: [UInt8])] = [
    ("asmr", PackageResources.asmr_theme), ("asmr-light", PackageResources.asmr_light_theme),
    ("catppuccin-latte", PackageResources.catppuccin_latte_theme), ("catppuccin-mocha", PackageResources.catppuccin_mocha_theme),
    ("gruvbox-dark", PackageResources.gruvbox_dark_theme), ("gruvbox-light", PackageResources.gruvbox_light_theme),
    ("high-contrast", PackageResources.high_contrast_theme), ("monochrome", PackageResources.monochrome_theme),
    ("nord", PackageResources.nord_theme), ("solarized-dark", PackageResources.solarized_dark_theme),
    ("solarized-light", PackageResources.solarized_light_theme), ("tokyo-night", PackageResources.tokyo_night_theme),
  ]
}
