import Foundation
import Testing

@testable import Signals

/// Small files that other programs made (netpbm with libpng and libjpeg, ImageMagick), each beside the same picture in a
/// format without compression. See Corpus/README.md.
@Suite struct OwnCorpusTests {
  private func load(_ name: String) throws -> LoadedSignal {
    try ImageReader.read(path: Place.corpus.appendingPathComponent(name).path, resize: .none)
  }

  @Test(arguments: [
    ("rgba16-interlaced.png", "rgba16.pam"), ("palette4.png", "palette4.ppm"), ("palette4-plain.ppm", "palette4.ppm"),
    ("grey16.png", "grey16.pgm"), ("progressive-grey.jpg", "progressive-grey.pgm"), ("ycc420.jpg", "ycc420.ppm"),
  ])
  func samePicture(_ compressed: String, _ plain: String) throws {
    let first = try load(compressed)
    let second = try load(plain)
    #expect(first.signal == second.signal)
    #expect(first.notes == second.notes)
    #expect(first.name == compressed)
  }

  @Test func formatsInWords() throws {
    #expect(try load("rgba16-interlaced.png").format == "PNG, RGB with alpha, 16 bits, interlaced")
    #expect(try load("palette4.png").format == "PNG, palette, 4 bits")
    #expect(try load("progressive-grey.jpg").format == "JPEG, grey, progressive")
    #expect(try load("rgba16.pam").format == "PAM, RGB with alpha, 16 bits")
    #expect(try load("rgba16.pam").notes == ["alpha composed over black"])
  }

  @Test func fourColourJPEGIsRefusedByName() throws {
    do throws(SignalError) {
      _ = try ImageReader.read(path: Place.corpus.appendingPathComponent("cmyk.jpg").path)
      Issue.record("accepted")
    } catch {
      #expect(error.kind == .data)
      #expect(error.message.hasSuffix(" JPEG is not read; allowed: grey, YCbCr, RGB"))
    }
  }
}

/// Damage of every kind to files of every kind: an error or a picture, never a trap.
@Suite struct DamageTests {
  /// Valid files: our own corpus, and some that the writers and the builders make.
  static func seeds() throws -> [(name: String, bytes: [UInt8])] {
    var seeds: [(name: String, bytes: [UInt8])] = []
    for file in Place.files(in: Place.corpus) where file.pathExtension != "md" {
      seeds.append((file.lastPathComponent, try bytes(of: file)))
    }
    for (colourType, depth) in PNGTests.kinds {
      let png = PNGBuilder.random(rows: 5, columns: 7, colourType: colourType, depth: depth, interlaced: depth.isMultiple(of: 4))
      seeds.append(("PNG \(colourType)-\(depth)", png.encoded()))
    }
    seeds.append(("plain bitmap", Array("P1\n# c\n5 3\n10101 01010 11111\n".utf8)))
    seeds.append(("plain grey", Array("P2 # c\n5 3\n 300\n0 1 2 3 4 # d\n5 6 7 8 9 10 11 12 13 299\n".utf8)))
    seeds.append(("bitmap", Array("P4 9 2\n".utf8) + [1, 2, 3, 4]))
    seeds.append(("grey", Array("P5 3 2 200\n".utf8) + [1, 2, 3, 4, 5, 200]))
    seeds.append(
      ("map", Array("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n".utf8) + [1, 2, 3, 4, 5, 6, 7, 8]))
    seeds.append(("turned", JPEGBuilder.splice(
      JPEGBuilder.quarters(rows: 16, columns: 24), marker: 0xE1, JPEGBuilder.exif(orientation: 6, littleEndian: false))))
    return seeds
  }

  /// Decodes and checks what every result must satisfy.
  static func survives(_ bytes: [UInt8], _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
    do throws(SignalError) {
      let loaded = try decode(bytes, resize: .auto)
      let inRange = loaded.signal.samples.allSatisfy { $0 >= 0 && $0 <= 1 }
      #expect(inRange && loaded.signal.sampleCount >= 1, "\(what)", sourceLocation: sourceLocation)
    } catch {
      #expect(isOneLine(error) && error.kind == .data, "\(what): \(error)", sourceLocation: sourceLocation)
    }
  }

  static func truncate(_ name: String, _ bytes: [UInt8], cuts: Int) {
    for cut in Swift.stride(from: 0, to: bytes.count, by: max(1, bytes.count / cuts)) {
      survives(Array(bytes.prefix(cut)), "\(name) cut at \(cut)")
    }
  }

  static func flip(_ name: String, _ bytes: [UInt8], times: Int) {
    var generator = FixedGenerator(state: UInt64(bytes.count))
    for time in 0..<times {
      var damaged = bytes
      // Half of the damage goes to the header, where it matters most.
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let end = Bool.random(using: &generator) ? min(bytes.count, 64) : bytes.count
        let index = Int.random(in: 0..<end, using: &generator)
        damaged[index] = Bool.random(using: &generator)
          ? damaged[index] ^ (1 << UInt8.random(in: 0..<8, using: &generator)) : UInt8.random(in: 0...255, using: &generator)
      }
      survives(damaged, "\(name) damaged \(time)")
    }
  }

  @Test func cutsNeverTrap() throws {
    for (name, bytes) in try Self.seeds() { Self.truncate(name, bytes, cuts: 120) }
  }

  @Test func flippedBitsNeverTrap() throws {
    for (name, bytes) in try Self.seeds() { Self.flip(name, bytes, times: 150) }
  }

  /// The checksums put right again, so that the damage reaches the decoder behind them.
  @Test func damagedChunksWithGoodChecksums() throws {
    var generator = FixedGenerator(state: 77)
    for (colourType, depth) in PNGTests.kinds {
      let png = PNGBuilder.random(rows: 9, columns: 9, colourType: colourType, depth: depth, interlaced: depth < 8).encoded()
      for time in 0..<100 {
        var rebuilt = Array(png.prefix(8))
        var position = 8
        while position + 12 <= png.count {
          let length = png[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
          let type = String(decoding: png[(position + 4)..<(position + 8)], as: UTF8.self)
          var data = Array(png[(position + 8)..<(position + 8 + length)])
          if !data.isEmpty, Int.random(in: 0..<3, using: &generator) == 0 {
            let index = Int.random(in: 0..<data.count, using: &generator)
            data[index] = UInt8.random(in: 0...255, using: &generator)
          }
          if Int.random(in: 0..<20, using: &generator) == 0 { data = data.dropLast(3) }
          if Int.random(in: 0..<30, using: &generator) != 0 { rebuilt += PNGBuilder.chunk(type, data) }
          position += 12 + length
        }
        Self.survives(rebuilt, "chunks of \(colourType)-\(depth), \(time)")
      }
    }
  }
}
