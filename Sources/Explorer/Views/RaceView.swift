import Canvas
import Training

extension ExplorerState {
  /// All runs at once: pictures, curves, table.
  ///
  /// - Parameter last: a frame of the same layout whose curves and table do for this one.
  func drawRace(into frame: inout Frame, _ layout: RaceLayout, keepingPanelsOf last: Frame? = nil) {
    for (index, tile) in layout.tiles.enumerated() { drawTile(tile, layout.view, id: index, into: &frame) }
    if let last { return layout.panels.forEach { frame.take($0, from: last) } }
    if let curves = layout.curves { drawCurves(into: &frame, curves) }
    if let tradeOff = layout.tradeOff { drawTradeOff(into: &frame, tradeOff) }
    drawTable(into: &frame, layout.table)
  }

  private func drawTile(_ tile: RaceLayout.Tile, _ view: PictureView, id: Int, into frame: inout Frame) {
    guard let run = tile.run.flatMap({ self[$0] }) else {
      frame.box(tile.frame, title: "target", style: theme.frameStyle(focused: false), titleStyle: theme.titleText)
      place(target, in: tile.picture, of: tile.frame, id: id, into: &frame)
      return
    }
    let isSelected = run.id == selection
    let style = theme.runStyle(run.mark, bold: true)
    let (title, right) = tileTitles(run, width: tile.frame.width)
    frame.box(
      tile.frame, title: title, rightTitle: right,
      style: isSelected ? theme.runStyle(run.mark) : theme.frameStyle(focused: false), titleStyle: style,
      rightTitleStyle: theme.dimText)
    let error = showsError ? shownError(of: run, view) : nil
    place(error ?? shownReconstruction(of: run, view), in: tile.picture, of: tile.frame, id: id, into: &frame)
  }

  /// `① ASMR 31.20 dB` and `1,354 MACs`, less where the frame is narrow; the form does not depend on the digits.
  func tileTitles(_ run: RunView, width: Int) -> (left: String, right: String) {
    let mark = glyphs.runMark(run.mark)
    let quality = run.psnr.map { ($0.isEstimate ? String(glyphs.approximately) : "") + decibel($0.value) } ?? glyphs.ellipsis
    let isAmbiguous = shownRuns.filter { $0.configuration.model == run.configuration.model }.count > 1
    let pin = run.isPinned ? "*" : ""
    let plain = run.configuration.shortName
    let long = isAmbiguous ? label(of: run) : plain
    let macs = NumberText.count(run.cost.macs) + " MACs"
    let room = width - 4
    for name in [long, shortLabel(of: run), plain] {
      // As wide as the number can become, so that nothing jumps.
      let widest = "\(mark)\(pin) \(name) ".columns + 6 + 3
      guard widest <= room else { continue }
      return ("\(mark)\(pin) \(name) \(quality) dB", widest + macs.columns + 4 <= room ? macs : "")
    }
    // A published variant says so even where its name has no room.
    let sign = run.configuration.variant == .published ? "p" : ""
    return (["\(mark)\(sign)\(pin) \(quality)", "\(mark)\(sign) \(quality)"].first { $0.columns < room } ?? mark + sign, "")
  }

  /// A picture in its rectangle, or what stands there while there is none.
  func place(_ raster: Raster?, in rect: Rect, of box: Rect, id: Int, into frame: inout Frame) {
    guard !rect.isEmpty else { return }
    guard let raster else {
      frame.put(
        glyphs.ellipsis, x: box.x + 1, y: box.y + box.height / 2, theme.dimText, maxWidth: box.width - 2,
        alignment: .center)
      return
    }
    // A picture of another size is from before a resize; it serves until the next one comes.
    frame.place(fitted(raster, to: rect), in: rect, id: id)
  }

  /// A picture at the resolution of its rectangle; a terminal with pixels of its own enlarges pictures itself.
  func fitted(_ raster: Raster, to rect: Rect) -> Raster {
    let (width, height) = (pixels.width * rect.width, pixels.height * rect.height)
    if raster.width == width && raster.height == height { return raster }
    if pixels.width > 2, raster.width <= width, raster.height <= height { return raster }
    return raster.scaled(toWidth: width, height: height)
  }
}
