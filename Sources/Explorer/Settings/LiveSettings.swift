import Networks

/// Values of the configuration while the program runs.
extension ExplorerState {
  /// What `:set` offers for a setting.
  func choices(of setting: Setting) -> [String] { setting.name == "theme" ? themes.map(\.name) : setting.choices }

  /// Takes over what a user has set, before the first frame.
  mutating func adopt(_ settings: Settings) {
    keymap = Keymap.standard.changed(by: settings.keys).keymap
    curves.smoothing = settings.smoothing
    reducedMotion = settings.reducedMotion
  }

  /// Changes a value until the program ends, or says it.
  ///
  /// - Throws: what was found and what is allowed, in one line.
  mutating func set(_ name: String, to text: String?) throws(ConfigurationError) -> [Effect] {
    let live = Setting.live.map(\.name)
    guard let setting = Setting.named(name) else {
      throw ConfigurationError("set: found '\(name)'; allowed are \(Nearest.list(live))")
    }
    guard setting.isLive else {
      throw ConfigurationError("set: found \(name), which is read at the start alone; allowed are \(Nearest.list(live))")
    }
    guard let text else {
      say("\(name) \(value(of: setting)); allowed is \(setting.allowed)", seconds: 8)
      return []
    }
    var settings = Settings()
    if let fault = setting.fault(SettingValue(typed: text), &settings, themes.map(\.name)) {
      throw ConfigurationError("\(name): found \(fault.found); allowed is \(fault.allowed)")
    }
    return try apply(setting, settings, text)
  }

  private func value(of setting: Setting) -> String {
    switch setting.name {
    case "theme": theme.name
    case "mouse": "\(usesMouse)"
    case "autosave": sessions?.interval.map { "\($0)" } ?? "off"
    case "smoothing": curves.smoothing.settingName
    default: "\(reducedMotion)"
    }
  }

  private mutating func apply(_ setting: Setting, _ settings: Settings, _ text: String) throws(ConfigurationError) -> [Effect] {
    switch setting.name {
    case "theme": return try take(themeNamed: settings.theme?.names.first ?? "")
    case "mouse":
      usesMouse = settings.mouse
      say(usesMouse ? "the mouse works here" : "the mouse is the terminal's")
      return [.mouse(usesMouse)]
    case "autosave":
      guard sessions != nil else { throw ConfigurationError("autosave: \(Self.sessionsAreOff)") }
      sessions?.interval = settings.autosave.seconds
    case "smoothing": curves.smoothing = settings.smoothing
    default: reducedMotion = settings.reducedMotion
    }
    say("\(setting.name) \(text)")
    return []
  }
}
