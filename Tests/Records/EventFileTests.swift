import Foundation
import Signals
import Testing

@testable import Records
@testable import Training

@Suite struct EventFileTests {
  @Test("CRC-32C is that of RFC 3720, masked as TensorFlow masks it")
  func checksums() {
    // RFC 3720, B.4: 32 bytes of zeros, of ones, ascending, descending.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum([UInt8](0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum([UInt8](0..<32).reversed()) == 0x113F_DB5C)
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    // The masked form of a record's length as every TFRecord writer has it: 24 bytes of the version event.
    let unmasked = CRC32C.masked(Array("123456789".utf8)) &- 0xA282_EAD8
    #expect(unmasked >> 17 | unmasked << 15 == 0xE306_9283)
  }

  @Test("Varints, floats and lengths are those of the encoding's own examples")
  func messages() {
    func bytes(_ fill: (inout ProtobufMessage) -> Void) -> [UInt8] {
      var message = ProtobufMessage()
      fill(&message)
      return message.bytes
    }
    #expect(bytes { $0.add(1, 150) } == [0x08, 0x96, 0x01])
    #expect(bytes { $0.add(2, "testing") } == [0x12, 0x07] + Array("testing".utf8))
    #expect(bytes { $0.add(3) { $0.add(1, 150) } } == [0x1A, 0x03, 0x08, 0x96, 0x01])
    #expect(bytes { $0.add(1, -1) } == [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
    #expect(bytes { $0.add(1, 1.0) } == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    #expect(bytes { $0.add(16, Float(1)) } == [0x85, 0x01, 0, 0, 0x80, 0x3F])
  }

  @Test("An export replaces the event files of the one before, and leaves what is not its own")
  func replacing() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("curves.tfevents")
    #expect(try !EventFolder.exists(path))
    let record = Fixture.record([try Fixture.run("SIREN 3×16"), try Fixture.run("ASMR [4,6], batch full")])
    try EventFolder.write(record, to: path)
    #expect(try EventFolder.exists(path))
    #expect(folder.names("curves.tfevents") == ["ASMR-4-6-batch-full", "SIREN-3x16"])
    let files = folder.names("curves.tfevents/SIREN-3x16")
    #expect(files.count == 1 && files[0].hasPrefix("events.out.tfevents.1700000000."))
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/SIREN-3x16/notes.txt"))
    try EventFolder.write(Fixture.record([try Fixture.run("LoE")]), to: path)
    #expect(folder.names("curves.tfevents") == ["LoE", "SIREN-3x16"])
    #expect(folder.names("curves.tfevents/SIREN-3x16") == ["notes.txt"])
  }

  @Test("Folders that there cannot be are refused in one line")
  func refusals() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: folder.path("file")))
    for path in [folder.path("file"), folder.path("file/inside"), folder.path("no/where"), ""] {
      #expect(throws: SignalError.self, "\(path)") { try EventFolder.exists(path) }
      #expect(throws: SignalError.self, "\(path)") { try EventFolder.write(Fixture.record([]), to: path) }
    }
    #expect(EventFolder.folderName("..") == "run" && EventFolder.folderName("") == "run")
    #expect(EventFolder.folderName("a/b") == "a-b")
  }
}
