import Canvas
import Records
import Signals
import Training

/// Writes exports. It may take its time and is not called where the screen waits.
enum Exporter {
  /// - Returns: how many files were written, and the first one.
  static func write(_ export: Export) throws(SignalError) -> (count: Int, path: String) {
    let image = FrameImage(cell: export.cell, foreground: export.ink, background: export.ground)
    switch (export.content, export.format) {
    case (.record(let record), let format): try write(record, as: format, to: export.path)
    case (.frames(let frames), .gif): try writeAnimation(frames.map(image.raster), delay: export.delay, to: export.path)
    case (.frames(let frames), .png) where frames.count > 1:
      for (number, frame) in frames.enumerated() {
        try writePNG(image.raster(frame), to: ImageWriter.numbered(export.path, number, last: frames.count - 1))
      }
      return (frames.count, ImageWriter.numbered(export.path, 0, last: frames.count - 1))
    case (.frames(let frames), let format):
      guard let frame = frames.first else { break }
      switch format {
      case .png: try writePNG(image.raster(frame), to: export.path)
      case .sixel: try AtomicFile.write(image.sixel(frame), to: export.path)
      case .ansi: try AtomicFile.write(Array(AnsiText.frame(frame, depth: .trueColor).utf8), to: export.path)
      case .txt: try AtomicFile.write(Array((frame.text(pictures: .pixels) + "\n").utf8), to: export.path)
      case .gif, .csv, .jsonl, .tfevents, .html: break
      }
    }
    return (1, export.path)
  }

  private static func write(_ record: Record, as format: ExportFormat, to path: String) throws(SignalError) {
    switch format {
    case .tfevents: try EventFolder.write(record, to: path)
    case .html: try AtomicFile.write(HTMLReport.bytes(record), to: path)
    default:
      guard let format = CurveFile.Format(rawValue: format.rawValue) else { return }
      try AtomicFile.write(CurveFile.bytes(record, as: format), to: path)
    }
  }

  private static func writePNG(_ raster: Raster, to path: String) throws(SignalError) {
    try ImageWriter.write(raster.pixels, rows: raster.height, columns: raster.width, channels: 3, to: path)
  }

  /// Colours that most pixels have stay what they are: maps and text, but for edges of letters.
  private static func writeAnimation(_ rasters: [Raster], delay: Int, to path: String) throws(SignalError) {
    let quantizer = Quantizer(registers: 256)
    let frames = rasters.map { raster in
      let picture = quantizer.indexedScreen(raster)
      let palette = picture.palette.percents.indices.map { index in
        let color = picture.palette[index]
        return SIMD3(color.r, color.g, color.b)
      }
      return AnimationFrame(indices: picture.indices, palette: palette, delay: delay)
    }
    try AnimationWriter.write(frames, rows: rasters[0].height, columns: rasters[0].width, to: path)
  }
}
