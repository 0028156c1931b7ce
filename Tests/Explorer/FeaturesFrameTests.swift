import Canvas
import Networks
import TerminalUI
import Testing

@testable import Explorer
@testable import Training

@Suite struct FeaturesFrameTests {
  private static let sizes = [(60, 16), (80, 24), (100, 30), (120, 40), (160, 50), (250, 70)]

  @Test(arguments: sizes)
  func mapsOfEverySize(width: Int, height: Int) throws {
    let fixture = try FeaturesFixture(width: width, height: height)
    try GoldenFrame.compare(fixture.state, "features-\(width)x\(height)")
  }

  @Test(arguments: [("siren", 0), ("kilonerf", 1), ("hashgrid", 2)])
  func otherModels(name: String, index: Int) throws {
    let layers = [FeaturesFixture.siren, FeaturesFixture.kiloNeRF, FeaturesFixture.hashGrid][index]
    for (width, height) in [(120, 40), (80, 24)] {
      let fixture = try FeaturesFixture(layers, width: width, height: height)
      try GoldenFrame.compare(fixture.state, "features-\(name)-\(width)x\(height)")
    }
  }

  @Test(arguments: [("units", "v"), ("unit", "vv"), ("single", "vvv"), ("histogram", "y++"), ("parts", "mm}}")])
  func otherWays(name: String, keys: String) throws {
    for (width, height) in [(120, 40), (80, 24)] {
      var fixture = try FeaturesFixture(width: width, height: height, keys: keys)
      fixture.tick(60)
      try GoldenFrame.compare(fixture.state, "features-\(name)-\(width)x\(height)")
    }
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40), (160, 50)])
  func thePictureOfTheCoarserLevels(width: Int, height: Int) throws {
    let fixture = try FeaturesFixture(width: width, height: height, keys: "l")
    try GoldenFrame.compare(fixture.state, "features-levels-\(width)x\(height)")
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40)])
  func recordingAndPlayingBack(width: Int, height: Int) throws {
    var fixture = try FeaturesFixture(width: width, height: height, keys: "}}]]w")
    fixture.record([0, 1, 2, 4, 8, 16, 32, 64, 128, 256])
    fixture.tick(60)
    try GoldenFrame.compare(fixture.state, "features-recording-\(width)x\(height)")
    _ = fixture.state.press("x")
    fixture.tick(61)
    try GoldenFrame.compare(fixture.state, "features-playing-\(width)x\(height)")
  }

  @Test func asciiAndNothingYet() throws {
    for (width, height) in [(60, 16), (80, 24)] {
      let fixture = try FeaturesFixture(width: width, height: height, glyphs: .ascii, keys: "y")
      try GoldenFrame.compare(fixture.state, "features-ascii-\(width)x\(height)")
      let levels = try FeaturesFixture(width: width, height: height, glyphs: .ascii, keys: "l")
      try GoldenFrame.compare(levels.state, "features-ascii-levels-\(width)x\(height)")
    }
    let waiting = try FeaturesFixture(isAnswered: false)
    try GoldenFrame.compare(waiting.state, "features-waiting-120x40")
  }
}
