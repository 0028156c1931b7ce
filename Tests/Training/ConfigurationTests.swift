import Foundation
import Kernels
import Networks
import Signals
import Testing

@testable import Training

@Suite struct ConfigurationTests {
  private func refusal(_ shape: [Int] = [32, 32], _ change: (inout RunConfiguration) throws -> Void) rethrows -> String {
    var configuration = RunConfiguration()
    try change(&configuration)
    do throws(ConfigurationError) {
      _ = try configuration.resolved(shape: shape)
      return "accepted"
    } catch {
      #expect(!error.description.contains("\n"))
      return error.description
    }
  }

  @Test("Presets fill in what was left open")
  func presets() throws {
    var configuration = RunConfiguration()
    func resolved() throws -> RunConfiguration { try configuration.resolved(shape: [512, 512]) }
    #expect(try resolved().learningRate == 1e-3)
    #expect(try resolved().schedule == 2000 && resolved().steps == 2000 && resolved().batch == .full)
    #expect(try resolved().finalLearningRate == 1e-6)
    #expect(try resolved().bases?.argument == "4,4,4,8" && resolved().layers == 4)
    configuration.preset = .paper
    #expect(try resolved().learningRate == 1e-4)
    #expect(try resolved().schedule == 10_000 && resolved().steps == 10_000 && resolved().batch == .full)
    configuration.model = .siren
    #expect(try resolved().learningRate == 1e-4 && resolved().batch == .full && resolved().bases == nil)
    configuration.preset = .live
    guard case .samples = try resolved().batch else {
      Issue.record("SIREN's live preset has no mini-batches")
      return
    }
  }

  @Test("What was given stands; steps end at the schedule's length unless said otherwise")
  func given() throws {
    var configuration = RunConfiguration()
    configuration.preset = .paper
    configuration.steps = 200
    configuration.learningRate = 5e-7
    configuration.batch = .samples(100)
    configuration.seed = .max
    var resolved = try configuration.resolved(shape: [32, 32])
    #expect(resolved.steps == 200 && resolved.schedule == 10_000 && resolved.learningRate == 5e-7)
    #expect(resolved.batch == .samples(100) && resolved.seed == .max)
    // Never an end above the start.
    #expect(resolved.finalLearningRate == 5e-7)
    #expect(try resolved.resolved(shape: [32, 32]) == resolved)
    configuration.steps = nil
    configuration.schedule = 77
    resolved = try configuration.resolved(shape: [32, 32])
    #expect(resolved.steps == 77 && resolved.schedule == 77)
    configuration.bases = try Bases(argument: "4,8")
    #expect(try configuration.resolved(shape: [32, 32]).layers == 2)
  }

  @Test("A batch of all samples or more is a full one")
  func fullBatches() throws {
    var configuration = RunConfiguration()
    for (count, expected) in [(1023, BatchSize.samples(1023)), (1024, .full), (1_000_000_000, .full)] {
      configuration.batch = .samples(count)
      #expect(try configuration.resolved(shape: [32, 32]).batch == expected)
    }
    configuration.model = .siren
    configuration.batch = nil
    #expect(try configuration.resolved(shape: [32, 32]).batch == .full)
  }

