import Foundation
import Networks
import Signals
import Testing

@testable import Kernels
@testable import Training

/// Files of sessions: what is damaged is refused with the reason, and the one before is offered.
@Suite struct SessionFileTests {
  private static func bytes(_ change: (inout RunConfiguration) -> Void = { _ in }) throws -> [UInt8] {
    try sample(change).encoded()
  }

  private static func sample(
    step: Int = 3, isAutosave: Bool = false, signal: Signal = pattern([12, 10]),
    _ change: (inout RunConfiguration) -> Void = { _ in }
  ) throws -> Session {
    let trainer = try Trainer(
      small {
        ($0.hidden, $0.layers, $0.batch) = (4, 2, .samples(40))
        change(&$0)
      }, signal: signal)
    var points: [StepMetrics] = []
    for _ in 0..<step { points += [trainer.advance(parallel: Parallel(threads: 1))].compactMap { $0 } }
    let run = SessionRun(
      id: RunID(1), checkpoint: SessionTests.checkpoint(trainer, measured: step), metrics: points,
      similarities: [Similarity(value: 0.25, step: 1)])
    return SessionTests.session([run], signal: signal, isAutosave: isAutosave)
  }

  private func fault(_ bytes: [UInt8]) -> SignalError? {
    do throws(SignalError) {
      _ = try Session(bytes: bytes, file: "a.session")
      return nil
    } catch {
      return error
    }
  }

  @Test func theChecksumIsThatOfZlib() {
    // The check value of the catalogue of CRCs, and one that is longer than a word.
    #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(Checksum.crc32(Array("The quick brown fox jumps over the lazy dog".utf8)) == 0x414F_A339)
    #expect(Checksum.crc32([UInt8]()) == 0)
  }

