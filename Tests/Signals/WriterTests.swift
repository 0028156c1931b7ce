import Foundation
import Testing

@testable import Signals

@Suite struct ImageWriterTests {
  private func quantised(_ signal: Signal) -> [Float] {
    signal.samples.map { Float((min(1, max(0, $0)) * 255).rounded()) / 255 }
  }

  @Test(arguments: [ImageWriter.Format.png, .pgm, .ppm], [1, 3])
  func roundTrip(_ format: ImageWriter.Format, _ channels: Int) throws {
    let signal = pattern(rows: 11, columns: 7, channels: channels)
    if format == .pgm, channels == 3 {
      #expect(throws: SignalError.self) { try ImageWriter.encode(signal, as: format) }
      return
    }
    let loaded = try decode(try ImageWriter.encode(signal, as: format))
    #expect(loaded.signal.shape == [11, 7])
    if format == .ppm, channels == 1 {
      #expect(loaded.signal.channels == 3)
      #expect(loaded.signal.samples == quantised(signal).flatMap { [$0, $0, $0] })
    } else {
      #expect(loaded.signal.channels == channels)
      #expect(loaded.signal.samples == quantised(signal))
    }
  }

  @Test func valuesAreClampedAndRounded() throws {
    let values: [Float] = [-.infinity, -1, 0, 0.4 / 255, 0.6 / 255, 254.4 / 255, 1, 2, .infinity, .nan, -0.0]
    let signal = Signal(shape: [1, values.count], channels: 1, samples: values)
    let file = try ImageWriter.encode(signal, as: .pgm)
    #expect(Array(file.suffix(values.count)) == [0, 0, 0, 0, 1, 254, 255, 255, 255, 0, 0])
  }

  @Test(arguments: [
    ("a.png", 3, ImageWriter.Format.png), ("b/C.PNG", 1, .png), ("a.pgm", 1, .pgm), ("a.ppm", 1, .ppm), ("a.pnm", 1, .pgm),
    ("a.pnm", 3, .ppm),
  ])
  func formatsByExtension(_ path: String, _ channels: Int, _ format: ImageWriter.Format) throws {
    #expect(try ImageWriter.format(forPath: path, channels: channels) == format)
  }

  @Test(arguments: [("a.jpg", 3), ("png", 3), ("a.png/b", 3), ("", 1), ("a.", 1), ("a.pgm", 3)])
  func otherExtensionsAreUsageErrors(_ path: String, _ channels: Int) throws {
    do throws(SignalError) {
      _ = try ImageWriter.format(forPath: path, channels: channels)
      Issue.record("accepted")
    } catch {
      #expect(error.kind == .usage)
      #expect(error.description.contains("allowed .png, "))
      #expect(error.file == path)
    }
  }

  @Test func otherSignalsAreUsageErrors() {
    for (shape, channels) in [([4], 1), ([2, 2, 2], 1), ([2, 2], 2), ([0, 4], 1)] {
      let signal = Signal(
        shape: shape, channels: channels, samples: [Float](repeating: 0, count: shape.reduce(channels, *)))
      #expect(throws: SignalError.self) { try ImageWriter.encode(signal, as: .png) }
    }
  }

  @Test func written() throws {
    let folder = try TemporaryFolder()
    let signal = pattern(rows: 5, columns: 6, channels: 3)
    for name in ["a.png", "a.ppm", "a.pnm"] {
      try ImageWriter.write(signal, to: folder.path(name))
      #expect(try ImageReader.read(path: folder.path(name)).signal.samples == quantised(signal))
    }
    #expect(folder.names == ["a.png", "a.pnm", "a.ppm"])
  }
}

@Suite struct AtomicFileTests {
  private func fault(_ path: String, _ bytes: [UInt8] = [1, 2, 3]) -> SignalError? {
    do throws(SignalError) {
      try AtomicFile.write(bytes, to: path)
      return nil
    } catch {
      #expect(isOneLine(error))
      #expect(error.kind == .cannotWrite)
      #expect(error.exitCode == 73)
      #expect(error.file == path)
      return error
    }
  }

  @Test func createsAndReplaces() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    try AtomicFile.write([1, 2, 3], to: path)
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3]))
    try AtomicFile.write("text".utf8, to: path)
    #expect(FileManager.default.contents(atPath: path) == Data("text".utf8))
    try AtomicFile.write([], to: path)
    #expect(FileManager.default.contents(atPath: path) == Data())
    try AtomicFile.write(Data(repeating: 7, count: 1 << 20)[5...], to: path)
    #expect(FileManager.default.contents(atPath: path)?.count == 1 << 20 - 5)
    #expect(folder.names == ["a"])
  }

  @Test func permissionsOfNewAndOfReplacedFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    func mode() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    let descriptor = open(folder.path("by umask"), O_CREAT | O_WRONLY, 0o666)
    close(descriptor)
    try AtomicFile.write([1], to: path)
    let byUmask = try FileManager.default.attributesOfItem(atPath: folder.path("by umask"))[.posixPermissions] as? Int
    #expect(try mode() == byUmask)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try AtomicFile.write([2], to: path)
    #expect(try mode() == 0o600)
  }

  @Test func failuresLeaveNothingBehind() throws {
    let folder = try TemporaryFolder()
    #expect(fault(folder.path("missing/a"))?.description.contains("No such file") == true)
    #expect(fault(folder.url.path)?.description.contains("directory") == true)
    #expect(fault("") != nil)
    #expect(fault(folder.url.path + "/a\0b") != nil)
    #expect(fault(folder.path("a") + "/") != nil)
    #expect(fault(folder.path(String(repeating: "n", count: 256))) != nil)
    #expect(folder.names.isEmpty)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"))
  func fullDisksAreReported() {
    #expect(fault("/dev/full")?.description.contains("No space left") == true)
  }

  @Test func devicesArePassedThrough() throws {
    try AtomicFile.write([1, 2], to: "/dev/null")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func openDescriptorsAreWrittenToAndNotReplaced() throws {
    let folder = try TemporaryFolder()
    let descriptor = open(folder.path("a"), O_CREAT | O_RDWR, 0o644)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try AtomicFile.write("one ".utf8, to: "/dev/fd/\(descriptor)")
    try AtomicFile.write("two".utf8, to: "/dev/fd/\(descriptor)")
    #expect(FileManager.default.contents(atPath: folder.path("a")) == Data("one two".utf8))
    #expect(folder.names == ["a"])
    #expect(fault("/dev/fd/987654") != nil)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func readOnlyTargetsAreKept() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a")
    #expect(FileManager.default.createFile(atPath: path, contents: Data([9]), attributes: [.posixPermissions: 0o444]))
    #expect(fault(path) != nil)
    #expect(FileManager.default.contents(atPath: path) == Data([9]))
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
    #expect(fault(folder.path("b")) != nil)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.url.path)
    #expect(folder.names == ["a"])
  }

  @Test func symbolicLinksAreFollowed() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("deep"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "deep/second")
    try FileManager.default.createSymbolicLink(atPath: folder.path("deep/second"), withDestinationPath: "target")
    try AtomicFile.write([5], to: folder.path("link"))
    #expect(FileManager.default.contents(atPath: folder.path("deep/target")) == Data([5]))
    try AtomicFile.write([6], to: folder.path("link"))
    #expect(FileManager.default.contents(atPath: folder.path("deep/target")) == Data([6]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "deep/second")
    try FileManager.default.createSymbolicLink(atPath: folder.path("loop"), withDestinationPath: "loop")
    #expect(fault(folder.path("loop")) != nil)
  }
}
