import Foundation
import Testing

/// Help, costs, and everything that a user can get wrong: one line on standard error, the right exit code.
@Suite(.serialized) struct UsageTests {
  @Test("The version, and nothing else")
  func version() throws {
    let result = try Program.run(["--version"])
    #expect(result.status == 0 && result.error.isEmpty)
    let words = result.text.split(separator: ".")
    #expect(words.count == 3 && result.text.hasSuffix("\n") && Int(words[0]) != nil && Int(words[1]) != nil)
  }

  @Test("Help of the program and of every subcommand, on standard output")
  func help() throws {
    let root = try Program.run(["--help"])
    #expect(root.status == 0 && root.error.isEmpty)
    for command in ["explore", "train", "render", "features", "permutations", "cost", "bench", "sessions", "report", "doctor"] {
      #expect(root.text.contains("\n  \(command)"), "\(command)")
      let result = try Program.run([command, "--help"])
      #expect(result.status == 0 && result.error.isEmpty && result.text.contains("USAGE: asmr-tui \(command)"), "\(command)")
      #expect(try Program.run(["help", command]).text == result.text)
    }
    let options = try Program.run(["train", "--help"]).text
    for option in [
      "--model", "--bases", "--hidden", "--layers", "--omega", "--modulator", "--preset", "--steps", "--schedule", "--lr", "--batch", "--seed",
      "--threads", "--output", "--save", "--log", "--json", "--resize",
    ] { #expect(options.contains("\n  \(option) "), "\(option)") }
  }

  @Test("What a configuration costs: 134,145 parameters, 1,353.75 MACs")
  func cost() throws {
    let result = try Program.run(["cost", "--bases", "4,4,4,8", "--hidden", "256", "--size", "512x512"])
    #expect(result.status == 0 && result.error.isEmpty)
    let lines = result.text.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
    #expect(lines.contains { $0[0] == "parameters" && $0[1] == "134,145" }, "\(result.text)")
    #expect(lines.contains { $0[0] == "MACs/sample" && $0[1] == "1353.75" }, "\(result.text)")

    let report = try json(Program.run(["cost", "--bases", "4,4,4,8", "--json"]).output)
    #expect(report["params"] as? Int == 134_145 && report["macs"] as? Double == 1353.75 && report["sines"] as? Double == 260.25)
    #expect(report["bases"] as? [[Int]] == [[4, 4, 4, 8], [4, 4, 4, 8]] && report["data_shape"] as? [Int] == [512, 512])
    // Where it is written is said as of every other subcommand.
    let folder = try TemporaryFolder()
    let plain = try Program.run(["cost", "--json"]).text
    #expect(try Program.run(["cost", "--json", "-"]).text == plain && Program.run(["cost", "--json", "--channels", "1"]).text == plain)
    #expect(try Program.run(["cost", "--json", folder.path("cost.json")]).output.isEmpty && folder.text("cost.json") == plain)
    // The plan is these bases.
    #expect(try json(Program.run(["cost", "--json"]).output)["params"] as? Int == 134_145)
    // Width first, colour, one axis, SIREN.
    let wide = try json(Program.run(["cost", "--size", "640x427", "--channels", "3", "--json"]).output)
    #expect(wide["data_shape"] as? [Int] == [427, 640] && wide["channels"] as? Int == 3)
    #expect(try json(Program.run(["cost", "--size", "32000", "--json"]).output)["bases"] as? [[Int]] == [[10, 10, 16, 20]])
    let siren = try json(Program.run(["cost", "--model", "siren", "--json"]).output)
    // A batch adds what a step of it takes, and leaves what a full one takes.
    let batch = try json(Program.run(["cost", "--model", "siren", "--batch", "65536", "--json"]).output)
    let full = try #require(batch["flop_per_step"] as? Double)
    #expect(full == siren["flop_per_step"] as? Double && siren["flop_per_batch_step"] == nil)
    #expect(batch["flop_per_batch_step"] as? Double == full / 4)
    #expect(try Program.run(["cost", "--model", "siren", "--batch", "65536"]).text.contains("(65,536 samples)"))
    let loe = ["cost", "--model", "loe"]
    #expect(try Program.run(loe).text.contains("8x8,8x8,8x8"))
    #expect(try json(Program.run(loe + ["--json"]).output)["tiles"] as? [[Int]] == [[8, 8], [8, 8], [8, 8]])
    #expect(try json(Program.run(["cost", "--model", "kilonerf", "--json"]).output)["grid"] as? [Int] == [16, 16])
    #expect(siren["params"] as? Int == 132_609 && siren["macs"] as? Double == 132_609 && siren["bases"] is NSNull)
  }

  /// A command line that must be refused: the status, one line, and what that line must name.
  private func expectRefusal(
    _ arguments: [String], _ status: Int32, _ fragments: String..., shell: String? = nil, input: [UInt8]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Program.run(arguments, input: input, shell: shell)
    let said = "\(arguments): \(result.status): \(result.error)"
    #expect(result.status == status, "\(said)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, "\(said)", sourceLocation: sourceLocation)
    #expect(result.errorLines.count == 1 && result.error.hasPrefix("asmr-tui: "), "\(said)", sourceLocation: sourceLocation)
    #expect(
      !result.error.dropLast().unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }, "\(said)", sourceLocation: sourceLocation)
    for fragment in fragments { #expect(result.error.contains(fragment), "\(fragment) in \(said)", sourceLocation: sourceLocation) }
  }

