import Foundation
import Testing

/// `asmr-tui train`, `render` and `cost` as a user has them.
@Suite(.serialized) struct TrainTests {
  static let keys: Set = [
    "model", "variant", "params", "macs", "sines", "bases", "data_shape", "channels", "steps", "psnr", "best_psnr", "best_step", "ssim", "loss",
    "seconds", "seconds_per_step", "gflops", "peak_rss_bytes", "seed", "threads", "state", "configuration",
  ]

  @Test("All outputs of a run", arguments: ["asmr", "siren"])
  func outputs(_ model: String) throws {
    let folder = try TemporaryFolder()
    let result = try Program.run([
      "train", try folder.picture(), "--model", model, "--hidden", "16", "--layers", "3", "--steps", "30", "--seed", "5",
      "--threads", "2", "--output", folder.path("out.png"), "--save", folder.path("m.safetensors"), "--log", folder.path("curve.csv"),
      "--json", folder.path("result.json"),
    ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.isEmpty)
    #expect(result.errorLines.count == 1 && result.error.hasPrefix("finished at step 30  PSNR "), "\(result.error)")
    #expect(folder.names == ["curve.csv", "m.safetensors", "out.png", "picture.pgm", "result.json"])
    #expect(try folder.bytes("out.png").starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))

    let report = try json(folder.bytes("result.json"))
    #expect(Set(report.keys) == Self.keys)
    #expect(report["model"] as? String == model && report["steps"] as? Int == 30 && report["state"] as? String == "finished")
    #expect(report["data_shape"] as? [Int] == [32, 32] && report["channels"] as? Int == 1)
    #expect(report["seed"] as? Int == 5 && report["threads"] as? Int == 2)
    #expect((report["bases"] as? [[Int]]) == (model == "asmr" ? [[2, 4, 4], [2, 4, 4]] : nil))
    let parameters = try tensors(folder.bytes("m.safetensors"))
    #expect(report["params"] as? Int == parameters.values.reduce(0) { $0 + $1.count })
    #expect(parameters["net.1.linear.weight"]?.count == 256 && parameters["last_layer.linear.bias"]?.count == 1)

    let lines = try folder.text("curve.csv").split(separator: "\n")
    try #require(lines.count == 33)
    #expect(lines[0].hasPrefix("# {") && lines[1] == "run,step,psnr,loss,ssim,learning_rate,seconds,elapsed_seconds,estimate")
    let rows = lines[2...].map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.map { Int($0[1]) } == (0...30).map { $0 } && rows.allSatisfy { $0[0] == "1" && $0.count == 9 })
    let last = rows[30]
    // Digit by digit: not every parser of JSON rounds right.
    let text = try folder.text("result.json")
    #expect(text.contains("\"psnr\" : \(last[2]),") && text.contains("\"loss\" : \(last[3]),"))
  }

