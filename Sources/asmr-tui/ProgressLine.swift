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
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var lastPlain = 0.0

  /// Seconds between plain lines.
  private static let plainSeconds = 5.0

  init(total: Int) { self.total = total }

  func show(_ snapshot: Snapshot) {
    if isTerminal {
      emit("\r\u{1B}[K" + line(snapshot, bar: true))
    } else if snapshot.trainedSeconds - lastPlain >= Self.plainSeconds {
      lastPlain = snapshot.trainedSeconds
      emit(line(snapshot, bar: false) + "\n")
    }
  }

  /// The last line stays.
  func finish(_ snapshot: Snapshot) {
    guard let evaluation = snapshot.evaluation else { return }
    let ssim = evaluation.ssim.map { "  SSIM " + NumberText.fixed($0, decimals: 4) } ?? ""
    let text = "\(snapshot.state.rawValue) at step \(snapshot.step)  PSNR \(decibel(evaluation.psnr)) dB\(ssim)  "
      + "\(NumberText.fixed(snapshot.trainedSeconds, decimals: 1)) s"
    emit((isTerminal ? "\r\u{1B}[K" : "") + text + "\n")
  }

  private func line(_ snapshot: Snapshot, bar: Bool) -> String {
    let rate = snapshot.stepsPerSecond
    let left = rate > 0 ? Double(max(0, total - snapshot.step)) / rate : 0
    let newest = snapshot.metrics.last
    let psnr = newest.map { (($0.isEstimate ? "≈" : "") + decibel($0.psnr)) + " dB" } ?? "–"
    let width = 24
    let filled = total > 0 ? min(width, width * snapshot.step / total) : width
    let meter = bar ? String(repeating: "━", count: filled) + String(repeating: "╌", count: width - filled) + "  " : ""
    return "\(meter)step \(snapshot.step)/\(total)  \(psnr)  \(NumberText.fixed(rate, decimals: rate < 10 ? 2 : 1)) it/s  \(clock(left)) left"
  }

  private func decibel(_ value: Double) -> String { value.isFinite ? NumberText.fixed(value, decimals: 2) : "∞" }

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
