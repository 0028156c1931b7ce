import Canvas
import Training

/// A value as a configuration has it.
enum SettingValue: Equatable, Sendable {
  case text(String), integer(Int), number(Double), flag(Bool)
  case list([SettingValue])
  case table([String: SettingValue])
  case other(String)

  /// What was typed or stands in the environment, where everything is text.
  init(typed text: String) {
    if let flag = Bool(text) {
      self = .flag(flag)
    } else if let integer = Int(text) {
      self = .integer(integer)
    } else if let number = Double(text), number.isFinite {
      self = .number(number)
    } else {
      self = .text(text)
    }
  }

  /// For a person.
  var found: String {
    switch self {
    case .text(let text): "'\(text)'"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .list: "a list"
    case .table(let values): "{ \(values.keys.sorted().joined(separator: ", ")) }"
    case .other(let kind): "a \(kind)"
    }
  }

  /// Of texts; numbers where names are numbers.
  var word: String? {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    default: nil
    }
  }
}

/// One value that can be set: the table that the file, the environment, `:set` and the documented defaults are made from.
struct Setting: Sendable {
  /// In a table of the file after a dot: `run.model`.
  let name: String
  let help: String
  /// What may stand there, in words, and the words themselves where they are few.
  let allowed: String
  let choices: [String]
  /// As the file has it when nothing is changed.
  let standard: String
  /// Whether it can be changed while the program runs.
  let isLive: Bool
  /// nil: the value is none that is allowed.
  let read: @Sendable (SettingValue, inout Settings) -> Void?

  static func named(_ name: String) -> Setting? { all.first { $0.name == name } }
  static var live: [Setting] { all.filter(\.isLive) }

  /// `reduced-motion` is `ASMR_TUI_REDUCED_MOTION`, `run.model` is `ASMR_TUI_MODEL`.
  var environmentName: String {
    let short = name.split(separator: ".").last.map(String.init) ?? name
    return "ASMR_TUI_" + short.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  private init(
    _ name: String, _ help: String, allowed: String, choices: [String] = [], standard: String, isLive: Bool = false,
    read: @escaping @Sendable (SettingValue, inout Settings) -> Void?
  ) {
    (self.name, self.help, self.allowed, self.choices) = (name, help, allowed, choices)
    (self.standard, self.isLive, self.read) = (standard, isLive, read)
  }

  /// One of a few words.
  private static func word(
    _ name: String, _ help: String, _ choices: [String], standard: String, isLive: Bool = false,
    read: @escaping @Sendable (String, inout Settings) -> Void?
  ) -> Setting {
    Setting(name, help, allowed: Nearest.list(choices), choices: choices, standard: "\"\(standard)\"", isLive: isLive) { value, settings in
      value.word.flatMap { choices.contains($0) ? read($0, &settings) : nil }
    }
  }

  private static func flag(
    _ name: String, _ help: String, standard: Bool, _ path: any WritableKeyPath<Settings, Bool> & Sendable
  ) -> Setting {
    Setting(name, help, allowed: "true, false", choices: ["true", "false"], standard: "\(standard)", isLive: true) { value, settings in
      guard case .flag(let flag) = value else { return nil }
      settings[keyPath: path] = flag
      return ()
    }
  }

  private static func run(_ name: String) -> Setting {
    let field = RunField.named(name)
    let choices = field?.choices ?? []
    let standard = field?.text(of: RunConfiguration()) ?? "paper"
    let help = field?.help.split(separator: "\n").first.map(String.init) ?? name
    return word("run.\(name)", help, choices, standard: standard) { $1.run[name] = $0 }
  }

  /// In the order of the file.
  static let all: [Setting] = [
    Setting(
      "theme", "A name, a file in btop's format, or one for each kind of terminal. Without it: the theme that was taken last.",
      allowed: "a theme's name, a file, or { dark = …, light = … }", standard: #"{ dark = "asmr", light = "asmr-light" }"#, isLive: true
    ) { value, settings in
      switch value {
      case .text(let name) where !name.isEmpty: settings.theme = .one(name)
      case .table(let pair):
        guard pair.count == 2, case .text(let dark)? = pair["dark"], case .text(let light)? = pair["light"] else { return nil }
        settings.theme = .pair(dark: dark, light: light)
      default: return nil
      }
      return ()
    },
    word(
      "graphics", "How pictures are drawn: in the terminal's pixels, or as characters.", ["auto"] + Graphics.allCases.map(\.rawValue),
      standard: "auto"
    ) { $1.graphics = Graphics(rawValue: $0) },
    word("color", "Colours of pictures made of characters. NO_COLOR in the environment comes first.", ["auto"] + ColorDepth.names, standard: "auto") {
      $1.color = ColorDepth(name: $0)
    },
    word("dither", "How few colours stand for many.", Dither.allCases.map(\.rawValue), standard: "ordered") {
      $1.dither = Dither(rawValue: $0) ?? .ordered
    },
    Setting(
      "cell", "Size of a character in pixels, where the terminal says it wrongly.",
      allowed: "auto, or WxH as in 8x16, each side from 4 to 64", standard: #""auto""#
    ) { value, settings in
      guard case .text(let text) = value else { return nil }
      guard text != "auto" else { return settings.cell = nil }
      guard let size = PixelSize(cell: text) else { return nil }
      return settings.cell = size
    },
    flag("mouse", "Whether the mouse works here; without, it is left to the terminal.", standard: true, \.mouse),
    Setting(
      "threads", "Threads of the computation; auto: the processor's. No result depends on it.",
      allowed: "auto, or \(Engine.allowedThreads.lowerBound) to \(Engine.allowedThreads.upperBound)", standard: #""auto""#
    ) { value, settings in
      switch value {
      case .text("auto"): settings.threads = nil
      case .integer(let count) where Engine.allowedThreads.contains(count): settings.threads = count
      default: return nil
      }
      return ()
    },
    Setting(
      "autosave", "Seconds between autosaves of the session; off: none, at the end neither.",
      allowed: AutosaveInterval.allowed, choices: ["10", "60", "300"], standard: "60", isLive: true
    ) { value, settings in
      let text = switch value {
      case .text("off"): "off"
      case .integer(let seconds): String(seconds)
      case .number(let seconds): String(seconds)
      default: ""
      }
      return AutosaveInterval(argument: text).map { settings.autosave = $0 }
    },
    word(
      "smoothing", "Smoothing of curves, over so many steps.", CurveSmoothing.allCases.map(\.settingName), standard: "off", isLive: true
    ) { text, settings in
      CurveSmoothing.allCases.first { $0.settingName == text }.map { settings.smoothing = $0 }
    },
    flag("reduced-motion", "Whether nothing moves that need not.", standard: false, \.reducedMotion),
    run("model"), run("variant"), run("preset"),
  ]
}

extension CurveSmoothing {
  var settingName: String { self == .none ? "off" : String(steps) }
}