  @Test("JSON on standard output, and nothing else there; curve as JSON Lines; PGM and PPM")
  func standardOutput() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    let result = try Program.run([
      "train", picture, "--hidden", "16", "--steps", "3", "--json", "-", "--log", folder.path("c.jsonl"), "--output", folder.path("o.pgm"),
    ])
    #expect(result.status == 0)
    let report = try json(result.output)
    #expect(Set(report.keys) == Self.keys && result.output.last == 0x0A)
    let lines = try folder.text("c.jsonl").split(separator: "\n").map { try json(Array($0.utf8)) }
    #expect(lines.count == 5 && lines[0]["configuration"] is [String: Any])
    #expect(lines.dropFirst().map { $0["step"] as? Int } == [0, 1, 2, 3])
    let grey = try folder.bytes("o.pgm")
    #expect(grey.starts(with: Array("P5\n32 32\n255\n".utf8)) && grey.count == 13 + 1024)
    #expect(try Program.run(["train", picture, "--hidden", "16", "--steps", "3", "--output", folder.path("o.ppm")]).status == 0)
    let colour = try folder.bytes("o.ppm")
    #expect(colour.starts(with: Array("P6\n32 32\n255\n".utf8)))
    #expect(Array(colour.dropFirst(13)) == grey.dropFirst(13).flatMap { [$0, $0, $0] })
  }

  @Test("The same seed gives the same file at one and two threads, another seed another", arguments: [
    [], ["--modulator", "siren"], ["--model", "siren"], ["--batch", "300"],
  ])
  func seeds(_ options: [String]) throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    for (name, seed, threads) in [("a", "7", "1"), ("b", "7", "2"), ("c", "8", "2")] {
      let result = try Program.run(
        ["train", picture, "--hidden", "24", "--steps", "25", "--save", folder.path(name), "--seed", seed, "--threads", threads] + options)
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(try folder.bytes("a") == folder.bytes("b"))
    #expect(try tensors(folder.bytes("a")) != tensors(folder.bytes("c")))
  }

  @Test("An output that fails does not take the others with it", .enabled(
    if: FileManager.default.fileExists(atPath: "/dev/full"), "skipped: no /dev/full"))
  func oneOutputFails() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.path("full.png"), withDestinationPath: "/dev/full")
    let result = try Program.run([
      "train", try folder.picture(), "--hidden", "16", "--steps", "2", "--output", folder.path("full.png"),
      "--log", folder.path("c.csv"), "--json", folder.path("r.json"),
    ])
    #expect(result.status == 73 && result.error.contains("full.png"))
    #expect(try !folder.bytes("c.csv").isEmpty && json(folder.bytes("r.json"))["steps"] as? Int == 2)
  }

  @Test("A saved model draws the same picture again, pixel by pixel", arguments: [[], ["--model", "siren"], ["--modulator", "siren", "--bases", "4,8"]])
  func render(_ options: [String]) throws {
    let folder = try TemporaryFolder()
    let size = options.contains("--bases") ? (32, 32) : (41, 37)
    let trained = try Program.run([
      "train", try folder.picture(size.0, size.1), "--hidden", "16", "--steps", "20", "--lr", "0.01", "--save", folder.path("m.safetensors"),
      "--output", folder.path("a.pgm"),
    ] + options)
    #expect(trained.status == 0, "\(trained.error)")
    for threads in ["1", "2"] {
      let result = try Program.run(["render", folder.path("m.safetensors"), "--output", folder.path("b.pgm"), "--threads", threads])
      #expect(result.status == 0 && result.output.isEmpty && result.error.isEmpty, "\(result.error)")
      #expect(try folder.bytes("a.pgm") == folder.bytes("b.pgm"))
    }
    #expect(Set(try folder.bytes("a.pgm")).count > 5)
    let piped = try Program.run(["render", folder.path("m.safetensors")])
    #expect(try piped.status == 0 && piped.output == folder.bytes("a.pgm") && piped.error.isEmpty)
  }

  @Test("A state dictionary without metadata: what is missing is asked for by name")
  func foreignModel() throws {
    let folder = try TemporaryFolder()
    #expect(try Program.run([
      "train", try folder.picture(), "--hidden", "16", "--layers", "3", "--steps", "20", "--save", folder.path("m.safetensors"),
      "--output", folder.path("a.pgm"),
    ]).status == 0)
    // The public code's file: aliases, no metadata.
    let bytes = try folder.bytes("m.safetensors")
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = try json(Array(bytes[8..<(8 + length)]))
    header["__metadata__"] = nil
    for (name, value) in header where !name.hasPrefix("modulators") {
      header[name] = nil
      header["siren." + name] = value
    }
    let text = [UInt8](try JSONSerialization.data(withJSONObject: header))
    let foreign = try folder.write(
      (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + bytes[(8 + length)...], "foreign.safetensors")
    let hints = ["--omega", "30", "--bases", "2,4,4", "--size", "32x32"]
    for missing in [0, 2, 4] {
      let given = Array(hints[..<missing] + hints[(missing + 2)...])
      let result = try Program.run(["render", foreign, "--output", folder.path("b.pgm")] + given)
      #expect(result.status == 64 && result.errorLines.count == 1, "\(result.error)")
      #expect(result.error.contains(foreign) && result.error.contains(hints[missing] + " is needed"), "\(result.error)")
    }
    let result = try Program.run(["render", foreign, "--output", folder.path("b.pgm")] + hints)
    #expect(result.status == 0, "\(result.error)")
    #expect(try folder.bytes("a.pgm") == folder.bytes("b.pgm"))
    // Bases that the model does not have.
    let wrong = try Program.run(["render", foreign, "--output", folder.path("c.pgm"), "--omega", "30", "--bases", "4,8", "--size", "32x32"])
    #expect(wrong.status == 64 && wrong.errorLines.count == 1 && wrong.error.contains("levels"), "\(wrong.error)")
    #expect(!folder.names.contains("c.pgm"))
  }

  @Test("A picture from standard input")
  func standardInput() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run(["train", "-", "--hidden", "16", "--steps", "3", "--json", "-"], input: pgm(24, 16))
    #expect(result.status == 0, "\(result.error)")
    #expect(try json(result.output)["data_shape"] as? [Int] == [16, 24])
    let named = try Program.run(["train", try folder.picture(24, 16), "--hidden", "16", "--steps", "3", "--json", "-"])
    #expect(try json(named.output)["loss"] as? Double == json(result.output)["loss"] as? Double)
    let empty = try Program.run(["train", "-", "--steps", "3"], input: [])
    #expect(empty.status == 65 && empty.errorLines.count == 1 && empty.error.contains("standard input"), "\(empty.error)")
  }

  @Test("A picture of a single pixel, and one of prime sides, without a special flag", arguments: ["asmr", "siren"])
  func anySize(_ model: String) throws {
    let folder = try TemporaryFolder()
    let pixel = try Program.run(
      ["train", try folder.picture(1, 1, name: "pixel.pgm"), "--model", model, "--hidden", "16", "--steps", "5", "--json", "-",
        "--output", folder.path("pixel.png")])
    #expect(pixel.status == 0, "\(pixel.error)")
    let report = try json(pixel.output)
    #expect(report["data_shape"] as? [Int] == [1, 1] && report["ssim"] is NSNull && Set(report.keys) == Self.keys)
    #expect(!pixel.error.contains("padded"))

    let prime = try Program.run(
      ["train", try folder.picture(37, 41, name: "prime.pgm"), "--model", model, "--hidden", "16", "--steps", "5", "--json", "-",
        "--output", folder.path("prime.pgm.pgm")])
    #expect(prime.status == 0, "\(prime.error)")
    #expect(try json(prime.output)["data_shape"] as? [Int] == [41, 37])
    #expect(try folder.bytes("prime.pgm.pgm").starts(with: Array("P5\n37 41\n".utf8)))
    #expect(prime.error.contains("prime.pgm: rows are padded from 41 to ") == (model == "asmr"), "\(prime.error)")
    #expect(prime.error.contains("columns are padded from 37 to ") == (model == "asmr"), "\(prime.error)")
  }

  @Test("No step at all is a run, too")
  func noSteps() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run(["train", try folder.picture(), "--hidden", "8", "--steps", "0", "--json", "-", "--log", folder.path("c.csv")])
    #expect(result.status == 0)
    let report = try json(result.output)
    #expect(report["steps"] as? Int == 0 && report["seconds_per_step"] is NSNull && report["gflops"] is NSNull)
    #expect((report["psnr"] as? Double)?.isFinite == true && report["best_step"] as? Int == 0)
    #expect(try folder.text("c.csv").split(separator: "\n").count == 3)
  }

  @Test("The schedule is the preset's unless said otherwise; --steps says when to stop")
  func presets() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    for (options, schedule, rate) in [
      (["--preset", "paper"], 10_000, 1e-4), (["--preset", "live"], 2_000, 1e-3), (["--preset", "paper", "--schedule", "50", "--lr", "0.5"], 50, 0.5),
    ] {
      let result = try Program.run(["train", picture, "--hidden", "8", "--steps", "2", "--json", "-"] + options)
      let configuration = try #require(try json(result.output)["configuration"] as? [String: Any])
      #expect(configuration["schedule"] as? Int == schedule && configuration["steps"] as? Int == 2)
      #expect(abs((configuration["learning_rate"] as? Double ?? 0) - rate) < 1e-9)
    }
  }

  @Test("Above a megapixel a picture is reduced, and that is said; --resize none leaves it, WxH sets it")
  func resize() throws {
    let folder = try TemporaryFolder()
    let large = try folder.picture(1100, 1000)
    func train(_ picture: String, _ options: String...) throws -> (shape: [Int]?, error: String) {
      let result = try Program.run(["train", picture, "--steps", "1", "--hidden", "8", "--json", "-"] + options)
      #expect(result.status == 0, "\(result.error)")
      return (try json(result.output)["data_shape"] as? [Int], result.error)
    }
    for options in [[], ["--resize", "auto"]] {
      let result = try Program.run(["train", large, "--steps", "1", "--hidden", "8", "--json", "-"] + options)
      let shape = try #require(try json(result.output)["data_shape"] as? [Int])
      #expect(shape[0] * shape[1] <= 1 << 20 && shape[0] * shape[1] > 1_040_000, "\(shape)")
      #expect(result.error.contains("picture.pgm: reduced from 1100×1000 to \(shape[1])×\(shape[0])"), "\(result.error)")
    }
    let whole = try train(large, "--resize", "none")
    #expect(whole.shape == [1000, 1100] && !whole.error.contains("reduced"), "\(whole.error)")
    let exact = try train(large, "--resize", "64x48")
    #expect(exact.shape == [48, 64] && exact.error.contains("resized from 1100×1000 to 64×48"), "\(exact.error)")
    let small = try train(try folder.picture(20, 10, name: "small.pgm"))
    #expect(small.shape == [10, 20] && !small.error.contains("reduced"))
  }

  @Test("A run that diverges exits 70 with every output written and finite parameters", arguments: ["asmr", "siren"])
  func diverged(_ model: String) throws {
    let folder = try TemporaryFolder()
    let result = try Program.run([
      "train", try folder.picture(), "--model", model, "--hidden", "16", "--lr", "10", "--omega", "10000", "--steps", "100000",
      "--schedule", "100000", "--json", "-", "--save", folder.path("m.safetensors"), "--output", folder.path("o.png"), "--log", folder.path("c.csv"),
    ])
    #expect(result.status == 70, "\(result.error)")
    #expect(result.errorLines.last?.contains("diverged at step") == true, "\(result.error)")
    #expect(folder.names == ["c.csv", "m.safetensors", "o.png", "picture.pgm"])
    let report = try json(result.output)
    #expect(report["state"] as? String == "diverged" && Set(report.keys) == Self.keys)
    #expect((report["loss"] as? Double)?.isFinite == true)
    #expect(try tensors(folder.bytes("m.safetensors")).values.allSatisfy { $0.allSatisfy { $0.isFinite } })
    #expect(try Program.run(["render", folder.path("m.safetensors"), "--output", folder.path("p.png")]).status == 0)
    #expect(try folder.bytes("o.png") == folder.bytes("p.png"))
  }

  // MARK: Signals

  @Test("A signal ends a run in order: the step is finished, every output written")
  func interrupted() throws {
    // The last is started as nohup starts it: what it has to ignore does not end it.
    let cases: [(signals: [Int32], status: Int32, shell: String?)] = [
      ([SIGINT], 130, nil), ([SIGTERM], 143, nil), ([SIGHUP], 129, nil), ([SIGHUP, SIGTERM], 143, "trap '' HUP"),
    ]
    // Side by side, because each trains for seconds before it says so.
    let runs = try cases.map { entry in
      let folder = try TemporaryFolder()
      let program = try Program([
        "train", try folder.picture(), "--hidden", "16", "--steps", "100000000", "--threads", "1", "--output", folder.path("o.pgm"),
        "--save", folder.path("m.safetensors"), "--log", folder.path("c.jsonl"), "--json", "-",
      ], shell: entry.shell)
      return (entry.signals, entry.status, folder, program)
    }
    for (signals, status, folder, program) in runs {
      // The first plain line says that it trains, and that it listens to signals.
      while program.isRunning, !program.errorSoFar.contains("step ") { usleep(20_000) }
      for signal in signals { program.send(signal) }
      let result = try program.wait()
      #expect(result.status == status, "\(result.error)")
      #expect(result.errorLines.last?.hasPrefix("stopped at step ") == true, "\(result.error)")
      let report = try json(result.output)
      #expect(report["state"] as? String == "stopped" && Set(report.keys) == Self.keys)
      let steps = try #require(report["steps"] as? Int)
      #expect(steps > 0 && (report["psnr"] as? Double)?.isFinite == true)
      // Every step is in the curve, then the final parameters.
      let lines = try folder.text("c.jsonl").split(separator: "\n")
      #expect(lines.count == steps + 2)
      #expect(try json(Array(lines[lines.count - 1].utf8))["psnr"] as? Double == report["psnr"] as? Double)
      #expect(try Program.run(["render", folder.path("m.safetensors"), "--output", folder.path("p.pgm")]).status == 0)
      #expect(try folder.bytes("o.pgm") == folder.bytes("p.pgm"))

      // Not on a terminal, progress is a plain line for five seconds of training at most, and no control sequence.
      let plain = result.errorLines.dropLast()
      #expect(
        plain.allSatisfy { $0.hasPrefix("step ") && $0.hasSuffix(" left") && $0.contains(" dB  ") && $0.contains(" it/s  ") },
        "\(result.error)")
      #expect(Double(plain.count) <= (report["seconds"] as? Double ?? 0) / 5 && !plain.isEmpty, "\(result.error)")
      #expect(!result.error.contains("\r") && !result.error.contains("\u{1B}"))
    }
  }
}
