import Foundation
import Testing

@testable import Signals

/// The collections in `../shared/data/malformed`: skipped when they are not there. Pixels are compared with netpbm's
/// programs where these are installed.
@Suite(.enabled(if: Place.hasMalformed, "skipped: ../shared/data/malformed is not there"))
struct ForeignCorpusTests {
  private static func files(_ folder: String, _ extensions: String...) -> [URL] {
    Place.files(in: Place.malformed.appendingPathComponent(folder)).filter { extensions.contains($0.pathExtension) }
  }

  private func refusal(_ file: URL) -> SignalError? {
    do throws(SignalError) {
      _ = try ImageReader.read(path: file.path)
      return nil
    } catch {
      #expect(isOneLine(error))
      #expect(error.kind == .data)
      #expect(error.file == file.path)
      return error
    }
  }

  private func load(_ file: URL) throws -> LoadedSignal { try ImageReader.read(path: file.path, resize: .none) }

  /// A pipeline of netpbm programs with the file as `$1`.
  private func netpbm(_ pipeline: String, _ file: URL) -> (columns: Int, rows: Int, channels: Int, samples: [Float])? {
    Tool.run("sh", ["-c", pipeline, "sh", file.path]).flatMap(Tool.plain)
  }

  /// The value of a plain picture for a channel of ours: netpbm writes colourless pictures as grey.
  private func value(_ plain: (columns: Int, rows: Int, channels: Int, samples: [Float]), _ sample: Int, _ channel: Int) -> Float {
    plain.samples[sample * plain.channels + (plain.channels == 1 ? 0 : channel)]
  }

  // MARK: - PngSuite

  @Test func pngSuiteRefusesWhatIsBroken() throws {
    let broken = Self.files("pngsuite", "png").filter { $0.lastPathComponent.hasPrefix("x") }
    #expect(broken.count == 14)
    for file in broken {
      let error = try #require(refusal(file), "\(file.lastPathComponent) was accepted")
      #expect(error.message.contains("PNG"), "\(error)")
    }
  }

