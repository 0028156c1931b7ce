import Foundation
import Testing

@testable import Records
@testable import Training

@Suite struct CurveFileTests {
  private func record() throws -> Record {
    let diverged = try Fixture.run("ASMR [4,6]", model: .asmr, steps: 4) {
      $0.metrics[1].psnr = .infinity
      $0.metrics[2].loss = .nan
      $0.metrics[3].isEstimate = true
      $0.metrics[3].learningRate = nil
      $0.similarities = []
      ($0.final, $0.state) = (nil, .diverged)
    }
    return Fixture.record([try Fixture.run(), diverged])
  }

  private func lines(_ record: Record, _ format: CurveFile.Format) throws -> [String] {
    let text = String(decoding: try CurveFile.bytes(record, as: format), as: UTF8.self)
    #expect(text.hasSuffix("\n"))
    return text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private struct Header: Decodable {
    let run: Int
    let name: String
    let picture: String
    let configuration: RunConfiguration
  }

  private func checkHeaders(_ lines: some Sequence<String>, _ record: Record) throws {
    for (index, (line, run)) in zip(lines, record.runs).enumerated() {
      let header = try JSONDecoder().decode(Header.self, from: Data(line.utf8))
      #expect(header.run == index + 1 && header.name == run.name && header.picture == "flowers.ppm")
      #expect(header.configuration == run.configuration)
    }
  }

  @Test("CSV has every raw point of every run, and both configurations at the top")
  func csv() throws {
    let record = try record()
    let lines = try lines(record, .csv)
    #expect(lines.prefix(2).allSatisfy { $0.hasPrefix("# ") })
    try checkHeaders(lines.prefix(2).map { String($0.dropFirst(2)) }, record)
    #expect(lines[2] == "run,step,psnr,loss,ssim,learning_rate,seconds,elapsed_seconds,estimate")
    let rows = lines[3...].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    // The final numbers are a point of their own.
    try #require(rows.count == 31 + 4)
    #expect(rows.allSatisfy { $0.count == 9 })
    for (row, point) in zip(rows, record.runs[0].metrics) {
      #expect(row[0] == "1" && Int(row[1]) == point.step && Double(row[2]) == point.psnr && Double(row[3]) == point.loss)
      #expect(row[4].isEmpty == (point.step % 10 != 5))
      #expect(Float(row[5]) == point.learningRate && Double(row[6]) == point.seconds && row[8] == "0")
      #expect(Double(row[7]) == point.elapsedSeconds)
    }
    #expect(Array(rows[30].prefix(6)) == ["1", "30", "27.5", "0.001", "0.875", ""])
    #expect(rows[32][2].isEmpty && rows[33][3].isEmpty && rows[34][5].isEmpty && rows[34][8] == "1")
    #expect(rows[31...].allSatisfy { $0[0] == "2" })
  }

  @Test("JSON Lines has the same, null where CSV is empty")
  func jsonl() throws {
    let record = try record()
    let lines = try lines(record, .jsonl)
    try checkHeaders(lines.prefix(2), record)
    let csv = try self.lines(record, .csv)
    let columns = csv[2].split(separator: ",").map(String.init)
    try #require(lines.count == csv.count - 1)
    for (line, row) in zip(lines[2...], csv[3...]) {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(Set(object.keys) == Set(columns))
      for (column, text) in zip(columns, row.split(separator: ",", omittingEmptySubsequences: false)) {
        switch column {
        case "estimate": #expect(object[column] as? Bool == (text == "1"))
        case _ where text.isEmpty: #expect(object[column] is NSNull)
        // Digit by digit: not every parser of JSON rounds right.
        default: #expect(object[column] is Double && line.contains("\"\(column)\":\(text)"))
        }
      }
    }
  }

  @Test("The format is told by the ending")
  func formats() {
    #expect(CurveFile.format(path: "a/b.csv") == .csv && CurveFile.format(path: "c.x.JSONL") == .jsonl)
    for path in ["", "curve", "a.csv/b", "curve.txt", "curve.csv.gz", "/"] { #expect(CurveFile.format(path: path) == nil, "\(path)") }
  }

  @Test("Runs of one name get names of their own")
  func names() throws {
    let record = Fixture.record([try Fixture.run("A"), try Fixture.run("A"), try Fixture.run("A (2)"), try Fixture.run("B")])
    #expect(record.runs.map(\.name) == ["A", "A (2)", "A (2) (3)", "B"])
  }
}
