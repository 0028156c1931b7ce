import Foundation
import Signals
import Testing

@testable import Canvas
@testable import Records
@testable import Training

@Suite struct HTMLReportTests {
  private func page(_ record: Record) throws -> String { String(decoding: try HTMLReport.bytes(record), as: UTF8.self) }

  private func matches(_ pattern: String, _ text: String) throws -> [[String]] {
    try text.matches(of: Regex(pattern)).map { match in
      match.output.map { $0.substring.map(String.init) ?? "" }
    }
  }

  /// A curve's points as they are drawn.
  private func points(_ path: String) throws -> [(x: Double, y: Double)] {
    try matches(#"[ML]([0-9.]+) ([0-9.]+)"#, path).compactMap { match in
      guard let x = Double(match[1]), let y = Double(match[2]) else { return nil }
      return (x, y)
    }
  }

  private func paths(_ page: String, _ figure: String) throws -> [[String]] {
    let start = try #require(page.range(of: "id=\"by-\(figure)\""))
    let end = try #require(page.range(of: "</figure>", range: start.upperBound..<page.endIndex))
    return try matches(#"<path class="curve r(\d+)" d="([^"]*)""#, String(page[start.upperBound..<end.lowerBound]))
  }

  @Test("Every element is closed in order, and nothing is fetched from anywhere")
  func wellFormed() throws {
    let page = try page(Fixture.record([try Fixture.run(), try Fixture.run("ASMR [4,6]", model: .asmr)]))
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"))
    var open: [String] = []
    for tag in try matches(#"<(/?)([a-z0-9]+)((?:[^>"]|"[^"]*")*?)(/?)>"#, page) where !["meta", "input", "img"].contains(tag[2]) {
      if tag[1] == "/" { #expect(open.popLast() == tag[2]) } else if tag[4].isEmpty { open.append(tag[2]) }
    }
    #expect(open.isEmpty)
    for outside in ["http:", "https:", "//", "<script", "<link", "@import", "url(", "href="] {
      // Base64 has slashes.
      let text = page.replacing(try Regex(#"base64,[^"]*"#), with: "")
      #expect(!text.contains(outside), "\(outside)")
    }
  }

  @Test("Pictures are the target and every run's, as they are")
  func pictures() throws {
    let record = Fixture.record([try Fixture.run(), try Fixture.run("B") { $0.picture = nil }])
    let images = try matches(#"src="data:image/png;base64,([^"]*)""#, page(record))
    let pictures = try images.map { image in
      let png = try #require(Data(base64Encoded: image[1]))
      return try ImageReader.decode([UInt8](png), name: "picture", resize: .none).signal
    }
    let picture = try #require(record.runs[0].picture)
    #expect(pictures == [record.target, picture])
  }

  @Test("The table has the race's columns and a row for every run")
  func table() throws {
    let run = try Fixture.run { $0.best?.isEstimate = true }
    let page = try page(Fixture.record([run, try Fixture.run("B") { ($0.final, $0.metrics, $0.best) = (nil, [], nil) }]))
    #expect(try matches(#"<th scope="col">([^<]*)</th>"#, page).map { $0[1] } == HTMLReport.columns)
    let body = try #require(try matches(#"(?s)<tbody>(.*)</tbody>"#, page).first)
    let rows = try matches(#"(?s)<tr>(.*?)</tr>"#, body[1]).map { row in
      try matches(#"<td>(.*?)</td>"#, row[1]).map { $0[1].replacing(try Regex("<[^>]*>"), with: "") }
    }
    try #require(rows.count == 2 && rows.allSatisfy { $0.count == HTMLReport.columns.count })
    let spent = NumberText.short(run.cost.macs * 960 * 30)
    let best = NumberText.fixed(run.best?.psnr ?? 0, decimals: 2)
    #expect(
      Array(rows[0][4...]) == ["27.50", "≈\(best)", "0.875", "49.5", "0.6", spent, "100 %", "finished at 30"])
    #expect(rows[0][0] == "1 SIREN 3×16" && rows[0][1] == NumberText.grouped(run.cost.parameters))
    #expect(rows[1][0] == "2 B" && rows[1][4].isEmpty && rows[1][5].isEmpty)
    #expect(page.contains("≈: estimated"))
  }

  @Test("A kept session has no speeds and shares, and no columns of them")
  func tableOfASession() throws {
    let run = try Fixture.run { ($0.stepsPerSecond, $0.share) = (0, 0) }
    let page = try page(Fixture.record([run, run]))
    let columns = try matches(#"<th scope="col">([^<]*)</th>"#, page).map { $0[1] }
    #expect(columns == HTMLReport.columns.filter { $0 != "it/s" && $0 != "share" })
    #expect(try matches("<td>", page).count == 2 * columns.count)
  }

  @Test("Curves stand at their points on three axes, and break where a value has no place")
  func curves() throws {
    let run = try Fixture.run {
      $0.metrics[10].psnr = .infinity
      $0.final = nil
    }
    let page = try page(Fixture.record([run, try Fixture.run("B", steps: 15) { $0.final = nil }]))
    for figure in ["steps", "seconds", "macs"] {
      let paths = try paths(page, figure)
      #expect(paths.map { $0[1] } == ["0", "1"])
      let drawn = try points(paths[0][2])
      // At no MACs the logarithm has no place.
      #expect(drawn.count == (figure == "macs" ? 28 : 29), "\(figure)")
      #expect(paths[0][2].filter { $0 == "M" }.count == 2)
      #expect(zip(drawn, drawn.dropFirst()).allSatisfy { $0.x < $1.x && $0.y > $1.y })
    }
    // Step against pixel is a straight line.
    let drawn = try points(try paths(page, "steps")[0][2])
    let slope = (drawn[28].x - drawn[0].x) / 29
    for (point, step) in zip(drawn, Array(0..<10) + Array(11..<30)) {
      #expect(abs(point.x - drawn[0].x - slope * Double(step)) < 0.11)
    }
    // Ends are numbered, apart from each other.
    let ends = try matches(#"class="end r(\d)" x="[^"]*" y="([^"]*)""#, page).compactMap { Double($0[2]) }
    #expect(ends.count == 6 && abs(ends[0] - ends[1]) >= 15)
  }

  @Test("A long curve is drawn by few points that keep its peaks")
  func longCurves() throws {
    let run = try Fixture.run(steps: 50_000) { $0.metrics[31_234].psnr = 90 }
    let drawn = try points(try paths(page(Fixture.record([run])), "steps")[0][2])
    #expect(drawn.count < 4_000)
    let peak = try #require(drawn.min { $0.y < $1.y })
    #expect(peak.y < drawn.map(\.y).filter { $0 != peak.y }.min() ?? 0)
  }

  @Test("No two runs look alike: where colours come again the pattern is another")
  func patterns() {
    let looks = (0..<64).map { "\($0 % 8) \(CurvePlot.dashes($0))" }
    #expect(Set(looks).count == 64)
    #expect(Set((0..<8).map(CurvePlot.dashes)).count == 8)
  }

  @Test("Names are text, whatever is in them")
  func hostileNames() throws {
    let name = "<script>alert('1')</script>\" & \u{1B}[2J.ppm"
    let page = try page(Fixture.record([try Fixture.run(name)], name: name))
    #expect(!page.contains("<script") && !page.unicodeScalars.contains("\u{1B}"))
    #expect(page.contains("<h1>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; &amp;  [2J.ppm</h1>"))
  }

  @Test("The command in the report gives the run's configuration again")
  func command() throws {
    let run = try Fixture.run("ASMR [4,6]", model: .asmr)
    let code = try #require(try matches(#"<code>asmr-tui train flowers.ppm (.*?)</code>"#, page(Fixture.record([run]))).first)
    let words = code[1].split(separator: " ").map(String.init)
    var open = RunConfiguration()
    for index in stride(from: 0, to: words.count, by: 2) {
      let field = try #require(RunField.named(String(words[index].dropFirst(2))))
      try field.set(words[index + 1], in: &open)
    }
    #expect(try open.resolved(shape: [24, 40]) == run.configuration)
  }

  @Test("Without runs, points or pictures there is still a page")
  func empty() throws {
    #expect(try page(Fixture.record([])).contains("nothing was measured yet"))
    let run = try Fixture.run { ($0.metrics, $0.similarities, $0.final, $0.picture, $0.best) = ([], [], nil, nil, nil) }
    #expect(try page(Fixture.record([run])).contains("nothing was measured yet"))
  }
}
