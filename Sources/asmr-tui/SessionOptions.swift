import ArgumentParser
import Explorer
import Networks
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Going on with runs that were saved, and saving them.
struct SessionOptions: ParsableArguments {
  @Option(
    defaultAsFlag: "",
    help: ArgumentHelp("Go on with a session, the newest when no name is given.", valueName: "name"), completion: .sessions)
  var resume: String?

  @Option(
    help: ArgumentHelp("Seconds between autosaves; off: none, at the end neither. (default: 60)", valueName: "seconds|off"),
    completion: .list(["off"]),
    transform: { try optionValue($0, allowed: AutosaveInterval.allowed, AutosaveInterval.init(argument:)) })
  var autosave: AutosaveInterval?

  /// What a session gives, in the place of a picture and of runs.
  struct Opened {
    let name: String
    let session: Session
    let picture: LoadedSignal
  }

  static func store() throws(SignalError) -> SessionStore {
    guard let store = SessionStore(environment: ProcessInfo.processInfo.environment) else {
      throw SignalError(
        kind: .noInput, file: "sessions", message: "found neither XDG_STATE_HOME nor HOME; allowed: one of them, an absolute path")
    }
    return store
  }

  /// The session that was asked for; nil when none was.
  ///
  /// - Parameter file: where its picture is now, when that was said.
  func open(file: String?) throws(SignalError) -> Opened? {
    guard let resume else { return nil }
    var (name, path, session) = try Self.read(resume, command: "asmr-tui --resume")
    if let file {
      // One that is not there is not silently another one.
      if file != "-" { _ = try InputFile.read(path: file) }
      session.picture.path = Self.absolute(file)
    }
    return Opened(name: name, session: session, picture: try session.picture.load(file: path))
  }

  /// Reads a session.
  ///
  /// - Parameters:
  ///   - wanted: its name, or a path; nothing: the newest.
  ///   - command: what opens another one, with that one's name behind it.
  /// - Returns: also the name it has, and its file.
  static func read(_ wanted: String, command: String) throws(SignalError) -> (name: String, path: String, session: Session) {
    if wanted.contains("/") || wanted.hasSuffix(".session") && access(wanted, F_OK) == 0 {
      let path = wanted.contains("/") ? wanted : "./" + wanted
      return (wanted, path, try Session(bytes: try InputFile.read(path: path), file: path))
    }
    let store = try store()
    guard let name = wanted.isEmpty ? store.newest() : wanted else {
      throw SignalError(
        kind: .noInput, file: store.folder, message: "sessions: found none; allowed is what the explorer saved there")
    }
    if access(store.path(name), F_OK) != 0, !store.names().isEmpty {
      let names = store.names()
      let rest = names.count > 8 ? " and \(names.count - 8) more, which `asmr-tui sessions` lists" : ""
      throw SignalError(
        kind: .noInput, file: store.folder,
        message: "session: found no '\(name)'; allowed are \(names.prefix(8).joined(separator: ", "))\(rest)")
    }
    return (name, store.path(name), try store.read(name, command: command))
  }

  /// Where the explorer saves itself; nil when it is not to.
  ///
  /// - Parameters:
  ///   - file: the picture's; nil when it comes from the session.
  ///   - threads: of the computation, for the memory.
  ///   - settings: what holds where an option does not say otherwise.
  func setup(
    _ opened: Opened?, picture: LoadedSignal, file: String?, resize: ResizePolicy, threads: Int, settings: Settings
  ) throws -> SessionSetup? {
    var restored: [RunID: RestoredRun] = [:]
    if let opened {
      let runs = opened.session.runs
      let signal = opened.picture.signal
      try MemoryBudget.check(
        runs.map(\.checkpoint.trainer.configuration), shape: signal.shape, channels: signal.channels, threads: threads)
      for run in runs {
        do throws(ConfigurationError) {
          restored[run.id] = try RestoredRun(run.checkpoint, signal: signal)
        } catch {
          throw SignalError(kind: .data, file: opened.name, message: "run \(run.id.value): \(error)")
        }
      }
    }
    let stored = opened?.session.picture ?? SessionPicture(path: file.flatMap(Self.absolute), resize: resize, picture)
    let store = try? Self.store()
    var setup = SessionSetup(store: store, picture: stored, interval: (autosave ?? settings.autosave).seconds)
    (setup.opened, setup.restored) = (opened.map { ($0.name, $0.session) }, restored)
    guard let store else { return setup }
    do throws(SignalError) {
      try store.create()
      try AtomicFile.checkWritable(store.path("session"))
    } catch {
      // What is saved by hand alone has time for it then.
      if setup.interval != nil { setup.fault = error.description }
    }
    return setup
  }

  /// nil for standard input.
  static func absolute(_ file: String) -> String? {
    guard file != "-", let resolved = realpath(file, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
