import Canvas
import Networks
import Signals
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A report of runs as one HTML file that needs nothing else, no network and no script: curves as SVG, the table of runs,
/// pictures as PNG within it, and every run's configuration with the command that repeats it.
public enum HTMLReport {
  /// Throws `.usage` when the target is no picture.
  public static func bytes(_ record: Record) throws(SignalError) -> [UInt8] {
    let title = HTMLText.escaped(record.name)
    return Array(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="generator" content="asmr-tui">
      <title>\(title): \(record.runs.count == 1 ? "a run" : "\(record.runs.count) runs")</title>
      <style>
      \(HTMLText.style(runs: record.runs.count))
      </style>
      </head>
      <body>
      <h1>\(title)</h1>
      \(introduction(record))
      <h2>PSNR</h2>
      \(curves(record))
      <h2>Runs</h2>
      \(table(record))
      <h2>Pictures</h2>
      \(try pictures(record))
      <h2>Configurations</h2>
      \(record.runs.enumerated().map { configuration($1, number: $0, picture: record.name) }.joined(separator: "\n"))
      </body>
      </html>

      """.utf8)
  }

  private static func introduction(_ record: Record) -> String {
    let size = record.shape.reversed().map(String.init).joined(separator: "×")
    let colors = record.channels == 1 ? "grey" : "colour"
    let time = Date(timeIntervalSince1970: record.date.rounded()).formatted(.iso8601)
    let threads = record.threads.map { $0 == 1 ? ", 1 thread" : ", \($0) threads" } ?? ""
    let loss = record.target == nil ? " The picture was not at hand: no target, and no PSNR or SSIM of the pictures below." : ""
    return "<p class=\"dim\">\(size) \(colors), \(NumberText.grouped(record.shape.reduce(1, *))) samples. "
      + "Recorded by asmr-tui on \(time)\(threads).\(loss)</p>"
  }

  // MARK: Curves

  private static func curves(_ record: Record) -> String {
    let axes: [(id: String, name: String, axis: PlotAxis)] = [
      ("steps", "step", PlotAxis(title: "step")),
      ("seconds", "seconds trained", PlotAxis(title: "seconds trained")),
      ("macs", "MACs spent", PlotAxis(scale: .logarithmic, title: "MACs spent in forward passes (log)")),
    ]
    var text = "<div class=\"plots\">\n"
    for (index, axis) in axes.enumerated() {
      text += "<input class=\"switch\" type=\"radio\" name=\"axis\" id=\"\(axis.id)\"\(index == 0 ? " checked" : "")>\n"
    }
    text += "<div class=\"choice\"><span class=\"dim\">against</span>"
    for axis in axes { text += "<label for=\"\(axis.id)\">\(axis.name)</label>" }
    text += "</div>\n"
    for axis in axes {
      let plot = CurvePlot(
        title: "PSNR against \(axis.name)", x: axis.axis, y: PlotAxis(title: "PSNR, dB"),
        curves: record.runs.enumerated().map { index, run in
          CurvePlot.Curve(index: index, points: run.points.map { point(of: run, $0, against: axis.id) })
        })
      text += "<figure class=\"plot\" id=\"by-\(axis.id)\">\(plot.svg())</figure>\n"
    }
    return text + "</div>"
  }

  private static func point(of run: RunRecord, _ point: StepMetrics, against axis: String) -> PlotPoint {
    let x = switch axis {
    case "seconds": point.seconds
    case "macs": run.macsSpent(steps: point.step)
    default: Double(point.step)
    }
    return PlotPoint(x: x, y: point.psnr.isFinite ? point.psnr : nil)
  }

  // MARK: Table

  /// The columns of the race's table.
  static let columns = [
    "run", "params", "MACs/sample", "sines", "PSNR", "best", "SSIM", "it/s", "seconds", "MACs spent", "share", "state",
  ]

  private static func table(_ record: Record) -> String {
    var text = "<div class=\"scroll\"><table>\n<thead><tr>"
    // A session that was kept knows no speeds: columns without a value are left out.
    let rows = record.runs.map(Self.values)
    let shown = columns.indices.dropFirst().filter { column in rows.isEmpty || rows.contains { !$0[column - 1].isEmpty } }
    for column in [0] + shown { text += "<th scope=\"col\">\(columns[column])</th>" }
    text += "</tr></thead>\n<tbody>\n"
    for (index, run) in record.runs.enumerated() {
      text += "<tr><td>\(key(index))\(named(run, index))</td>"
      for column in shown { text += "<td>\(rows[index][column - 1])</td>" }
      text += "</tr>\n"
    }
    text += "</tbody></table></div>\n"
    let estimates = record.runs.contains { $0.psnr?.isEstimate == true || $0.best?.isEstimate == true }
    text += "<p class=\"dim\">PSNR in dB. MACs: multiply-accumulates of a forward pass, averaged over the picture; spent: times "
      + "the samples of all steps.\(estimates ? " ≈: estimated from the mini-batches of the last epoch." : "")</p>"
    return text
  }

  private static func values(_ run: RunRecord) -> [String] {
    let psnr = run.psnr.map { ($0.isEstimate ? "≈" : "") + decibel($0.value) } ?? ""
    let best = run.best.map { ($0.isEstimate ? "≈" : "") + decibel($0.psnr) } ?? ""
    return [
      NumberText.grouped(run.cost.parameters), NumberText.tenths(run.cost.macs), NumberText.count(run.cost.sines), psnr, best, run.ssim.map { NumberText.fixed($0, decimals: 3) } ?? "",
      run.stepsPerSecond > 0 ? NumberText.fixed(run.stepsPerSecond, decimals: run.stepsPerSecond < 1 ? 2 : 1) : "",
      NumberText.fixed(run.trainedSeconds, decimals: 1), NumberText.short(run.macsSpent(steps: run.step)),
      run.share > 0 ? "\(Int((run.share * 100).rounded())) %" : "",
      "\(run.state.rawValue) at \(NumberText.grouped(run.step))",
    ]
  }

  /// The line of a run's curve, as it is drawn.
  private static func key(_ index: Int) -> String {
    "<svg class=\"key\" viewBox=\"0 0 46 10\" aria-hidden=\"true\"><path class=\"curve r\(index)\" d=\"M0 5L46 5\"/></svg>"
  }

  private static func named(_ run: RunRecord, _ index: Int) -> String {
    "<span class=\"number r\(index)\">\(index + 1)</span> \(HTMLText.escaped(run.name))"
  }

  private static func decibel(_ value: Double) -> String {
    value.isFinite ? NumberText.fixed(value, decimals: 2) : value > 0 ? "∞" : "undefined"
  }

  // MARK: Pictures

  private static func pictures(_ record: Record) throws(SignalError) -> String {
    let isSmall = (record.shape.last ?? 0) <= 192
    var text = "<div class=\"pictures\(isSmall ? " small" : "")\">\n"
    if let target = record.target { text += try figure(target, "target", "the target") }
    for (index, run) in record.runs.enumerated() {
      guard let picture = run.picture else { continue }
      let size = picture.shape.reversed().map(String.init).joined(separator: "×")
      let reduced = picture.shape == record.shape ? "" : ", drawn at \(size)"
      text += try figure(
        picture, "\(named(run, index)) <span>step \(NumberText.grouped(run.pictureStep))\(reduced)</span>",
        "reconstruction of \(HTMLText.escaped(run.name))")
    }
    return text + "</div>"
  }

  private static func figure(_ picture: Signal, _ caption: String, _ alternative: String) throws(SignalError) -> String {
    let png = Data(try ImageWriter.encode(picture, as: .png)).base64EncodedString()
    return "<figure><img alt=\"\(alternative)\" width=\"\(picture.shape[1])\" height=\"\(picture.shape[0])\" "
      + "src=\"data:image/png;base64,\(png)\"><figcaption>\(caption)</figcaption></figure>\n"
  }

  // MARK: Configurations

  private static func configuration(_ run: RunRecord, number: Int, picture: String) -> String {
    let fields = RunField.all.compactMap { field in field.text(of: run.configuration).map { (field.name, $0) } }
    var text = "<section class=\"run\"><h3>\(named(run, number))</h3>\n<dl>"
    for (name, value) in fields { text += "<div><dt>\(name)</dt><dd>\(HTMLText.escaped(value))</dd></div>" }
    let options = fields.map { "--\($0) \($1)" }.joined(separator: " ")
    return text + "</dl>\n<p><code>asmr-tui train \(HTMLText.escaped(quoted(picture))) \(HTMLText.escaped(options))</code></p></section>"
  }

  /// A word of the shell.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "._/-+".contains($0) }
    return isPlain && !text.isEmpty && text.first != "-" ? text : "'\(text.replacing("'", with: "'\\''"))'"
  }
}
