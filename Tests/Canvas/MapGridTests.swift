import Canvas
import Testing

@Suite struct MapGridTests {
  private let red = RGB(255, 0, 0), green = RGB(0, 255, 0), blue = RGB(0, 0, 255), white = RGB(255, 255, 255)

  private func raster(_ rows: [[RGB]]) throws -> Raster {
    try #require(Raster(width: rows[0].count, height: rows.count, pixels: rows.flatMap { $0.flatMap { [$0.r, $0.g, $0.b] } }))
  }

  @Test func mapsOfAllSizesGetOneSizeByTheNearestPixel() throws {
    let small = try raster([[red, green]])
    let tall = try raster([[blue], [white], [red]])
    let grid = MapGrid.raster([[small, nil, tall], [nil, small]], cell: (4, 3), gap: 1)
    #expect(grid.width == 14 && grid.height == 7)
    let grey = MapGrid.ground
    func row(_ y: Int) -> [RGB] { (0..<grid.width).map { grid[$0, y] } }
    let empty = [RGB](repeating: grey, count: 4)
    for (y, color) in [blue, white, red].enumerated() {
      #expect(row(y) == [red, red, green, green, grey] + empty + [grey] + [RGB](repeating: color, count: 4))
    }
    #expect(row(3).allSatisfy { $0 == grey })
    for y in 4..<7 { #expect(row(y) == empty + [grey, red, red, green, green, grey] + empty) }
  }

  @Test func aSmallerCellTakesPixelsAndMixesNone() throws {
    let fine = try raster([[red, green, blue, white], [white, blue, green, red]])
    let grid = MapGrid.raster([[fine]], cell: (2, 1), gap: 9)
    #expect(grid.width == 2 && grid.height == 1 && grid[0, 0] == blue && grid[1, 0] == red)
  }

  @Test func theCellIsAsLargeAsTheLargestMapWhereThereIsRoom() {
    #expect(MapGrid.cell(of: [(16, 16), (64, 32), (8, 512)], rows: 3, columns: 16, gap: 2) == (64, 512))
    #expect(MapGrid.cell(of: [(512, 512)], rows: 4, columns: 16, gap: 2) == (512, 512))
    let cell = MapGrid.cell(of: [(512, 256)], rows: 4, columns: 256, gap: 2)
    #expect(256 * (cell.width + 2) - 2 <= MapGrid.mostSide && cell.width >= 60 && abs(cell.width - 2 * cell.height) <= 1)
    let square = MapGrid.cell(of: [(1024, 1024)], rows: 15, columns: 15, gap: 2)
    let pixels = (15 * (square.width + 2) - 2) * (15 * (square.height + 2) - 2)
    #expect(pixels <= MapGrid.mostPixels && pixels > MapGrid.mostPixels * 9 / 10)
    #expect(MapGrid.cell(of: [], rows: 0, columns: 0, gap: 2) == (1, 1))
  }

  @Test func manyMapsOfALevelTakeSeveralLinesWhereThatKeepsTheirPoints() {
    let one = MapGrid.plan(of: [(512, 512), (16, 16)], counts: [16, 16], gap: 2)
    #expect(one.across == 16 && one.cell == (512, 512))
    let small = MapGrid.plan(of: [(16, 16)], counts: [256], gap: 2)
    #expect(small.across == 256 && small.cell == (16, 16))
    let many = MapGrid.plan(of: [(512, 512)], counts: [64], gap: 2)
    #expect(many.across == 16 && many.cell == (512, 512))
    // All units of all levels: less than their points, and as many as there is room for.
    let all = MapGrid.plan(of: [(512, 512)], counts: [256, 256, 256, 256], gap: 2)
    #expect(all.across < 256 && all.cell.width > 150)
    #expect(MapGrid.lines([[1, 2, 3, nil, nil], [nil, nil, nil, nil, nil], [4]], across: 3) == [[1, 2, 3], [4]])
  }

  @Test func signedRangesAreSymmetricAndOthersBeginWhereTheyAreToldTo() {
    #expect(MapRange([(-0.5, 0.25), (0, 2)], isSigned: true).values == -2...2)
    #expect(MapRange([(0.5, 3), (1, 2)], isSigned: false).values == 0.5...3)
    #expect(MapRange([(0.5, 3)], isSigned: false, beginsAtZero: true).values == 0...3)
    #expect(MapRange([(-3, -1)], isSigned: false, beginsAtZero: true).values == -3...0)
    #expect(MapRange([(.nan, .nan), (1, .infinity), (1, 2)], isSigned: false).values == 1...2)
    #expect(MapRange([(.nan, .nan)], isSigned: true).values == 0...0)
  }

  @Test func noMapsAreNoPicture() {
    #expect(MapGrid.raster([], cell: (4, 4), gap: 2).pixels.isEmpty)
    #expect(MapGrid.raster([[nil]], cell: (2, 2), gap: 2) == Raster(width: 2, height: 2, color: MapGrid.ground))
  }
}
