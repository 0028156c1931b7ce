import Canvas
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Progress on standard error: a bar that redraws itself on a terminal, a plain line now and then elsewhere.
final class ProgressLine {
  private let total: Int
  /// Which of several runs it is.
  private let name: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isUnicode = localeIsUTF8()
  private var lastPlain = 0.0
  /// The newest measurement; a snapshot may come without one.
  private var newest: StepMetrics?

  /// Seconds between plain lines.
  private static let plainSeconds = 5.0

  init(total: Int, name: String = "") {
    self.total = total
    self.name = name.isEmpty ? "" : name + "  "
  }

  func show(_ snapshot: Snapshot) {
    newest = snapshot.metrics.last ?? newest
    if isTerminal {
      // A line that wraps would scroll the screen with every update: bar, then time, give way.
      let room = terminalSize(STDERR_FILENO).columns - 1
      let forms = [line(snapshot, bar: true), line(snapshot, bar: false)]
      emit("\r\u{1B}[K" + String((forms.first { $0.count <= room } ?? forms[1]).prefix(max(room, 0))))
    } else if snapshot.trainedSeconds - lastPlain >= Self.plainSeconds {
      lastPlain = snapshot.trainedSeconds
      emit(line(snapshot, bar: false) + "\n")
    }
  }

  /// The last line stays.
  func finish(_ snapshot: Snapshot) {
    guard let evaluation = snapshot.evaluation else { return }
    let ssim = evaluation.ssim.map { "  SSIM " + NumberText.fixed($0, decimals: 4) } ?? ""
    let variant = snapshot.configuration.variant == .published ? "\(snapshot.configuration.model.title), published variant: " : ""
    let text = "\(name)\(variant)\(snapshot.state.rawValue) at step \(snapshot.step)  PSNR \(decibel(evaluation.psnr)) dB\(ssim)  "
      + "\(NumberText.fixed(snapshot.trainedSeconds, decimals: 1)) s"
    emit((isTerminal ? "\r\u{1B}[K" : "") + text + "\n")
  }

  private func line(_ snapshot: Snapshot, bar: Bool) -> String {
    let rate = snapshot.stepsPerSecond
    let left = rate > 0 ? Double(max(0, total - snapshot.step)) / rate : 0
    let psnr = newest.map { (($0.isEstimate ? isUnicode ? "≈" : "~" : "") + decibel($0.psnr)) + " dB" } ?? "-"
    let width = 24
    let filled = total > 0 ? min(width, width * snapshot.step / total) : width
    let (done, open) = isUnicode ? ("━", "╌") : ("=", "-")
    let meter = bar ? String(repeating: done, count: filled) + String(repeating: open, count: width - filled) + "  " : ""
    return "\(name)\(meter)step \(snapshot.step)/\(total)  \(psnr)  \(NumberText.fixed(rate, decimals: rate < 10 ? 2 : 1)) it/s  \(clock(left)) left"
  }

  private func decibel(_ value: Double) -> String { value.isFinite ? NumberText.fixed(value, decimals: 2) : isUnicode ? "∞" : "inf" }

  private func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 359_999).rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return whole >= 3600
      ? "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))" : "\(two(whole / 60)):\(two(whole % 60))"
  }

  private func emit(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Whether the environment's locale is UTF-8.
func localeIsUTF8() -> Bool {
  func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
  let name = ["LC_ALL", "LC_CTYPE", "LANG"].map(value).first { !$0.isEmpty }
  let lower = (name ?? "").lowercased()
  return lower.hasSuffix("utf-8") || lower.hasSuffix("utf8")
}

/// Size of the terminal at a descriptor; 80×24 where it does not say.
func terminalSize(_ descriptor: Int32) -> (columns: Int, rows: Int) {
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
    return (80, 24)
  }
  return (Int(size.ws_col), Int(size.ws_row))
}