  @Test("Options that do not exist, and values that they do not take: 64")
  func options() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    try expectRefusal([], 64, "<file>")
    try expectRefusal(["train"], 64, "<file>")
    try expectRefusal(["render"], 64, "<model>")
    try expectRefusal(["render", "no/such/file"], 66, "no/such/file")
    try expectRefusal(["train", picture, "--nonsense"], 64, "--nonsense")
    try expectRefusal(["train", picture, "second.pgm"], 64, "second.pgm")
    try expectRefusal(["train", picture, "--steps"], 64, "--steps")
    try expectRefusal(["train", picture, "--model", "kan"], 64, "kan", "--model", "asmr", "siren")
    try expectRefusal(["train", picture, "--preset", "fast"], 64, "fast", "--preset", "live", "paper")
    try expectRefusal(["train", picture, "--modulator", "x"], 64, "--modulator", "linear")
    try expectRefusal(["train", picture, "--resize", "0x0"], 64, "--resize", "0x0")
    try expectRefusal(["train", picture, "--batch", "0"], 64, "--batch", "0")
    try expectRefusal(["train", picture, "--steps", "many"], 64, "--steps", "many")
    try expectRefusal(["train", picture, "--seed", "-1"], 64, "--seed")
    try expectRefusal(["train", picture, "--model", "a\nb\u{1B}[31m\u{7F}"], 64, "--model", "b\\x1B[31m\\x7F")
    try expectRefusal(["cost", "--size", "0x5"], 64, "size", "0x5", "512x512")
    try expectRefusal(["cost", "--size", "1000000000x1000000000"], 64, "size")
    try expectRefusal(["cost", "--channels", "0"], 64, "channels", "1 to 64")
    try expectRefusal(["bench", "--rounds", "0"], 64, "rounds", "1 to 1000")
  }

  @Test("The configuration: what is printed changes nothing, and all that is wrong is said at once")
  func configuration() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    let printed = try Program.run(["--default-config"])
    #expect(printed.status == 0 && printed.error.isEmpty && printed.text.contains("\n[keys.features]\n") && printed.text.contains("\n#graphics = \"auto\"\n"))
    func file(_ name: String, _ text: String) throws -> String {
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
      return folder.path(name)
    }
    // It is read before anything else, and then a terminal is wanted.
    try expectRefusal([picture, "--config", file("default.toml", printed.text)], 64, "is not a terminal")
    let broken = try Program.run([picture, "--config", file("b.toml", "mouse = 1\ntheme = \"nrod\"\n[keys]\nquit = \"ctrl-c\"\n")])
    #expect(broken.status == 64 && broken.errorLines.count == 3 && broken.output.isEmpty)
    for (line, words) in zip(broken.errorLines, ["b.toml:1: mouse: found 1; allowed is true, false", "b.toml:2: theme: found 'nrod'; allowed is nord", "b.toml:4: keys.quit: found 'ctrl-c'; allowed is"]) {
      #expect(line.hasPrefix("asmr-tui: ") && line.contains(words), "\(line)")
    }
    try expectRefusal([picture, "--config", folder.path("none.toml")], 66, "none.toml")
    try expectRefusal([picture, "--config", "/"], 65, "no regular file")
    try expectRefusal(["doctor", "--config", file("d.toml", "dither = 3")], 64, "d.toml:1: dither: found 3; allowed is none, ordered, diffused")
  }

  @Test("Values out of range: 64, with the bounds")
  func ranges() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    for (option, value, bounds) in [
      ("hidden", "0", "1 to 16384"), ("hidden", "99999", "1 to 16384"), ("layers", "1", "2 to 32"), ("omega", "0", "0.001 to 10000"),
      ("omega", "nan", "0.001 to 10000"), ("lr", "0", "1e-10 to 10"), ("lr", "inf", "1e-10 to 10"), ("schedule", "0", "1 to 100000000"),
      ("steps", "-1", "0 to 100000000"), ("threads", "0", "1 to 256"),
    ] {
      try expectRefusal(["train", picture, "--\(option)=\(value)"], 64, option, "allowed are " + bounds)
    }
  }

  @Test("Bases that do not fit the picture: 64, with what would")
  func bases() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    try expectRefusal(["train", picture, "--bases", "4,4,4,8"], 64, "4,4,4,8", "512", "32")
    try expectRefusal(["train", picture, "--bases", "4,y"], 64, "'y'", "4,4,4,8")
    try expectRefusal(["train", picture, "--bases", ""], 64, "bases")
    try expectRefusal(["train", picture, "--bases", "2,4,4x4,8"], 64, "levels")
    try expectRefusal(["train", picture, "--bases", "32"], 64, "found 1")
    try expectRefusal(["train", picture, "--bases", "4,8", "--layers", "3"], 64, "layers", "2")
    try expectRefusal(["train", picture, "--bases", "4,8", "--model", "siren"], 64, "bases", "siren", "asmr")
    try expectRefusal(["train", picture, "--bases", repeatElement("1", count: 5000).joined(separator: ",") + ",32"], 64, "layers", "5001")
    try expectRefusal(["cost", "--bases", "4,4,4,8", "--size", "500x512"], 64, "500", "512")
  }

  @Test("Files that are missing, folders, damaged and foreign ones: 66 and 65")
  func inputs() throws {
    let folder = try TemporaryFolder()
    for command in ["train", "render"] {
      let rest = command == "render" ? ["--output", folder.path("o.png")] : []
      try expectRefusal([command, folder.path("missing.pgm")] + rest, 66, "missing.pgm", "No such file")
      try expectRefusal([command, folder.path("")] + rest, 66, "directory")
    }
    try expectRefusal(["train", try folder.write(Array(pgm(32, 32).dropLast(40)), "short.pgm")], 65, "short.pgm")
    try expectRefusal(["train", try folder.write(Array("P5\n0 0\n255\n".utf8), "none.pgm")], 65, "none.pgm", "0")
    try expectRefusal(["train", try folder.write(Array("P5\n4 4\n70000\n".utf8), "maxval.pgm")], 65, "maxval.pgm", "70000", "65535")
    try expectRefusal(["train", try folder.write(Array("BM".utf8) + [UInt8](repeating: 0, count: 100), "b.bmp")], 65, "b.bmp", "BMP", "PNG")
    try expectRefusal(["train", try folder.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0], "d.png")], 65, "d.png")
    try expectRefusal(["train", try folder.write([], "empty.pgm")], 65, "empty.pgm", "empty")
    try expectRefusal(["train", folder.path("new\nline\u{1B}[2J")], 66, "new\\x0Aline\\x1B[2J")
    let model = try folder.write(Array("not a model, but long enough".utf8), "m.safetensors")
    try expectRefusal(["render", model, "--output", folder.path("o.png")], 65, "m.safetensors", "safetensors")
    #expect(!folder.names.contains("o.png"))
  }

  @Test("Outputs that cannot be: said before the training")
  func outputs() throws {
    let folder = try TemporaryFolder()
    // So many steps that the run would not come to its end: that it ends at all shows when it was said.
    let train = ["train", try folder.picture(), "--hidden", "8", "--steps", "100000000"]
    try expectRefusal(train + ["--output", folder.path("o.jpg")], 64, "o.jpg", ".jpg", ".png")
    try expectRefusal(train + ["--output", folder.path("o")], 64, ".png")
    try expectRefusal(train + ["--log", folder.path("curve.txt")], 64, "curve.txt", ".csv", ".jsonl")
    let missing = folder.path("missing/") + "/"
    for (option, name) in [("--output", "o.png"), ("--save", "m.safetensors"), ("--log", "c.csv"), ("--json", "r.json")] {
      try expectRefusal(train + [option, missing + name], 73, name, "No such file")
      try expectRefusal(train + [option, folder.path("")], option == "--output" || option == "--log" ? 64 : 73, folder.path(""))
    }
    let colour = try folder.write(Array("P6\n2 2\n255\n".utf8) + [UInt8](repeating: 9, count: 12), "c.ppm")
    try expectRefusal(["train", colour, "--steps", "100000000", "--output", folder.path("o.pgm")], 64, "o.pgm", "one channel")
    #expect(folder.names == ["c.ppm", "picture.pgm"])
  }

  @Test("A result that cannot be written to standard output is an error", .enabled(
    if: FileManager.default.isWritableFile(atPath: "/dev/full"), "skipped: there is no /dev/full"))
  func fullOutput() throws {
    let folder = try TemporaryFolder()
    for arguments in [["train", try folder.picture(), "--hidden", "8", "--steps", "1", "--json", "-"], ["cost", "--json"]] {
      let result = try Program.run(arguments, output: "/dev/full")
      #expect(result.status == 73 && result.errorLines.last?.contains("standard output: cannot be written") == true, "\(result.error)")
    }
  }

  @Test("A network that does not fit the memory: 64 with both numbers, before anything of its size is allocated")
  func memory() throws {
    let folder = try TemporaryFolder()
    // However much memory the machine has, this process may use four gigabytes.
    for model in ["asmr", "siren"] {
      try expectRefusal(
        ["train", try folder.picture(), "--model", model, "--hidden", "16384", "--layers", "32", "--steps", "100000000"], 64,
        "memory", " GB; available are ", "--hidden", shell: "ulimit -v 4000000")
    }
  }

  @Test("Without a terminal the explorer says so and names train: 64")
  func noTerminal() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.picture()
    try expectRefusal([picture], 64, "not a terminal", "asmr-tui train")
    try expectRefusal(["explore", picture], 64, "not a terminal", "asmr-tui train")
    try expectRefusal(["-"], 64, "not a terminal", "asmr-tui train", input: pgm(4, 4))
  }
}
