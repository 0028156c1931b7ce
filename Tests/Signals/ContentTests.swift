import Foundation
import Testing

@testable import Signals

/// Formats told by content, files that cannot be read, sizes.
@Suite struct ContentTests {
  @Test(arguments: [
    ("BM", "BMP is not read; allowed: PNM P1–P7, PNG, JPEG"), ("GIF89a", "GIF is not read"),
    ("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ", "WebP is not read"), ("II*\0", "TIFF is not read"), ("MM\0*", "TIFF is not read"),
    ("\0\0\0\u{18}ftypheic", "HEIF is not read"), ("\0\0\0\u{18}ftypavif", "AVIF is not read"),
    ("\0\0\0\u{18}ftypisom", "Video (MP4, QuickTime) is not read"), ("PF\n3 3\n-1\n", "PFM is not read"),
    ("Pf\n3 3\n-1\n", "PFM is not read"), ("%PDF-1.7", "PDF is not read"), ("qoif", "QOI is not read"),
    ("hello", "found the first bytes 68 65 6C 6C 6F; allowed PNM"), ("", "the file is empty: found 0 bytes"), ("P", "not a picture"),
  ])
  func refusedByName(_ text: String, _ fragment: String) {
    expectFault(text, fragment)
  }

  @Test func damagedPNGSignature() {
    expectFault([0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A, 0x00, 0x00], "PNG signature is damaged: found 89 50 4E 47 0A 1A 0A 00")
    expectFault([0x09, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00], "PNG signature is damaged")
  }

  @Test func theNameDoesNotMatter() throws {
    let folder = try TemporaryFolder()
    try Data("P2 1 1 9 3".utf8).write(to: folder.url.appendingPathComponent("a.jpeg"))
    let loaded = try ImageReader.read(path: folder.path("a.jpeg"))
    #expect(loaded.name == "a.jpeg")
    #expect(loaded.format == "PGM, ASCII, maxval 9")
  }

  private func readFault(_ path: String) -> SignalError? {
    do throws(SignalError) {
      _ = try ImageReader.read(path: path)
      return nil
    } catch {
      return error
    }
  }

  @Test func missingFilesAndFolders() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path("none.png")
    let fault = try #require(readFault(missing))
    #expect(fault.kind == .noInput)
    #expect(fault.exitCode == 66)
    #expect(fault.file == missing)
    #expect(fault.description.contains("No such file"))
    #expect(isOneLine(fault))
    #expect(readFault(folder.url.path)?.kind == .noInput)
    #expect(readFault("")?.kind == .noInput)
    #expect(readFault(folder.url.path + "/a\0b")?.kind == .noInput)
    #expect(readFault(folder.path("a\nb"))?.description.contains("a\\x0Ab") == true)
    #expect(readFault(folder.path("none.png") + "/below")?.kind == .noInput)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func unreadableFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("secret.pgm")
    #expect(FileManager.default.createFile(atPath: path, contents: Data("P2 1 1 9 3".utf8), attributes: [.posixPermissions: 0]))
    #expect(readFault(path)?.kind == .noInput)
  }

  @Test func emptyAndForeignFilesNameTheirPath() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: folder.url.appendingPathComponent("empty.png"))
    let fault = try #require(readFault(folder.path("empty.png")))
    #expect(fault.kind == .data)
    #expect(fault.exitCode == 65)
    #expect(fault.description.hasPrefix(folder.path("empty.png") + ": the file is empty"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/zero"), "no /dev/zero"))
  func endlessDevicesAreRefusedAtOnce() {
    #expect(readFault("/dev/zero")?.kind == .data)
    #expect(readFault("/dev/null")?.description.contains("empty") == true)
  }

  @Test func pipesAreReadToTheirEnd() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    let picture = try ImageWriter.encode(pattern(rows: 300, columns: 500, channels: 3), as: .ppm)
    let thread = Thread {
      // Small pieces: reads return less than what was asked for.
      guard let file = FileHandle(forWritingAtPath: path) else { return }
      var rest = picture[...]
      while !rest.isEmpty {
        try? file.write(contentsOf: Data(rest.prefix(777)))
        rest = rest.dropFirst(777)
      }
      try? file.close()
    }
    thread.start()
    #expect(try ImageReader.read(path: path).signal.shape == [300, 500])
  }

  @Test func exitCodesFollowSysexits() {
    let kinds: [(SignalError.Kind, Int32)] = [(.usage, 64), (.data, 65), (.noInput, 66), (.cannotWrite, 73)]
    for (kind, code) in kinds { #expect(SignalError(kind: kind, file: "", message: "").exitCode == code) }
  }
}

