import Foundation
import Kernels
import Networks
import Signals
import Testing

@testable import Training

@Suite struct SavedModelTests {
  /// A trained model and its file.
  private func trained(_ configuration: RunConfiguration, on signal: Signal) throws -> (trainer: Trainer, file: Safetensors) {
    let folder = try TemporaryFolder()
    let trainer = try Trainer(configuration, signal: signal)
    for _ in 0..<5 { _ = trainer.advance(parallel: Parallel(threads: 2)) }
    try SavedModel(trainer: trainer).write(to: folder.path("m.safetensors"))
    return (trainer, try Safetensors(try contents(folder.path("m.safetensors")), file: "test"))
  }

  private func fault(
    _ file: Safetensors, _ hints: ModelHints = ModelHints(), sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> SignalError? {
    let bytes = try file.encoded()
    do throws(SignalError) {
      _ = try SavedModel(bytes: bytes, file: "model.safetensors", hints: hints)
      Issue.record("accepted", sourceLocation: sourceLocation)
      return nil
    } catch {
      #expect(error.file == "model.safetensors" && !error.description.contains("\n"), sourceLocation: sourceLocation)
      return error
    }
  }

  @Test("The names are the public code's, and the picture is the trainer's", arguments: Case.full, [[32, 32], [37, 41], [50], [4, 5, 6]])
  func roundTrip(_ subject: Case, _ shape: [Int]) throws {
    let signal = pattern(shape, channels: 3)
    let (trainer, file) = try trained(subject.configuration, on: signal)
    #expect(Set(file.tensors.keys) == Set(trainer.network.parameters.tensors.map(\.name)))
    let names = switch subject.configuration.model {
    case .asmr, .siren: ["net.0.linear.weight", "net.0.linear.bias", "last_layer.linear.weight", "last_layer.linear.bias"]
    case .kilonerf, .loe: ["net.0.weight", "net.0.bias", "last_layer.weight", "last_layer.bias"]
    case .hashgrid: ["hash_table.embeddings.0.weight", "net.0.linear.weight", "net.2.weight"]
    }
    for name in names { #expect(file.tensors[name] != nil, "\(name)") }
    let modulator = subject.configuration.modulator == .siren ? "modulators.0.model.net.0.linear.weight" : "modulators.0.linear.weight"
    #expect((file.tensors[modulator] != nil) == (subject.configuration.model == .asmr))
    #expect(file.metadata["format"] == "pt")
    let saved = try SavedModel(bytes: try file.encoded(), file: "test")
    #expect(saved.configuration == trainer.configuration && saved.shape == shape && saved.channels == 3 && saved.step == 5)
    #expect(try saved.render(threads: 2) == trainer.evaluate(parallel: Parallel(threads: 1)).signal)
  }

  @Test("A state dictionary of the public code: aliases alone, no metadata, the rest said beside it", arguments: Case.sines)
  func foreign(_ subject: Case) throws {
    let (trainer, file) = try trained(subject.configuration, on: pattern([32, 32]))
    let isASMR = subject.configuration.model == .asmr
    var hints = ModelHints(
      bases: isASMR ? trainer.configuration.bases : nil, omega0: 30, shape: [32, 32])
    let expected = trainer.evaluate(parallel: Parallel(threads: 1)).signal

    // The modulators have no alias there.
    var aliases = Safetensors()
    for (name, tensor) in file.tensors { aliases.tensors[(name.hasPrefix("modulators") ? "" : "siren.") + name] = tensor }
    var both = aliases
    for (name, tensor) in file.tensors { both.tensors[name] = tensor }
    for state in [aliases, both] {
      let saved = try SavedModel(bytes: try state.encoded(), file: "test", hints: hints)
      #expect(saved.configuration.model == subject.configuration.model && saved.configuration.hidden == 24)
      #expect((saved.configuration.modulator ?? .linear) == (subject.configuration.modulator ?? .linear) && saved.configuration.layers == 3)
      #expect(saved.step == nil && saved.channels == 1)
      #expect(try saved.render(threads: 1) == expected)
    }

    // Each hint that is missing is asked for by its option.
    for (option, change) in [
      ("--omega", { (hints: inout ModelHints) in hints.omega0 = nil }), ("--size", { $0.shape = nil }), ("--bases", { $0.bases = nil }),
    ] where isASMR || option != "--bases" {
      var open = hints
      change(&open)
      let error = try #require(try fault(aliases, open))
      #expect(error.exitCode == 64 && error.message.contains(option + " is needed"), "\(error)")
    }
    #expect(try fault(aliases)?.exitCode == 64)

    // Hints that do not fit are a fault of the command line.
    hints.shape = [32]
    #expect(try fault(aliases, hints)?.exitCode == 64)
    hints.shape = [32, 0]
    #expect(try fault(aliases, hints)?.exitCode == 64)
    hints.shape = [1 << 40, 1 << 40]
    #expect(try fault(aliases, hints)?.exitCode == 64)
    hints.shape = [32, 32]
    for omega: Float in [.nan, 0, -30, .infinity] {
      hints.omega0 = omega
      #expect(try fault(aliases, hints)?.exitCode == 64)
    }
    hints.omega0 = 30
    hints.bases = try Bases(argument: isASMR ? "4,4" : "2,4,4")
    #expect(try fault(aliases, hints)?.exitCode == 64)
    hints.bases = try Bases(argument: "4,8")
    #expect(try fault(aliases, hints)?.exitCode == 64)
    if isASMR {
      hints.bases = try Bases(argument: "2,2,2,4")
      #expect(try fault(aliases, hints)?.exitCode == 64)
      hints.bases = try Bases(argument: "2,2,4")
      #expect(try fault(aliases, hints)?.exitCode == 64)
    }
  }

  @Test("Hints stand above the metadata")
  func hintsWin() throws {
    let (trainer, file) = try trained(small(), on: pattern([32, 32]))
    #expect(trainer.configuration.bases?.argument == "2,4,4")
    let bases = try Bases(argument: "4,4,2")
    let saved = try SavedModel(bytes: try file.encoded(), file: "test", hints: ModelHints(bases: bases, omega0: 20))
    #expect(saved.configuration.bases?.axes == [[4, 4, 2], [4, 4, 2]] && saved.configuration.omega0 == 20)
    // Another number of levels than the model has would draw a part of it.
    let error = try #require(try fault(file, ModelHints(bases: try Bases(argument: "4,8"))))
    #expect(error.exitCode == 64 && error.message.contains("levels"))
  }

  @Test("Tensors that are missing or have the wrong shape are the file's fault", arguments: Case.full)
  func wrongTensors(_ subject: Case) throws {
    let (_, file) = try trained(subject.configuration, on: pattern([32, 32]))
    for name in file.tensors.keys.sorted() {
      var damaged = file
      damaged.tensors[name] = nil
      #expect(try fault(damaged)?.exitCode == 65, "\(name)")
      damaged = file
      damaged.tensors[name]?.shape.append(1)
      var error = try #require(try fault(damaged))
      #expect(error.exitCode == 65, "\(name)")
      damaged = file
      let tensor = try #require(file.tensors[name])
      damaged.tensors[name] = .init(shape: [tensor.shape[0] + 1] + tensor.shape.dropFirst(), values: Array(
        repeating: 0, count: (tensor.shape[0] + 1) * tensor.shape.dropFirst().reduce(1, *)))
      error = try #require(try fault(damaged))
      #expect(error.exitCode == 65, "\(name)")
    }
    #expect(try fault(Safetensors())?.exitCode == 65)
  }

  @Test("Metadata that do not fit are the file's fault")
  func wrongMetadata() throws {
    let (_, file) = try trained(small(), on: pattern([32, 32]))
    let configuration = try #require(file.metadata["asmr-tui.configuration"])
    let wrong: [(String, String)] = [
      ("asmr-tui.configuration", "{}"), ("asmr-tui.configuration", ""), ("asmr-tui.configuration", "null"),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"hidden\":24", with: "\"hidden\":0")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"hidden\":24", with: "\"hidden\":1000000")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"hidden\":24", with: "\"hidden\":32")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"omega0\":30", with: "\"omega0\":-1")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"model\":\"asmr\"", with: "\"model\":\"siren\"")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"bases\":[[2,4,4],[2,4,4]]", with: "\"bases\":[[4,8],[4,8]]")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"bases\":[[2,4,4],[2,4,4]]", with: "\"bases\":[[2,4,4],[2,4]]")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(of: "\"bases\":[[2,4,4],[2,4,4]]", with: "\"bases\":[[2,-4,-4],[2,4,4]]")),
      ("asmr-tui.configuration", configuration.replacingOccurrences(
        of: "\"bases\":[[2,4,4],[2,4,4]]", with: "\"bases\":[[\(repeatElement("1,", count: 200_000).joined())32]]")),
      ("asmr-tui.data_shape", "32"), ("asmr-tui.data_shape", ""), ("asmr-tui.data_shape", "32,x,32"),
      ("asmr-tui.data_shape", "0,0"), ("asmr-tui.data_shape", "-32,-32"), ("asmr-tui.data_shape", "4294967296,4294967296"),
    ]
    for (key, value) in wrong {
      try #require(value != configuration)
      var damaged = file
      damaged.metadata[key] = value
      let error = try #require(try fault(damaged), "\(key): \(value.prefix(200))")
      #expect(error.exitCode == 65, "\(key): \(value.prefix(200)): \(error)")
      #expect(error.description.count < 400)
    }
  }

  @Test("A file is written whole or not at all")
  func writing() throws {
    let folder = try TemporaryFolder()
    let trainer = try Trainer(small(), signal: pattern([32, 32]))
    #expect(throws: SignalError.self) { try SavedModel(trainer: trainer).write(to: folder.path("missing/m.safetensors")) }
    try SavedModel(trainer: trainer).write(to: folder.path("m.safetensors"))
    let first = try contents(folder.path("m.safetensors"))
    // The same parameters, the same bytes.
    try SavedModel(trainer: trainer).write(to: folder.path("m.safetensors"))
    #expect(try contents(folder.path("m.safetensors")) == first)
  }
}
