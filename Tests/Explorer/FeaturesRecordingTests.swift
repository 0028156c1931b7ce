import Canvas
import TerminalUI
import Testing

@testable import Explorer
@testable import Networks
@testable import Training

@Suite struct FeaturesRecordingTests {
  @Test func theUnitsMapsAreRecordedAndPlayedBack() throws {
    var fixture = try FeaturesFixture(keys: "}]]")
    let effects = fixture.state.press("w")
    let recording = try #require(fixture.state.features.timeLapse?.recording)
    #expect(effects == [.record(RunID(1), recording)])
    // Level 0 has no such unit.
    #expect(recording.maps.map(\.layer) == [1, 2, 3] && recording.maps.allSatisfy { $0.units == [2] && $0.crop == nil })
    #expect(recording.maps.allSatisfy { $0.points.allSatisfy { $0 <= FeatureTimeLapse.mostPoints } })
    fixture.record([0, 1, 2, 4])
    fixture.record([4, 8])
    #expect(fixture.state.features.timeLapse?.frames.map(\.step) == [0, 1, 2, 4, 8])
    fixture.tick(10)
    #expect(fixture.state.text.contains("recording unit 2 of ① ASMR") && fixture.state.text.contains("5 frames"))
    _ = fixture.state.press("1")
    #expect(fixture.state.lines[1].hasSuffix("● recording 5"))
    _ = fixture.state.press("5")
    #expect(fixture.state.press("w") == [.record(RunID(1), nil)])
    fixture.record([16])
    #expect(fixture.state.features.timeLapse?.frames.count == 5)

    #expect(fixture.state.press("x") == [.features(RunID(1), nil)])
    #expect(fixture.state.playedFrame?.step == 0 && fixture.state.tickInterval < .milliseconds(200))
    fixture.tick(10.6)
    #expect(fixture.state.playedFrame?.step == 2)
    _ = fixture.press(.right)
    #expect(fixture.state.playedFrame?.step == 4 && fixture.state.features.playback?.isPlaying == false)
    fixture.tick(20)
    #expect(fixture.state.playedFrame?.step == 4 && fixture.state.text.contains("step 4  10.25 dB"))
    _ = fixture.press(.left, .left, .left, .left, .left)
    #expect(fixture.state.playedFrame?.step == 0)
    // Played to its end it holds there, and plays again from the start.
    _ = fixture.state.press("x")
    fixture.tick(60)
    #expect(fixture.state.playedFrame?.step == 8 && fixture.state.features.playback?.isPlaying == false)
    _ = fixture.state.press("xeeeeee")
    #expect(fixture.state.playedFrame?.step == 0 && fixture.state.features.playback?.speed == 30)
    _ = fixture.state.press("EEEEEEEE")
    #expect(fixture.state.features.playback?.speed == 1)
    let live = fixture.state.press("X")
    #expect(fixture.state.features.playback == nil && live.count == 1)
  }

  @Test("A recording does not take the place of another one unasked")
  func anotherRecordingIsAskedFor() throws {
    var fixture = try FeaturesFixture(keys: "}w")
    fixture.record([0, 1, 2])
    _ = fixture.state.press("w")
    #expect(fixture.state.press("w") == [] && fixture.state.features.timeLapse?.frames.count == 3)
    #expect(fixture.state.text.contains("w again drops the 3 frames of ① ASMR"))
    // Not long after it was asked it is meant.
    fixture.tick(100)
    #expect(fixture.state.press("w") == [] && fixture.state.features.timeLapse?.frames.count == 3)
    guard case .record(RunID(1), .some) = fixture.state.press("w").first else {
      Issue.record("nothing is recorded")
      return
    }
    #expect(fixture.state.features.timeLapse?.frames.isEmpty == true)
  }

  @Test func theMemoryIsBounded() throws {
    var fixture = try FeaturesFixture(width: 250, height: 70, keys: "}WWWWw")
    #expect(fixture.state.features.timeLapse?.recording.steps == .every(10))
    var effects: [Effect] = []
    for step in 0..<1_500 where effects.isEmpty { effects = fixture.record([step * 10]) }
    let timeLapse = try #require(fixture.state.features.timeLapse)
    #expect(effects == [.record(RunID(1), timeLapse.recording)] && timeLapse.recording.steps == .every(20))
    #expect(timeLapse.bytes <= FeatureTimeLapse.mostBytes && timeLapse.bytes > FeatureTimeLapse.mostBytes / 3)
    #expect(timeLapse.bytes == timeLapse.frames.reduce(0) { $0 + $1.bytes } && timeLapse.thinnings == 1)
    #expect(timeLapse.frames.dropLast().allSatisfy { $0.step % 20 == 0 } && timeLapse.frames.first?.step == 0)
    #expect(fixture.state.lastRow.contains("every second frame is kept"))
  }

  @Test func stepsChangeWhileItRecords() throws {
    var fixture = try FeaturesFixture(keys: "W")
    #expect(fixture.state.lastRow.contains("16 frames an octave") && fixture.state.features.timeLapse == nil)
    _ = fixture.state.press("w")
    let effects = fixture.state.press("W")
    guard case .record(RunID(1), let recording?) = try #require(effects.first) else { return #expect(Bool(false)) }
    #expect(recording.steps == .every(1))
  }

  @Test func aRunThatStartsAgainIsRecordedAgain() throws {
    var fixture = try FeaturesFixture(keys: "w")
    fixture.record([0, 1, 2])
    _ = fixture.state.press("x")
    _ = fixture.state.update(.snapshots([Fixture.snapshot(of: fixture.state, step: 0, generation: 1)]))
    #expect(fixture.state.features.timeLapse?.frames.isEmpty == true && fixture.state.features.playback == nil)
    #expect(fixture.state.features.timeLapse?.isRecording == true && fixture.state.run.features?.answers.isEmpty == true)
    fixture.record([0])
    #expect(fixture.state.features.timeLapse?.frames.count == 1)
  }

