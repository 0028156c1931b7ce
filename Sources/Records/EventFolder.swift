import Signals
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Folders as `tensorboard --logdir` reads them: a folder a run, an event file in each.
public enum EventFolder {
  /// Writes an event file of every run into a folder of its name below `path`, in the place of event files that are there.
  ///
  /// Throws `.cannotWrite` for folders that cannot be made and files that cannot be written.
  public static func write(_ record: Record, to path: String) throws(SignalError) {
    try make(path)
    for run in try entries(path) { try removeEventFiles(in: "\(path)/\(run)") }
    for run in record.runs {
      let folder = "\(path)/\(folderName(run.name))"
      try make(folder)
      let bytes = try EventFile.bytes(run, target: record.target, date: record.date)
      try AtomicFile.write(bytes, to: "\(folder)/\(EventFile.name(date: record.date))")
    }
  }

  /// Whether there is a folder of this path that may be written to. Long computations ask before they begin.
  ///
  /// Throws `.cannotWrite` when there can be none: a file of the name, a missing or protected folder around it.
  public static func exists(_ path: String) throws(SignalError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      try AtomicFile.checkWritable(trimmed(path))
      return false
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw fault(path, ENOTDIR) }
    guard access(path, W_OK | X_OK) == 0 else { throw fault(path, errno) }
    return true
  }

  /// Whether a folder holds event files itself, which TensorBoard would take for parts of one curve.
  public static func hasEventFiles(_ path: String) throws(SignalError) -> Bool { try entries(path).contains(where: isEventFile) }

  /// The folder, made if it is not there.
  static func make(_ path: String) throws(SignalError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw fault(path, ENOTDIR) }
      return
    }
    guard mkdir(path, 0o777) == 0 else { throw fault(path, errno) }
  }

  static func fault(_ path: String, _ code: Int32) -> SignalError {
    SignalError(
      kind: .cannotWrite, file: path,
      message: "cannot be written: found “\(String(cString: strerror(code)))”; allowed a folder that you may write to")
  }

  /// A run's name with nothing in it that paths or TensorBoard's filters take for something else.
  static func folderName(_ name: String) -> String {
    let words = name.replacing("×", with: "x").split { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "." || $0 == "-") }
    let text = words.joined(separator: "-")
    return text.allSatisfy { $0 == "." } ? "run" : text
  }

  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.last == "/" { path.removeLast() }
    return path
  }

  private static func isEventFile(_ name: String) -> Bool { name.hasPrefix("events.out.tfevents.") }

  private static func removeEventFiles(in folder: String) throws(SignalError) {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
    let files = try entries(folder).filter(isEventFile)
    for file in files where unlink("\(folder)/\(file)") != 0 { throw fault("\(folder)/\(file)", errno) }
    // A run that is no more leaves its folder, unless somebody keeps something else in it.
    if !files.isEmpty { rmdir(folder) }
  }

  /// Names in a folder; none where there is no folder.
  private static func entries(_ path: String) throws(SignalError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw fault(path, errno)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

/// The event file of a run that is going on: written as the run tells of itself, so that TensorBoard shows it meanwhile.
///
/// It is never replaced as a whole: if the program dies, what was written stays readable.
public final class EventLog {
  private var file: EventFile
  private let descriptor: Int32
  private let path: String
  private var lastSimilarity: Similarity?
  private var lastStep: Int?
  private var lastPictureStep: Int?

  /// Makes the folder, if it is not there, and an event file in it, which begins with the configuration and the target.
  ///
  /// Throws `.cannotWrite` when that is not possible.
  public init(folder: String, configuration: RunConfiguration, target: Signal, date: Double) throws(SignalError) {
    try EventFolder.make(folder)
    path = "\(folder)/\(EventFile.name(date: date))"
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw EventFolder.fault(path, errno) }
    file = EventFile(origin: date)
    file.add(configuration, name: configuration.label)
    try file.add(target, tag: "target", elapsed: 0, step: 0)
    try flush()
  }

  deinit { close(descriptor) }

  /// Writes what a snapshot tells that the one before did not.
  ///
  /// Throws `.cannotWrite`; the file then ends where it could be written to.
  public func add(_ snapshot: Snapshot) throws(SignalError) {
    for point in snapshot.metrics { file.add(point) }
    lastStep = snapshot.metrics.last?.step ?? lastStep
    if let similarity = snapshot.similarity { add(similarity, elapsed: snapshot.elapsedSeconds) }
    if let preview = snapshot.preview {
      try file.add(preview.picture, tag: "reconstruction", elapsed: snapshot.elapsedSeconds, step: preview.step)
      lastPictureStep = preview.step
    }
    try flush()
  }

  /// Writes the numbers and the picture of the parameters as they are at the end.
  public func finish(_ snapshot: Snapshot) throws(SignalError) {
    guard let evaluation = snapshot.evaluation else { return }
    if evaluation.step != lastStep {
      file.add(
        StepMetrics(
          step: evaluation.step, loss: evaluation.loss, psnr: evaluation.psnr, isEstimate: false,
          seconds: snapshot.trainedSeconds, elapsedSeconds: snapshot.elapsedSeconds))
    }
    if let ssim = evaluation.ssim {
      add(Similarity(value: ssim, step: evaluation.step), elapsed: snapshot.elapsedSeconds)
    }
    if evaluation.step != lastPictureStep {
      try file.add(evaluation.signal, tag: "reconstruction", elapsed: snapshot.elapsedSeconds, step: evaluation.step)
    }
    try flush()
  }

  private func add(_ similarity: Similarity, elapsed: Double) {
    guard similarity.step != lastSimilarity?.step else { return }
    lastSimilarity = similarity
    file.add(similarity, elapsed: elapsed)
  }

  private func flush() throws(SignalError) {
    var rest = file.take()[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { throw EventFolder.fault(path, errno) }
      if count > 0 { rest.removeFirst(count) }
    }
  }
}
