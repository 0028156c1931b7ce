/// What the ASMR paper (Li et al., ICLR 2024) reports of its own trainings, as points to compare with.
struct PublishedResult: Equatable, Sendable {
  let name: String
  let parameters: Double
  /// Multiply-accumulates a sample, as printed; the paper mixes conventions.
  let macs: Double
  /// In dB; nil where we have no source for it: a cost alone is better than a wrong point.
  let psnr: Double?
}

/// One of its tables: results of one picture, or of pictures of one size.
struct PublishedTable: Equatable, Sendable {
  /// What the results are of.
  let picture: String
  let results: [PublishedResult]

  /// Table 2: cameraman, 512×512, grey. Parameters and MACs as printed there, also in `oracle_macs.json`; the two PSNRs are
  /// those that our oracle quotes from it (its notes to table 8 compare the two tables).
  static let cameraman = PublishedTable(
    picture: "cameraman",
    results: [
      PublishedResult(name: "KiloNeRF (3)", parameters: 250_000, macs: 980, psnr: 34.35),
      PublishedResult(name: "LoE (4)", parameters: 126_000, macs: 2_070, psnr: 33.27),
      PublishedResult(name: "ASMR (3)", parameters: 67_800, macs: 1_290, psnr: nil),
      PublishedResult(name: "ASMR (4)", parameters: 134_000, macs: 1_350, psnr: nil),
      PublishedResult(name: "SIREN (3)", parameters: 66_800, macs: 66_300, psnr: nil),
      PublishedResult(name: "SIREN (4)", parameters: 133_000, macs: 132_000, psnr: nil),
    ])

  /// Table 3: Kodak's pictures, 768×512, colour. Parameters and MACs as printed there, also in `oracle_macs.json`.
  static let kodak = PublishedTable(
    picture: "Kodak",
    results: [
      PublishedResult(name: "ASMR", parameters: 134_700, macs: 1_850, psnr: nil),
      PublishedResult(name: "FFN", parameters: 132_400, macs: 131_800, psnr: nil),
      PublishedResult(name: "SIREN", parameters: 133_100, macs: 132_400, psnr: nil),
      PublishedResult(name: "MFN", parameters: 134_700, macs: 133_400, psnr: nil),
      PublishedResult(name: "WIRE", parameters: 136_800, macs: 135_900, psnr: nil),
    ])

  /// The table that a picture can be compared with; nil where the paper has none. MACs a sample and PSNR are those of a size.
  static func table(shape: [Int], channels: Int) -> PublishedTable? {
    switch (shape, channels) {
    case ([512, 512], 1): cameraman
    case ([512, 768], 3), ([768, 512], 3): kodak
    default: nil
    }
  }
}