  @Test func anotherNetworkEndsTheRecording() throws {
    var fixture = try FeaturesFixture(keys: "}}w")
    fixture.record([0, 1, 2])
    _ = fixture.state.update(.snapshots([Fixture.snapshot(of: fixture.state, step: 0, generation: 1)]))
    fixture.layers = FeaturesFixture.siren
    fixture.levels = 0
    let request = try #require(fixture.request)
    let effects = fixture.state.absorb(fixture.report(for: request), frames: [], of: RunID(1))
    #expect(effects.contains(.record(RunID(1), nil)) && fixture.state.features.timeLapse == nil)
    // The choice is what is nearest, and the new layers are asked for.
    #expect(fixture.state.featureContents.chosen?.layer == 2 && fixture.request != request)
    fixture.answer()
    #expect(fixture.state.text.contains("layer 3  512×512  unit 0"))
  }

  @Test func theRecordingGoesWithItsRun() throws {
    var fixture = try FeaturesFixture(runs: 2, keys: "w")
    fixture.record([0, 1])
    _ = fixture.state.press("xj")
    fixture.answer()
    // The other run is looked at as it is.
    #expect(fixture.state.playedTimeLapse == nil && fixture.request != nil)
    _ = fixture.state.press("x")
    #expect(fixture.state.lastRow.contains("the recording is of ① ASMR"))
    _ = fixture.state.remove(RunID(1))
    #expect(fixture.state.features.timeLapse == nil)
    #expect(fixture.state.frame().width == 120)
  }
}

@Suite struct FeaturesMouseTests {
  @Test func clicksWheelAndDrags() throws {
    var fixture = try FeaturesFixture()
    let tile = try #require(fixture.layout().grid.tiles.first { $0.line == 2 && $0.column == 1 })
    _ = fixture.mouse(.press(.left), tile.map.x + 1, tile.map.y + 1)
    _ = fixture.mouse(.release(.left), tile.map.x + 1, tile.map.y + 1)
    #expect(fixture.state.featureContents.chosen == FeaturePlace(layer: 2, part: .activation, unit: 1))
    fixture.answer()
    let picture = try #require(fixture.layout().map?.picture)
    // The corner under the pointer stays there.
    _ = fixture.mouse(.wheelUp, picture.x, picture.y)
    #expect(try fixture.layout().region.rows.lowerBound <= 1 && fixture.layout().region.columns.lowerBound <= 1)
    #expect(try fixture.layout().region.rows.count == 32)
    _ = fixture.mouse(.press(.left), picture.maxX - 1, picture.maxY - 1)
    _ = fixture.mouse(.drag(.left), picture.x, picture.y)
    #expect(try fixture.layout().region.rows.lowerBound > 16)
    _ = fixture.mouse(.release(.left), picture.x, picture.y)
    _ = fixture.mouse(.wheelDown, picture.x, picture.y)
    #expect(try fixture.layout().zoom == 0)
    _ = fixture.mouse(.wheelDown, tile.map.x, tile.map.y)
    #expect(fixture.state.featureContents.chosen?.unit == 2)
  }

  @Test func theSliderAndThePositionFollowThePointer() throws {
    var fixture = try FeaturesFixture()
    let slider = try #require(fixture.layout().slider)
    let lines = fixture.state.lines
    let text = lines[slider.y]
    let column = text.distance(from: text.startIndex, to: try #require(text.firstIndex(of: "1")))
    _ = fixture.mouse(.press(.left), column, slider.y)
    #expect(fixture.state.truncationLevel == 1)
    _ = fixture.mouse(.drag(.left), 119, slider.y)
    _ = fixture.mouse(.release(.left), 119, slider.y)
    #expect(fixture.state.truncationLevel == 3)
    _ = fixture.state.press("lw")
    fixture.record([0, 1, 2, 4, 8])
    _ = fixture.state.press("x")
    let row = try #require(fixture.layout().recording)
    let bar = fixture.state.positionBar(row)
    _ = fixture.mouse(.press(.left), bar.maxX - 1, bar.y)
    #expect(fixture.state.playedFrame?.step == 8)
    _ = fixture.mouse(.drag(.left), bar.x - 20, bar.y)
    #expect(fixture.state.playedFrame?.step == 0)
  }

  /// Everything can be drawn before anything is known and afterwards, at every size, with every key.
  @Test(arguments: [(60, 16), (79, 22), (118, 30), (250, 70)])
  func everyKeyAndPlace(width: Int, height: Int) throws {
    for isAnswered in [false, true] {
      for layers in [FeaturesFixture.asmr, FeaturesFixture.siren, FeaturesFixture.kiloNeRF, FeaturesFixture.hashGrid] {
        var fixture = try FeaturesFixture(layers, width: width, height: height, isAnswered: isAnswered)
        for binding in Keymap.standard.bindings(on: .features) where binding.tabs != nil {
          _ = fixture.state.update(.key(binding.keys[0]))
          if isAnswered { fixture.answer() }
          fixture.record([fixture.state.features.timeLapse?.frames.count ?? 0])
          #expect(fixture.state.frame().width == width && fixture.state.tab == .features)
        }
        for y in stride(from: 2, to: height, by: 3) {
          for kind in [MouseEvent.Kind.press(.left), .drag(.left), .release(.left), .wheelUp, .wheelDown, .press(.right)] {
            _ = fixture.mouse(kind, width / 2 + y, y)
          }
        }
        #expect(fixture.state.frame().width == width)
      }
    }
  }
}
