import Canvas
import Records

/// What can be written to a file of what is looked at.
enum ExportSubject: Hashable, Sendable {
  /// The whole screen.
  case view
  /// Every feature map that is in sight, titled, on a page of their own.
  case mapGrid
  /// The recording of a unit: its frames one after the other.
  case timeLapse
  /// Every raw point of every run.
  case curves
  /// Curves, table, pictures and configurations of all runs.
  case report
  /// All that is on the screen in plain sentences.
  case summary

  var title: String {
    switch self {
    case .view: "the view"
    case .mapGrid: "the grid of maps"
    case .timeLapse: "the time-lapse"
    case .curves: "curves of all runs"
    case .report: "a report of all runs"
    case .summary: "the summary"
    }
  }

  /// Whether it is of runs, whatever the view shows.
  var isRecord: Bool { self == .curves || self == .report }
}

/// How it is written, by the name of the file.
enum ExportFormat: String, CaseIterable, Sendable {
  /// Pixels. Of a time-lapse numbered files, a frame each.
  case png
  /// Pixels as a terminal with sixel shows them by `cat`.
  case sixel
  /// Text with colour sequences, as any terminal shows it by `cat`.
  case ansi
  /// Text alone.
  case txt
  /// An animation.
  case gif
  /// Points as text.
  case csv, jsonl
  /// A folder for `tensorboard --logdir`.
  case tfevents
  /// A page with everything in it.
  case html

  static func named(_ suffix: String) -> ExportFormat? {
    switch suffix.lowercased() {
    case "png": .png
    case "six", "sixel": .sixel
    case "ans", "ansi": .ansi
    case "txt": .txt
    case "gif": .gif
    case "csv": .csv
    case "jsonl": .jsonl
    case "tfevents": .tfevents
    case "html": .html
    default: nil
    }
  }

  var isFolder: Bool { self == .tfevents }
  /// Whether reconstructions of all runs are a part of it.
  var hasReconstructions: Bool { self == .tfevents || self == .html }
}

extension ExportSubject {
  /// The formats that there are for it, the standard one first.
  var formats: [ExportFormat] {
    switch self {
    case .view: [.png, .ansi, .sixel, .txt]
    case .mapGrid: [.png]
    case .timeLapse: [.gif, .png]
    case .curves: [.csv, .jsonl, .tfevents]
    case .report: [.html]
    case .summary: [.txt]
    }
  }

  /// `.png, .ansi, .sixel or .txt`.
  var suffixes: String {
    let names = formats.map { ".\($0.rawValue)" }
    return names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }
}

/// The line in which the path of an export is typed.
struct ExportPrompt: PathPrompt, Sendable {
  var subject: ExportSubject
  /// What else there is here, in the order of the tab key.
  var subjects: [ExportSubject]
  var line: LineEditor
  /// Of a folder, Enter replaces the event files in it.
  var existing: String?
  var fault: String?
  /// What was read when it was opened.
  var summary: Summary?

  /// How the name says to write it; else the reason why it does not.
  var format: Result<ExportFormat, ExportFault> {
    let name = line.text.split(separator: "/").last.map(String.init) ?? ""
    let suffix = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last.map(String.init)
    guard let format = suffix.flatMap(ExportFormat.named), subject.formats.contains(format) else {
      let found = suffix.map { "'.\($0)'" } ?? "no suffix"
      return .failure(ExportFault("\(subject.title): found \(found); allowed are \(subject.suffixes)"))
    }
    return .success(format)
  }
}

/// Why a file's name does not do.
struct ExportFault: Error, Equatable {
  let text: String
  init(_ text: String) { self.text = text }
}

/// An export that waits until every picture has come at the resolution of the file.
struct PendingExport: Equatable, Sendable {
  let subject: ExportSubject
  let format: ExportFormat
  let path: String
  /// What a cell shows on the screen, which comes back afterwards.
  var pixels: PixelSize
  let since: Double
  var summary: Summary?

  /// Whether it waits for any; points of curves are there, and the maps of a recording.
  var needsPictures: Bool { subject != .summary && subject != .timeLapse && (!subject.isRecord || format.hasReconstructions) }

  /// Pictures of a dear run may take their time; after so many seconds what is there is taken.
  static let patience = 4.0
  /// Maps of networks that work them out sample by sample.
  static let patienceForMaps = 30.0
}

/// Something to be written, whole in itself.
struct Export: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    /// One, or those of an animation.
    case frames([Frame])
    case record(Record)
  }

  var content: Content
  var format: ExportFormat
  var path: String
  /// Pixels of a cell.
  var cell = PixelSize.commonCell
  /// What stands for the terminal's own colours.
  var ink = Theme.builtIn.ink()
  var ground = Theme.builtIn.ground()
  /// Between the frames of an animation, in hundredths of a second.
  var delay = 0
  /// Of a recording's last frame; nil for anything else.
  var recordedStep: Int?
}
