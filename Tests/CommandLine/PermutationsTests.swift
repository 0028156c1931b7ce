import Foundation
import Testing

/// `asmr-tui permutations` as a user has it.
@Suite(.serialized) struct PermutationsCommandTests {
  static let rowKeys: Set = [
    "order", "bases", "macs", "macs_by_convention", "params", "sines", "psnr", "ssim", "steps", "seconds", "rank", "state",
  ]

  @Test("The paper's table 12: four orders of [4,4,4,8] and their MACs, without a step")
  func costs() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture(512, 512)
    let result = try Program.run(["permutations", picture, "--bases", "4,4,4,8", "--steps", "0"])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let lines = result.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.count == 6 && lines[1...4].map { $0[0] } == ["4,4,4,8", "4,4,8,4", "4,8,4,4", "8,4,4,4"], "\(result.text)")
    #expect(lines[1...4].map { $0[1] } == ["1353.75", "4449.75", "4643.25", "4643.34"], "\(result.text)")
    #expect(lines[1...4].map { $0[2] } == ["1344.22", "4416.22", "4608.22", "4608.22"], "\(result.text)")
    #expect(result.text.contains("MACs, code") && result.text.contains("MACs, nobias") && result.text.contains("4 of 4 distinct orders"))

    let report = try json(Program.run(["permutations", picture, "--bases", "4,4,4,8", "--steps", "0", "--json", "-"]).output)
    let rows = try #require(report["rows"] as? [[String: Any]])
    #expect(rows.map { ($0["macs_by_convention"] as? [String: Double])?["nobias"] } == [1344.21875, 4416.21875, 4608.21875, 4608.21875])
    #expect(rows.map { $0["macs"] as? Double } == [1353.75, 4449.75, 4643.25, 4643.34375])
    #expect(rows.allSatisfy { $0["psnr"] is NSNull && $0["rank"] is NSNull && $0["steps"] as? Int == 0 && Set($0.keys) == Self.rowKeys })
    #expect(report["spread"] is NSNull && report["count_total"] as? Int == 4 && report["count_run"] as? Int == 4)
  }

  @Test("Every order is trained, ranked and set beside the others; the file and the table say the same")
  func trained() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run([
      "permutations", try folder.picture(), "--bases", "2,4,4", "--hidden", "16", "--steps", "20", "--seed", "3", "--threads", "2",
      "--json", folder.path("r.json"),
    ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.errorLines.count == 3 && result.errorLines[1].hasPrefix("2/3  4,2,4  finished at step 20  PSNR "), "\(result.error)")
    let report = try json(folder.bytes("r.json"))
    #expect(report["seed"] as? Int == 3 && report["independent"] as? Bool == false && report["data_shape"] as? [Int] == [32, 32])
    let rows = try #require(report["rows"] as? [[String: Any]])
    #expect(rows.map { $0["order"] as? String } == ["2,4,4", "4,2,4", "4,4,2"])
    #expect(rows.map { $0["bases"] as? [[Int]] } == [[[2, 4, 4], [2, 4, 4]], [[4, 2, 4], [4, 2, 4]], [[4, 4, 2], [4, 4, 2]]])
    let psnr = rows.compactMap { $0["psnr"] as? Double }
    #expect(psnr.count == 3 && rows.allSatisfy { $0["steps"] as? Int == 20 && $0["state"] as? String == "finished" })
    let ranks = rows.compactMap { $0["rank"] as? Int }
    #expect(ranks.sorted() == [1, 2, 3])
    #expect(ranks.firstIndex(of: 1).map { psnr[$0] } == psnr.max())
    let spread = try #require(report["spread"] as? [String: Any])
    let (best, worst) = (try #require(psnr.max()), try #require(psnr.min()))
    #expect(abs((spread["psnr_db"] as? Double ?? 0) - (best - worst)) < 1e-9 && spread["orders"] as? Int == 3)
    let macs = rows.compactMap { $0["macs"] as? Double }
    #expect(abs((spread["macs_ratio"] as? Double ?? 0) - macs[2] / macs[0]) < 1e-9 && macs == macs.sorted())
    #expect(result.text.contains("spread ") && result.text.contains(" MACs; the order of fewest MACs is "), "\(result.text)")
    for row in rows {
      let text = String(format: "%.2f", row["psnr"] as? Double ?? 0)
      #expect(result.text.contains("\(row["order"] as? String ?? "?") ") && result.text.contains(" \(text) "), "\(result.text)")
    }
    // The first is what train makes of it.
    let single = try Program.run([
      "train", folder.path("picture.pgm"), "--bases", "2,4,4", "--hidden", "16", "--steps", "20", "--seed", "3", "--json", "-",
    ])
    #expect(try json(single.output)["psnr"] as? Double == psnr[0])
  }

  @Test("Each axis its own order, at most so many")
  func independent() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    let result = try Program.run([
      "permutations", picture, "--bases", "2,4,4", "--hidden", "8", "--steps", "2", "--independent", "--limit", "2", "--json", "-",
    ])
    #expect(result.status == 0 && result.errorLines.first == "asmr-tui: 2 of 9 orders, those of fewest MACs (--limit)", "\(result.error)")
    let report = try json(result.output)
    #expect(report["count_total"] as? Int == 9 && report["count_run"] as? Int == 2 && report["independent"] as? Bool == true)
    let all = try json(Program.run(["permutations", picture, "--bases", "2,4,4", "--steps", "0", "--independent", "--json", "-"]).output)
    #expect((all["rows"] as? [[String: Any]])?.count == 9)
  }

  @Test("What cannot be: one line, the status, and nothing trained")
  func errors() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    let long = ["--hidden", "8", "--steps", "100000000"]
    let cases: [(arguments: [String], status: Int32, part: String)] = [
      (["permutations"], 64, "<file>"), (["permutations", picture, "--model", "siren"], 64, "allowed is asmr"),
      (["permutations", picture, "--limit", "0"], 64, "1 to 10000"), (["permutations", picture, "--bases", "4,4,4,8"], 64, "512"),
      (["permutations", picture, "--steps", "-1"], 64, "steps"), (["permutations", folder.path("none.pgm")], 66, "No such file"),
      (["permutations", try folder.write(Array("P5\n4 4\n70000\n".utf8), "b.pgm")], 65, "70000"),
      (["permutations", picture, "--json", folder.path("no/such/r.json")] + long, 73, "No such file"),
    ]
    for (arguments, status, part) in cases {
      let result = try Program.run(arguments)
      #expect(result.status == status && result.output.isEmpty && result.errorLines.count == 1 && result.error.contains(part), "\(arguments): \(result.status) \(result.error)")
    }
    #expect(try Program.run(["permutations", "--help"]).text.contains("--independent"))
  }

  @Test("Control-C ends the order that trains, starts no other, and writes what is known")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let program = try Program([
      "permutations", try folder.picture(), "--bases", "2,4,4", "--hidden", "8", "--steps", "100000000", "--threads", "1",
      "--json", folder.path("r.json"),
    ])
    while program.isRunning, !program.errorSoFar.contains("step ") { usleep(20_000) }
    program.send(SIGINT)
    let result = try program.wait()
    #expect(result.status == 130 && result.errorLines.last?.hasPrefix("1/3  2,4,4  stopped at step ") == true, "\(result.error)")
    let rows = try #require(try json(folder.bytes("r.json"))["rows"] as? [[String: Any]])
    #expect(rows.count == 3 && rows[0]["state"] as? String == "stopped" && (rows[0]["psnr"] as? Double)?.isFinite == true)
    #expect(rows[1]["state"] is NSNull && rows[1]["psnr"] is NSNull && rows.allSatisfy { $0["rank"] is NSNull })
    #expect(result.text.contains("stopped") && result.text.contains("2,4,4"))
  }
}