  @Test func everyFlippedBitIsFound() throws {
    let bytes = try Self.bytes()
    #expect(fault(bytes) == nil)
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 1 << UInt8(index % 8)
      let fault = fault(damaged)
      #expect(fault?.kind == .data && fault?.file == "a.session", "byte \(index)")
    }
  }

  @Test func everyTruncationIsFound() throws {
    let bytes = try Self.bytes()
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(fault(Array(bytes[..<count]))?.kind == .data, "\(count) bytes")
    }
    #expect(fault(bytes + [0])?.kind == .data)
    #expect(fault(Array(bytes.dropLast(5)))?.message.contains("allowed") == true)
  }

  @Test func damageIsSaidWithBothChecksums() throws {
    var bytes = try Self.bytes()
    bytes[bytes.count - 40] ^= 4
    let message = try #require(fault(bytes)?.message)
    #expect(message.contains("damaged session: found checksum") && message.contains("allowed is"))
  }

  /// A file of a session with other metadata, its checksum right.
  private func rewritten(_ change: (inout [String: String]) -> Void) throws -> [UInt8] {
    let bytes = try Self.bytes()
    let layout = try SafetensorsLayout(bytes, file: "a", allowed: SafetensorsLayout.DataType.allCases)
    var metadata = layout.metadata
    change(&metadata)
    var result = try SafetensorsLayout.encoded(
      layout.entries.map { .init(name: $0.name, type: $0.type, shape: $0.shape, bytes: Array(bytes[$0.range])) },
      metadata: metadata)
    let checksum = Checksum.crc32(result.dropLast(4))
    result.replaceSubrange(result.count - 4..<result.count, with: [Int32(bitPattern: checksum)].littleEndianBytes)
    return result
  }

  @Test func otherVersionsAndOtherFilesAreRefused() throws {
    #expect(fault(try rewritten { _ in }) == nil)
    #expect(fault(try rewritten { $0["asmr-tui.session"] = "9" })?.message == "not a session: found version 9; allowed is 1")
    #expect(fault(try rewritten { $0["asmr-tui.session.manifest"] = "{}" })?.message.contains("JSON that does not fit") == true)
    let folder = try TemporaryFolder()
    try SavedModel(trainer: Trainer(small(), signal: pattern([12, 10]))).write(to: folder.path("m.safetensors"))
    #expect(fault(try contents(folder.path("m.safetensors")))?.message.contains("asmr-tui.session") == true)
    #expect(fault(Array("P5 1 1 255 x".utf8))?.kind == .data)
  }

  // MARK: The store

  private func store(_ folder: TemporaryFolder) -> SessionStore { SessionStore(folder: folder.path("state/asmr-tui")) }

  @Test func theFolderFollowsTheEnvironment() {
    #expect(SessionStore(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"])?.folder == "/s/asmr-tui")
    #expect(SessionStore(environment: ["XDG_STATE_HOME": "relative", "HOME": "/h"])?.folder == "/h/.local/state/asmr-tui")
    #expect(SessionStore(environment: [:]) == nil)
  }

  @Test func aDamagedSessionOffersTheOneBefore() throws {
    let folder = try TemporaryFolder()
    let store = store(folder)
    let (old, new) = (try Self.sample(step: 2), try Self.sample(step: 5))
    try store.write(old, name: "work")
    #expect(store.names() == ["work"])
    try store.write(new, name: "work")
    #expect(Set(store.names()) == ["work", "work.previous"] && store.newest() == "work")
    #expect(try store.read("work") == new)
    #expect(try store.read("work.previous") == old)
    #expect(try store.read(store.path("work")) == new)
    var bytes = try contents(store.path("work"))
    bytes[bytes.count / 2] ^= 1
    try AtomicFile.write(bytes, to: store.path("work"))
    let error = #expect(throws: SignalError.self) { try store.read("work") }
    #expect(error?.file == store.path("work") && error?.message.contains("asmr-tui --resume work.previous") == true)
    // What replaces a damaged one leaves the one before alone.
    try store.write(new, name: "work")
    #expect(try store.read("work.previous") == old)
    unlink(store.path("work"))
    #expect(store.newest() == "work.previous")
    #expect(throws: SignalError.self) { try store.read("nothing") }
  }

  @Test func withoutOneBeforeTheNewestThatIsWholeIsOffered() throws {
    let folder = try TemporaryFolder()
    let store = store(folder)
    try store.write(try Self.sample(step: 2), name: "whole")
    var bytes = try contents(store.path("whole"))
    bytes[bytes.count / 2] ^= 1
    for name in ["damaged", "other"] { try AtomicFile.write(bytes, to: store.path(name)) }
    let error = #expect(throws: SignalError.self) { try store.read("damaged", command: "asmr-tui report") }
    #expect(error?.message.hasSuffix("; the newest that is whole: asmr-tui report whole") == true && error?.exitCode == 65)
    unlink(store.path("whole"))
    let alone = #expect(throws: SignalError.self) { try store.read("damaged") }
    #expect(alone?.message.contains("whole") == false && alone?.message.contains("damaged session: found checksum") == true)
  }

  @Test func writingTwiceTheSameKeepsOneBefore() throws {
    let folder = try TemporaryFolder()
    let store = store(folder)
    for step in 1...4 { try store.write(try Self.sample(step: step), name: "a") }
    #expect(try store.read("a").runs[0].checkpoint.trainer.step == 4)
    #expect(try store.read("a.previous").runs[0].checkpoint.trainer.step == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).sorted() == ["a.previous.session", "a.session"])
  }

  @Test func onlyAutosavesOfThePictureGo() throws {
    let folder = try TemporaryFolder()
    let store = store(folder)
    func write(_ name: String, autosave: Bool = true, signal: Signal = pattern([12, 10])) throws -> Session {
      let session = try Self.sample(isAutosave: autosave, signal: signal)
      try store.write(session, name: name)
      // File systems that count in hundredths of a second.
      usleep(20_000)
      return session
    }
    #expect(store.newAutosaveName(picture: "pattern.pgm") == "pattern-autosave")
    _ = try write("pattern-autosave")
    #expect(store.newAutosaveName(picture: "pattern.pgm") == "pattern-autosave-2")
    _ = try write("pattern-autosave-mine", autosave: false)
    _ = try write("pattern-autosave-2", signal: pattern([12, 11]))
    _ = try write("pattern-autosave-3")
    _ = try write("pattern-autosave-3")
    let current = try write("pattern-autosave-4")
    #expect(store.newAutosaveName(picture: "pattern.png") == "pattern-autosave-5")
    store.prune(picture: current.picture, current: "pattern-autosave-4")
    #expect(
      Set(store.names()) == [
        "pattern-autosave-mine", "pattern-autosave-2", "pattern-autosave-3", "pattern-autosave-3.previous",
        "pattern-autosave-4",
      ])
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([0], to: folder.path("file"))
    let store = SessionStore(folder: folder.path("file/asmr-tui"))
    let session = try Self.sample()
    let error = #expect(throws: SignalError.self) { try store.write(session, name: "a") }
    #expect(error?.kind == .cannotWrite && error?.description.contains("file/asmr-tui") == true)
    #expect(store.names() == [] && store.newest() == nil)
  }

  @Test(arguments: ["", ".hidden", "a/b", "a.previous", "a\u{1B}b", String(repeating: "x", count: 300)])
  func namesThatAreNoneAreRefused(name: String) { #expect(SessionStore.fault(ofName: name) != nil) }

  @Test(arguments: ["a", "cameraman-autosave", "two words", "日本", "a.b"])
  func namesAreTaken(name: String) { #expect(SessionStore.fault(ofName: name) == nil) }

  // MARK: The picture

  private func picture(_ path: String?, stored: Bool = true) throws -> SessionPicture {
    let loaded = try ImageReader.decode(
      Array("P5 4 3 255\n".utf8) + (0..<12).map { UInt8($0 * 20) }, name: "p.pgm", resize: .none)
    var picture = SessionPicture(path: path, resize: .none, loaded)
    if !stored { picture.samples = nil }
    return picture
  }

  @Test func thePictureIsThatOfTheFileOrItsCopy() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("p.pgm")
    let pixels = (0..<12).map { UInt8($0 * 20) }
    try AtomicFile.write(Array("P5 4 3 255\n".utf8) + pixels, to: path)
    let signal = try picture(path).load(file: "s")
    #expect(signal.notes == [] && signal.name == "p.pgm" && signal.signal.shape == [3, 4])
    #expect(try picture(path, stored: false).load(file: "s").signal == signal.signal)
    // Another one by now.
    try AtomicFile.write(Array("P5 4 3 255\n".utf8) + pixels.reversed(), to: path)
    let copy = try picture(path).load(file: "s")
    #expect(copy.signal == signal.signal)
    #expect(copy.notes.count == 1 && copy.notes[0].contains("is another one by now") && copy.notes[0].contains("own copy"))
    let other = #expect(throws: SignalError.self) { try picture(path, stored: false).load(file: "s") }
    #expect(other?.file == "s" && other?.message.contains("is another one by now: found 4×3") == true)
    // Gone.
    unlink(path)
    #expect(try picture(path).load(file: "s").notes[0].contains("p.pgm: cannot be read: No such file"))
    #expect(throws: SignalError.self) { try picture(path, stored: false).load(file: "s") }
    // From standard input it has never been anywhere.
    #expect(try picture(nil).load(file: "s").notes == [])
  }

  @Test func largePicturesAreNotStored() {
    let large = Signal(shape: [1000, 1000], channels: 1, samples: [Float](repeating: 0, count: 1_000_000))
    #expect(SessionTests.session([], signal: large).picture.samples == nil)
    #expect(SessionTests.session([], signal: pattern([40, 36], channels: 3)).picture.samples?.count == 4320)
  }
}
