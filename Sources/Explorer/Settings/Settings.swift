import Canvas
import Training

/// What a user has set once and for all, by a configuration file and the environment.
public struct Settings: Equatable, Sendable {
  /// nil: the one that was taken last, or the program's for the terminal.
  public var theme: ThemeChoice?
  /// nil: as the terminal can, of these three.
  public var graphics: Graphics?
  public var color: ColorDepth?
  public var cell: PixelSize?
  public var dither = Dither.ordered
  public var mouse = true
  /// nil: the processor's.
  public var threads: Int?
  public var autosave = AutosaveInterval.every(seconds: 60)
  var smoothing = CurveSmoothing.none
  public var reducedMotion = false
  /// Of runs that options say nothing of, by the fields' names.
  public var run: [String: String] = [:]
  var keys: [KeyChange] = []

  public init() {}

  /// Fields of runs in the order of the table, with their values.
  public var runFields: [(name: String, text: String)] {
    RunField.all.compactMap { field in run[field.name].map { (field.name, $0) } }
  }
}

/// The theme to begin with, by name or by file.
public enum ThemeChoice: Equatable, Sendable {
  case one(String)
  /// For terminals with a dark and with a light background.
  case pair(dark: String, light: String)

  var names: [String] {
    switch self {
    case .one(let name): [name]
    case .pair(let dark, let light): [dark, light]
    }
  }

  /// Whether a theme is a file, and not one of the library by its name.
  static func isFile(_ wanted: String) -> Bool { wanted.contains("/") || wanted.hasSuffix(".theme") }

  /// Files as a configuration means them: from the home folder, or from its own.
  func located(home: String?, folder: String?) -> ThemeChoice {
    func path(_ wanted: String) -> String {
      if wanted.hasPrefix("~/"), let home { return home + wanted.dropFirst() }
      guard Self.isFile(wanted), !wanted.hasPrefix("/"), let folder else { return wanted }
      return "\(folder)/\(wanted)"
    }
    return switch self {
    case .one(let name): .one(path(name))
    case .pair(let dark, let light): .pair(dark: path(dark), light: path(light))
    }
  }
}

/// How often autosaves are written.
public enum AutosaveInterval: Equatable, Sendable {
  case off
  case every(seconds: Double)

  /// What `init(argument:)` reads.
  public static let allowed = "off, or seconds from 0.1 to 86400"

  public init?(argument: String) {
    if argument == "off" {
      self = .off
    } else if let seconds = Double(argument), (0.1...86_400).contains(seconds) {
      self = .every(seconds: seconds)
    } else {
      return nil
    }
  }

  public var seconds: Double? { if case .every(let seconds) = self { seconds } else { nil } }
}