@Suite struct ResizePolicyTests {
  @Test(arguments: [
    ("none", ResizePolicy.none), ("auto", .auto), ("640x480", .exactly(rows: 480, columns: 640)),
    ("640×480", .exactly(rows: 480, columns: 640)), ("1X1", .exactly(rows: 1, columns: 1)),
  ])
  func arguments(_ text: String, _ policy: ResizePolicy) throws {
    #expect(ResizePolicy(argument: text) == policy)
    #expect(ResizePolicy(argument: policy.argument) == policy)
    let json = try JSONEncoder().encode([policy])
    #expect(try JSONDecoder().decode([ResizePolicy].self, from: json) == [policy])
  }

  @Test(arguments: [
    "", "x", "640", "640x", "x480", "0x5", "5x0", "-1x5", "+1x5", "1x2x3", "1 x 2", "99999999999999999999x1", "100000x100000", "Auto", "1.5x2",
  ])
  func refused(_ text: String) throws {
    #expect(ResizePolicy(argument: text) == nil)
    let json = try JSONEncoder().encode([text])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([ResizePolicy].self, from: json) }
  }

  @Test func automaticSizesStayUnderAMegapixel() {
    for rows in [1, 2, 3, 427, 1023, 1024, 1025, 4096, 65500, 1 << 28] {
      for columns in [1, 2, 7, 640, 1024, 1025, 8192, 100_003, 1 << 28] {
        let (newRows, newColumns) = ResizePolicy.automaticSize(rows: rows, columns: columns)
        #expect(newRows >= 1 && newColumns >= 1)
        if rows * columns <= 1 << 20 {
          #expect(newRows == rows && newColumns == columns)
        } else {
          #expect(newRows * newColumns <= 1 << 20)
          #expect(newRows <= rows && newColumns <= columns)
          #expect(newRows * newColumns > 1 << 19, "\(columns)×\(rows) became \(newColumns)×\(newRows)")
        }
      }
    }
    #expect(ResizePolicy.automaticSize(rows: 4096, columns: 8192) == (724, 1448))
  }

  @Test func largePicturesAreReducedAndSaidSo() throws {
    let rows = 1100
    let columns = 1000
    let picture = pattern(rows: rows, columns: columns, channels: 1)
    let file = try ImageWriter.encode(picture, as: .pgm)
    let full = try decode(file)
    let loaded = try decode(file, resize: .auto)
    #expect(loaded.originalShape == [rows, columns])
    #expect(loaded.signal.shape == [1074, 976])
    #expect(loaded.notes == ["reduced from 1000×1100 to 976×1074: above a megapixel (see --resize)"])
    // The streamed filter and the one for whole pictures are the same.
    #expect(loaded.signal == full.signal.resized(rows: 1074, columns: 976))
    #expect(full.notes.isEmpty)
  }

  @Test(arguments: [(1, 1), (5, 3), (40, 60), (33, 7)])
  func exactSizes(_ rows: Int, _ columns: Int) throws {
    let file = try ImageWriter.encode(pattern(rows: 20, columns: 30, channels: 3), as: .png)
    let loaded = try decode(file, resize: .exactly(rows: rows, columns: columns))
    #expect(loaded.signal == (try decode(file).signal.resized(rows: rows, columns: columns)))
    #expect(loaded.notes == ["resized from 30×20 to \(columns)×\(rows) (--resize)"])
    #expect(loaded.originalShape == [20, 30])
  }

  @Test func impossibleSizesAreUsageErrors() throws {
    let file = Array("P2 1 1 9 3".utf8)
    for policy in [ResizePolicy.exactly(rows: 0, columns: 5), .exactly(rows: .max, columns: .max), .exactly(rows: -1, columns: 1)] {
      #expect(fault(file, resize: policy)?.kind == .usage)
    }
  }
}