  @Test("Values out of range are refused by name, with what was found and the bounds")
  func ranges() {
    let cases: [(String, [String], (inout RunConfiguration) -> Void)] = [
      ("hidden", ["0", "1 to 16384"], { $0.hidden = 0 }), ("hidden", ["16385"], { $0.hidden = 16_385 }),
      ("layers", ["1", "2 to 32"], { $0.layers = 1 }), ("layers", ["33"], { $0.layers = 33 }),
      ("omega", ["0.0", "0.001 to 10000.0"], { $0.omega0 = 0 }), ("omega", ["nan"], { $0.omega0 = .nan }),
      ("omega", ["inf"], { $0.omega0 = .infinity }), ("omega", ["-30.0"], { $0.omega0 = -30 }),
      ("steps", ["-1", "0 to 100000000"], { $0.steps = -1 }), ("schedule", ["0", "1 to 100000000"], { $0.schedule = 0 }),
      ("lr", ["0.0", "1e-10 to 10.0"], { $0.learningRate = 0 }), ("lr", ["nan"], { $0.learningRate = .nan }),
      ("lr", ["11.0"], { $0.learningRate = 11 }), ("lr", ["-0.001"], { $0.learningRate = -1e-3 }),
      ("batch", ["0", "1 to 1000000000"], { $0.batch = .samples(0) }), ("batch", ["-5"], { $0.batch = .samples(-5) }),
    ]
    for (name, fragments, change) in cases {
      let text = refusal { $0.model = .siren; change(&$0) }
      #expect(text.hasPrefix(name + ": found "), "\(text)")
      for fragment in fragments { #expect(text.contains(fragment), "\(text)") }
      #expect(text.contains("allowed"), "\(text)")
    }
  }

  @Test("Bases that do not fit: product, axes, levels; with SIREN none at all")
  func bases() throws {
    let product = try refusal { $0.bases = try Bases(argument: "4,4") }
    #expect(product.contains("4,4") && product.contains("16") && product.contains("32"), "\(product)")
    #expect(try refusal { $0.bases = try Bases(argument: "2,4,4x2,4,4x2,4,4") }.contains("axes"))
    #expect(try refusal { $0.bases = try Bases(argument: "2,4,4x4,8") }.contains("levels"))
    #expect(try refusal { $0.bases = try Bases(argument: "32") }.contains("allowed"))
    #expect(refusal { $0.bases = Bases([Array(repeating: 1, count: 5000) + [32]]) }.hasPrefix("layers: found 5001"))
    #expect(refusal { $0.bases = Bases([[Int.max, Int.max]]) }.contains("product"))
    #expect(try refusal { ($0.model, $0.bases) = (.siren, try Bases(argument: "2,4,4")) }.contains("bases: found with --model siren"))
    #expect(refusal { ($0.model, $0.modulator) = (.siren, .siren) }.contains("modulator: found with --model siren"))
    // The planner's padded size is allowed, another is not.
    var padded = RunConfiguration()
    padded.bases = .plan(shape: [37], levels: 4)
    #expect(try padded.resolved(shape: [37, 37]).bases?.paddedShape.allSatisfy { $0 > 37 } == true)
    #expect(try refusal([37, 37]) { $0.bases = try Bases(argument: "4,4,4,4") }.contains("padding"))
  }

  @Test("A configuration survives its file", arguments: Case.full + Case.miniBatches)
  func codable(_ subject: Case) throws {
    for configuration in [subject.configuration, try subject.configuration.resolved(shape: [37, 41])] {
      let data = try JSONEncoder().encode(configuration)
      #expect(try JSONDecoder().decode(RunConfiguration.self, from: data) == configuration)
    }
    let names = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(subject.configuration.resolved(shape: [37, 41]))) as? [String: Any])
    // The fields that the model has, by their names in files.
    let renamed = ["lr": "learning_rate", "final-lr": "final_learning_rate", "omega": "omega0"]
    let expected = RunField.all.filter { $0.models.contains(subject.configuration.model) }.map {
      renamed[$0.name] ?? $0.name.replacingOccurrences(of: "-", with: "_")
    }
    #expect(Set(names.keys) == Set(expected))
  }

  @Test("Batch sizes as text")
  func batchSizes() throws {
    #expect(BatchSize(argument: "full") == .full && BatchSize(argument: "17") == .samples(17))
    for text in ["", "0", "-1", "Full", "1.5", "99999999999999999999"] { #expect(BatchSize(argument: text) == nil, "\(text)") }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(BatchSize.self, from: Data("\"none\"".utf8)) }
  }

  @Test("Padding is told by axis, sizes, share and bases")
  func paddingNote() throws {
    #expect(try small().resolved(shape: [32, 32]).paddingNote(shape: [32, 32]) == nil)
    let resolved = try RunConfiguration().resolved(shape: [427, 512])
    #expect(resolved.paddingNote(shape: [427, 512]) == "rows are padded from 427 to 432 (1.2 %) for bases 3,4,6,6")
    let both = try #require(try RunConfiguration().resolved(shape: [37, 41]).paddingNote(shape: [37, 41]))
    #expect(both.hasPrefix("rows are padded from 37 to 40 ") && both.contains("; columns are padded from 41 to 45 "), "\(both)")
    #expect(try RunConfiguration().resolved(shape: [427]).paddingNote(shape: [427])?.hasPrefix("axis 0 is padded") == true)
  }

  // MARK: Memory

  @Test("A network that does not fit the memory is refused with both numbers")
  func memory() throws {
    var configuration = RunConfiguration()
    configuration.model = .siren
    configuration.hidden = 16_384
    configuration.layers = 32
    let shape = [32_768, 32_768]
    let needed = try Trainer.memory(configuration, shape: shape, channels: 64, threads: 2)
    #expect(needed > 1_500_000_000_000)
    if let available = MemoryBudget.available(), available < needed {
      let error = #expect(throws: MemoryError.self) {
        try MemoryBudget.check(configuration, shape: shape, channels: 64, threads: 2)
      }
      let text = error?.description ?? ""
      #expect(text.contains("needs " + MemoryBudget.text(bytes: needed)) && text.contains("available are "), "\(text)")
      #expect(text.contains("SIREN") && text.contains("32768×32768") && !text.contains("\n"), "\(text)")
    }
    try MemoryBudget.check(small(), shape: [32, 32], channels: 1, threads: 1)
  }

  @Test("The estimate counts parameters, optimiser and data", arguments: Case.full)
  func estimate(_ subject: Case) throws {
    func bytes(_ shape: [Int], hidden: Int = 24) throws -> Int {
      var configuration = subject.configuration
      configuration.hidden = hidden
      return try Trainer.memory(configuration, shape: shape, channels: 1, threads: 2)
    }
    #expect(try bytes([512, 512]) > bytes([32, 32]) + 5 * 4 * (512 * 512 - 1024))
    let parameters = try small { $0 = subject.configuration; $0.hidden = 512 }.resolved(shape: [32, 32])
      .modelConfiguration(shape: [32, 32]).cost(shape: [32, 32], channels: 1).parameters
    #expect(try bytes([32, 32], hidden: 512) > 5 * 4 * parameters)
    #expect(try bytes([1 << 15, 1 << 16]) > 1 << 35)
  }

  @Test("Bytes as text")
  func byteTexts() {
    for (bytes, text) in [(0, "0 kB"), (61_400_000, "61 MB"), (1_440_000_000, "1.4 GB"), (999_499, "999 kB"), (12_000_000_000, "12.0 GB")] {
      #expect(MemoryBudget.text(bytes: bytes) == text)
    }
    #expect(MemoryBudget.peakResident() > 1_000_000 && MemoryBudget.resident() > 1_000_000)
  }

  // MARK: Fields

  @Test("What a field writes is what it reads, for every field and model")
  func fields() throws {
    for kind in ModelKind.allCases {
      var open = RunConfiguration()
      open.model = kind
      let resolved = try open.resolved(shape: [512, 512])
      var copy = RunConfiguration()
      for field in RunField.all where field.models.contains(kind) {
        let text = try #require(field.text(of: resolved), "\(kind) \(field.name)")
        try field.set(text, in: &copy)
        #expect(field.text(of: copy) == text)
        #expect(field.choices.isEmpty || field.choices.contains(text), "\(field.name)")
        #expect(throws: ConfigurationError.self, "\(field.name)") {
          var wrong = copy
          try field.set("?", in: &wrong)
        }
      }
      #expect(try copy.resolved(shape: [512, 512]) == resolved)
      // Cleared, they are the model's and the preset's again.
      for field in RunField.all where field.name != "model" && field.models.contains(kind) { field.clear(in: &copy) }
      #expect(copy == open)
    }
  }

  @Test("A field of another model is refused by name")
  func foreignFields() {
    for kind in ModelKind.allCases {
      for field in RunField.all where !field.models.contains(kind) {
        guard let owner = field.models.first else { continue }
        let text = refusal([512, 512]) { configuration in
          var other = RunConfiguration()
          other.model = owner
          if let value = (try? other.resolved(shape: [512, 512])).flatMap({ field.text(of: $0) }) {
            try? field.set(field.name == "modulator" ? "siren" : value, in: &configuration)
          }
          configuration.model = kind
        }
        #expect(text.hasPrefix("\(field.name): found with --model \(kind.rawValue); allowed only with "), "\(text)")
      }
    }
  }

  @Test("Five models by default: the parameters of the paper's table 2 and of the hash grid")
  func race() throws {
    let expected = ["asmr": 134_145, "siren": 132_609, "kilonerf": 250_112, "loe": 126_049]
    for name in RunSpecification.race {
      let resolved = try RunSpecification.configuration(name).resolved(shape: [512, 512])
      let cost = try resolved.modelConfiguration(shape: [512, 512]).cost(shape: [512, 512], channels: 1)
      if let parameters = expected[name] { #expect(cost.parameters == parameters) }
      #expect((100_000...260_000).contains(cost.parameters), "\(name) \(cost.parameters)")
    }
  }

  @Test("A run in one word: a comma begins a field only before name=")
  func specifications() throws {
    let asmr = try RunSpecification.configuration("asmr,bases=4,4,4,8x4,4,6,8,hidden=64,lr=5e-4")
    #expect(asmr.bases?.argument == "4,4,4,8x4,4,6,8" && asmr.hidden == 64 && asmr.learningRate == 5e-4)
    let loe = try RunSpecification.configuration("loe,tiles=8x8,4x8,2x2,variant=published")
    #expect(loe.tiles == [[8, 8], [4, 8], [2, 2]] && loe.variant == .published)
    let hash = try RunSpecification.configuration("hashgrid,base-resolution=8x16,table-size=4096")
    #expect(hash.baseResolution == [8, 16] && hash.tableSize == 4096)
    // What is said for all runs holds where the model has it, and the run's own word comes last.
    let given = [(name: "hidden", text: "32"), (name: "omega", text: "20"), (name: "seed", text: "7")]
    let kilonerf = try RunSpecification.configuration("kilonerf,seed=9", given: given)
    #expect(kilonerf.hidden == 32 && kilonerf.omega0 == nil && kilonerf.seed == 9)
    for (text, fragments) in [
      ("kan", ["found 'kan'", "asmr, siren, kilonerf, loe, hashgrid"]), ("", ["found ''"]), ("siren,128", ["found '128'"]),
      ("siren,width=3", ["found 'width'", "hidden"]), ("siren,hidden=x", ["hidden: found 'x'"]), ("asmr,model=siren", ["found 'model'"]),
      ("siren,hidden=128,hidden=64", ["hidden is given twice"]),
    ] {
      let error = #expect(throws: ConfigurationError.self, "\(text)") { try RunSpecification.configuration(text) }
      for fragment in fragments { #expect(error?.description.contains(fragment) == true, "\(error?.description ?? "")") }
    }
  }
}
