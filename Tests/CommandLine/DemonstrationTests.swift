import Foundation
import Signals
import Testing

/// What lies in `demos`: pictures that can be read, scripts that say the right options, recordings that show what they are to.
@Suite(.serialized) struct DemonstrationTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../demos").standardizedFileURL
  private static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
  private static var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() }

  @Test("Pictures have the size that the README of the folder says, and are named there with their licence")
  func pictures() throws {
    let readme = try String(contentsOfFile: Self.path("README.md"), encoding: .utf8)
    let pictures = Self.names.filter { $0.hasSuffix(".pgm") || $0.hasSuffix(".jpg") }
    #expect(pictures.count == 3)
    for name in pictures {
      let signal = try ImageReader.read(path: Self.path(name)).signal
      let line = try #require(readme.split(separator: "\n").first { $0.contains("| `\(name)`") }, "\(name)")
      #expect(line.contains("\(signal.shape[1])×\(signal.shape[0])") && line.contains(signal.channels == 1 ? "grey" : "colour"), "\(line)")
      #expect(line.contains("public domain") || line.contains("CC0"))
    }
  }

  /// A program that prints its arguments stands in for the real one.
  @Test("Scripts open the program that lies beside them, on a picture that is there", arguments: ["race", "permutations", "features"])
  func scripts(name: String) throws {
    let place = try TemporaryFolder()
    for folder in ["share/asmr-tui/demos", "bin"] {
      try FileManager.default.createDirectory(atPath: place.path(folder), withIntermediateDirectories: true)
    }
    let script = place.path("share/asmr-tui/demos/\(name).sh")
    try FileManager.default.copyItem(atPath: Self.path("\(name).sh"), toPath: script)
    // By the shell: a file that this process has open for writing is busy for as long as a child of another test has it too.
    let program = place.path("bin/asmr-tui")
    _ = try Shell.run(#"printf '#!/bin/sh\nfor word; do echo "$word"; done\n' >'\#(program)' && chmod 755 '\#(program)'"#)
    let result = try Shell.run("'\(script)' --seed '2 3'")
    let words = result.text.split(separator: "\n").map(String.init)
    #expect(result.status == 0 && words.suffix(2) == ["--seed", "2 3"], "\(result)")
    let picture = try #require(words.first)
    #expect(Self.names.contains(URL(fileURLWithPath: picture).lastPathComponent), "\(picture)")
    // Its options are the explorer's: beside --resume they are refused by name, and not before.
    let options = Array(words.dropFirst().dropLast(2))
    let refused = try Program.run(["explore", Self.path("cameraman.pgm")] + options)
    #expect(refused.status == 64 && refused.error.contains("is not a terminal"), "\(refused.error)")
  }

  /// An asciicast of version 2, played into a screen. Recordings place the cursor, style and write; nothing else occurs.
  private struct Cast {
    let width, height: Int
    let times: [Double]
    /// The screen's rows after each event.
    let screens: [[String]]

    init(_ path: String) throws {
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      let header = try json(Array(try #require(lines.first).utf8))
      #expect(header["version"] as? Int == 2)
      (width, height) = (try #require(header["width"] as? Int), try #require(header["height"] as? Int))
      var cells = [[Character]](repeating: [Character](repeating: " ", count: width), count: height)
      var (row, column) = (0, 0)
      var times: [Double] = []
      var screens: [[String]] = []
      for line in lines.dropFirst() {
        let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
        try #require(event.count == 3 && event[1] as? String == "o")
        times.append(try #require(event[0] as? Double))
        var text = Substring(try #require(event[2] as? String))
        while let character = text.popFirst() {
          guard character == "\u{1B}" else {
            if row < height, column < width { cells[row][column] = character }
            column += 1
            continue
          }
          try #require(text.popFirst() == "[")
          let parameters = text.prefix { !$0.isLetter }
          text = text.dropFirst(parameters.count)
          let end = text.popFirst()
          let numbers = parameters.split(separator: ";").compactMap { Int($0) }
          if end == "H" { (row, column) = (try #require(numbers.first) - 1, try #require(numbers.last) - 1) }
          try #require(end == "H" || end == "m" || parameters == "?25" && end == "l" || parameters == "2" && end == "J")
        }
        screens.append(cells.map { String($0) })
      }
      (self.times, self.screens) = (times, screens)
    }

    func shows(_ text: String, at index: Int) -> Bool { screens[index].contains { $0.contains(text) } }
    func everShows(_ text: String) -> Bool { screens.indices.contains { shows(text, at: $0) } }
  }

  @Test("Recordings are whole, small, and go forward in time", arguments: ["race", "permutations", "features"])
  func recordings(name: String) throws {
    let path = Self.path("\(name).cast")
    let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect(size < 1_000_000)
    let cast = try Cast(path)
    #expect(cast.width == 120 && cast.height == 36 && cast.times.count > 12)
    #expect(cast.times.first == 0 && zip(cast.times, cast.times.dropFirst()).allSatisfy(<))
    #expect((20...40).contains(try #require(cast.times.last)))
  }

  @Test("The race shows five models, their curves, cost and PSNR")
  func race() throws {
    let cast = try Cast(Self.path("race.cast"))
    let last = cast.screens.count - 1
    for name in ["ASMR", "SIREN", "KiloNeRF", "LoE", "hash grid"] { #expect(cast.everShows(name), "\(name)") }
    for word in ["MACs/sample", "MACs spent", "3 Trade-off"] { #expect(cast.everShows(word), "\(word)") }
    #expect(cast.shows("asmr-tui", at: last))
  }

  @Test("The orders of 4,4,4,8 come to their end with the spread below")
  func permutations() throws {
    let cast = try Cast(Self.path("permutations.cast"))
    for order in ["4,4,4,8", "4,4,8,4", "4,8,4,4", "8,4,4,4"] { #expect(cast.everShows(order), "\(order)") }
    #expect(cast.everShows("spread"))
  }

  @Test("Maps of all levels, one large, and the picture of the coarser levels")
  func features() throws {
    let cast = try Cast(Self.path("features.cast"))
    for word in ["level 0", "unit", "step"] { #expect(cast.everShows(word), "\(word)") }
  }
}