  @Test func pngSuiteDecodes() throws {
    let good = Self.files("pngsuite", "png").filter { !$0.lastPathComponent.hasPrefix("x") }
    #expect(good.count == 161)
    for file in good {
      let name = file.deletingPathExtension().lastPathComponent
      let loaded = try load(file)
      // The name says the rest: "s07…" is 7×7, "cdh…" and its like are 32 and 8, letters 4–8 are interlacing, type, depth.
      let letters = Array(name)
      let side = letters[0] == "s" ? Int(String(letters[1...2])) ?? 32 : 32
      let sides = ["cdfn2c08": [32, 8], "cdhn2c08": [8, 32], "cdsn2c08": [8, 8]][name] ?? [side, side]
      #expect(loaded.signal.shape == sides, "\(name)")
      #expect(loaded.format.contains("interlaced") == (letters[3] == "i"), "\(name)")
      let depth = Int(String(letters.suffix(2)))!
      #expect(loaded.format.contains(", \(depth) bit"), "\(name): \(loaded.format)")
      if letters[4] == "2" || letters[4] == "6" { #expect(loaded.signal.channels == 3, "\(name)") }
      if letters[4] == "0" || letters[4] == "4" { #expect(loaded.signal.channels == 1, "\(name)") }
    }
  }

  /// Colours and alpha of libpng, composed over black here: c · a, exactly. Files with an sBIT chunk (cs3, cs5) come out of
  /// pngtopnm with that many bits, v >> s; the specification lets a decoder ignore sBIT, as we do: equal to a step.
  ///
  /// pngtopnm 11.1 overlooks the transparent colour of RGB files; it is white in all of them (tbbn2c16, tbgn2c16, tbrn2c08).
  @Test(.enabled(if: Tool.has("pngtopnm", "pnmtoplainpnm"), "skipped: netpbm is not installed"))
  func pngSuitePixels() throws {
    for file in Self.files("pngsuite", "png") where !file.lastPathComponent.hasPrefix("x") {
      let name = file.lastPathComponent
      let loaded = try load(file)
      let signal = loaded.signal
      let colour = try #require(netpbm("pngtopnm \"$1\" | pnmtoplainpnm", file), "\(name)")
      let alpha = try #require(netpbm("pngtopnm -alpha \"$1\" | pnmtoplainpnm", file), "\(name)")
      #expect(signal.shape == [colour.rows, colour.columns] && colour.samples.count == signal.sampleCount * colour.channels)
      let whiteIsTransparent = name.hasPrefix("tb") && name.contains("2c")
      func opacity(_ sample: Int) -> Float {
        whiteIsTransparent && (0..<3).allSatisfy { value(colour, sample, $0) == 1 } ? 0 : value(alpha, sample, 0)
      }
      var worst: Float = 0
      for sample in 0..<signal.sampleCount {
        for channel in 0..<signal.channels {
          let expected = value(colour, sample, channel) * opacity(sample)
          worst = max(worst, abs(signal.samples[sample * signal.channels + channel] - expected))
        }
      }
      let significant = name.hasPrefix("cs3") ? 3 : name.hasPrefix("cs5") ? 5 : 0
      #expect(worst <= (significant == 0 ? 0 : 1 / Float(1 << significant - 1)), "\(name): \(worst)")
      let isOpaque = (0..<signal.sampleCount).allSatisfy { opacity($0) == 1 }
      #expect(loaded.notes == (isOpaque ? [] : ["alpha composed over black"]), "\(name)")
    }
  }

  // MARK: - PNM

  @Test func pnmVariantsDecode() throws {
    let files = Self.files("ppm_decoder_sharp", "pbm", "pgm", "ppm")
    #expect(files.count == 29)
    for file in files {
      let loaded = try load(file)
      #expect(loaded.notes.isEmpty)
      let words = ["1": "PBM", "2": "PGM", "3": "PPM", "4": "PBM", "5": "PGM", "6": "PPM"]
      #expect(loaded.format.hasPrefix(words[String(Array(file.lastPathComponent)[1])]!))
    }
  }

  /// Binary files with CR LF in the header are not netpbm's: it takes the last LF for the first sample. What their raster
  /// holds is at the file's end.
  @Test(.enabled(if: Tool.has("pnmtoplainpnm"), "skipped: netpbm is not installed"))
  func pnmPixels() throws {
    let files = Self.files("ppm_decoder_sharp", "pbm", "pgm", "ppm") + Self.files("pillow", "pbm", "pgm", "ppm", "pnm")
    var compared = 0
    for file in files {
      if ["negative_size.ppm", "courB08.pbm"].contains(file.lastPathComponent) { continue }
      let signal = try load(file).signal
      let content = try bytes(of: file)
      if content[2] == 0x0D, content[1] > 0x34, signal.channels == 1 {
        let isWide = file.lastPathComponent.contains("65535")
        let raster = content.suffix(signal.samples.count * (isWide ? 2 : 1)).map(Int.init)
        let values = isWide ? stride(from: 0, to: raster.count, by: 2).map { raster[$0] << 8 | raster[$0 + 1] } : raster
        #expect(signal.samples == values.map { Float($0) / (isWide ? 65535 : 15) }, "\(file.lastPathComponent)")
        continue
      }
      if content[2] == 0x0D, content[1] >= 0x34 { continue }
      let plain = try #require(netpbm("pnmtoplainpnm \"$1\"", file), "\(file.lastPathComponent)")
      #expect(signal.shape == [plain.rows, plain.columns])
      #expect(signal.samples == plain.samples, "\(file.lastPathComponent)")
      compared += 1
    }
    #expect(compared >= 30)
  }

  @Test func carriageReturnsChangeNothing() throws {
    let folder = Place.malformed.appendingPathComponent("ppm_decoder_sharp")
    for (first, second) in [("P4-comment-feep.pbm", "P4-comment-feep_crlf.pbm"), ("P5-15-feep.pgm", "P5-15-feep_crlf.pgm")] {
      #expect(try load(folder.appendingPathComponent(first)).signal == load(folder.appendingPathComponent(second)).signal)
    }
  }

  // MARK: - Pillow

  @Test func pillowBitmapsAreRefusedByName() throws {
    let files = Self.files("pillow", "bmp")
    #expect(files.count >= 50)
    for file in files {
      #expect(refusal(file)?.message == "BMP is not read; allowed: PNM P1–P7, PNG, JPEG", "\(file.lastPathComponent)")
    }
  }

  @Test(arguments: [
    ("broken.png", "PNG data"), ("broken_data_stream.png", "PNG data"), ("truncated_image.png", "end of stream"),
    ("truncated_end_chunk.png", "end of stream"), ("hopper.pfm", "PFM is not read"), ("hopper_be.pfm", "PFM is not read"),
    ("negative_size.ppm", "found the first bytes 50 36 33 32"), ("truncated_jpeg.jpg", "Premature end of JPEG file"),
    // Pillow reads the last one; libjpeg calls it corrupt, and pixels after that are a guess.
    ("truncated_app14.jpg", "extraneous bytes"),
  ])
  func pillowBroken(_ name: String, _ fragment: String) throws {
    let error = try #require(refusal(Place.malformed.appendingPathComponent("pillow/\(name)")))
    #expect(error.message.contains(fragment), "\(error)")
  }

  @Test(arguments: [
    ("broken_exif_dpi.jpg", [100, 100], 3), ("truncated_exif_dpi.jpg", [640, 480], 3), ("invalid-exif.jpg", [200, 200], 3),
    ("invalid-exif-without-x-resolution.jpg", [200, 300], 3), ("courB08.pbm", [20, 798], 1),
    ("hopper_idat_after_image_end.png", [128, 128], 3), ("missing_background_first_frame.png", [32, 32], 3),
    ("syntax_num_frames_invalid.png", [64, 128], 3), ("hopper.ppm", [128, 128], 3), ("16_bit_binary.pgm", [100, 20], 1),
  ])
  func pillowGood(_ name: String, _ shape: [Int], _ channels: Int) throws {
    let signal = try load(Place.malformed.appendingPathComponent("pillow/\(name)")).signal
    #expect(signal.shape == shape)
    #expect(signal.channels == channels)
  }

  @Test(.enabled(if: Tool.has("jpegtopnm", "pnmtoplainpnm"), "skipped: netpbm is not installed"))
  func pillowJPEGPixels() throws {
    for file in Self.files("pillow", "jpg") where !file.lastPathComponent.hasPrefix("truncated_j") {
      guard refusal(file) == nil else { continue }
      let loaded = try load(file)
      let plain = try #require(netpbm("jpegtopnm -dct int \"$1\" | pnmtoplainpnm", file))
      guard loaded.notes.isEmpty else { continue }
      #expect(loaded.signal.samples == plain.samples, "\(file.lastPathComponent)")
    }
  }

  // MARK: - Damage

  @Test(arguments: ["pngsuite", "ppm_decoder_sharp", "pillow"])
  func damageNeverTraps(_ folder: String) throws {
    for file in Self.files(folder, "png", "pbm", "pgm", "ppm", "pnm", "jpg") {
      let content = try bytes(of: file)
      // Long files take long to decode: a few of each kind are enough beside our own corpus.
      let tries = content.count > 50_000 ? 8 : 60
      DamageTests.truncate(file.lastPathComponent, content, cuts: tries)
      DamageTests.flip(file.lastPathComponent, content, times: tries)
    }
  }
}
