/// The letter at the end of a curve, in cells from the area's corner.
struct CurveEnd: Equatable {
  var column: Int
  var row: Int
  var letter: Character
  var style: Style

  /// The same ends with none hiding another: those of one cell stand side by side, and the last keeps its place. Where
  /// there are more than a few the first are left out: a long row of letters hides curves and tells of none.
  static func apart(_ ends: [CurveEnd], columns: Int, glyphs: Glyphs) -> [CurveEnd] {
    // Bare digits side by side would be another number.
    let gap = glyphs.isUnicode ? 1 : 2
    var placed: [CurveEnd] = []
    for var end in ends.reversed() {
      func isFree(_ column: Int) -> Bool {
        (0..<columns).contains(column) && !placed.contains { $0.row == end.row && abs($0.column - column) < gap }
      }
      let near = (0...3).flatMap { [end.column + $0 * gap, end.column - $0 * gap] }
      guard let column = near.first(where: isFree) else { continue }
      end.column = column
      placed.append(end)
    }
    return placed.reversed()
  }
}
