import ArgumentParser
import Canvas
import Explorer
import Signals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The configuration file.
struct SettingsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Configuration file. (default: $XDG_CONFIG_HOME/asmr-tui/config.toml)", valueName: "file"),
    completion: .file(extensions: ["toml"]))
  var config: String?

  /// What the file and the environment say; a file that was not named may be missing.
  ///
  /// - Throws: when anything is wrong, after all of it was said.
  func load(environment: [String: String]) throws -> Settings {
    var settings = Settings()
    let themes = try ThemeLibrary(folders: Self.themeFolders(environment: environment)).load().themes.map(\.name)
    var faults: [SettingFault] = []
    let named = config ?? environment["ASMR_TUI_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    if let file = named ?? Settings.file(environment: environment).flatMap({ access($0, F_OK) == 0 ? $0 : nil }) {
      faults += settings.read(try Settings.text(ofFile: file), file: file, themes: themes, home: environment["HOME"])
    }
    faults += settings.read(environment: environment, themes: themes)
    guard !faults.isEmpty else { return settings }
    for fault in faults { printError("asmr-tui: \(fault)") }
    throw Exit(status: .usage)
  }

  /// Where themes are looked for.
  static func themeFolders(environment: [String: String]) -> [String] {
    ThemeLibrary.folders(environment: environment, program: ProgramFile.path)
  }
}
