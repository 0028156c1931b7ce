/// What the ASMR paper (Li et al., ICLR 2024) reports for its own trainings, as points to compare with.
struct PublishedResult: Equatable, Sendable {
  let name: String
  let parameters: Double
  /// Multiply-accumulates a sample, as printed; the paper mixes conventions.
  let macs: Double
  let psnr: Double

  /// Table 2: cameraman, 512×512, grey. Parameters and MACs as printed there, also in `oracle_macs.json`; the two PSNRs are
  /// those that our oracle quotes from it (its notes to table 8 compare the two tables). Rows whose PSNR we have no
  /// source for (SIREN and ASMR there, all of table 3) are left out: no point is better than a wrong one.
  static let grey: [PublishedResult] = [
    PublishedResult(name: "KiloNeRF (3)", parameters: 250_000, macs: 980, psnr: 34.35),
    PublishedResult(name: "LoE (4)", parameters: 126_000, macs: 2_070, psnr: 33.27),
  ]

  /// The results for pictures of so many channels.
  static func results(channels: Int) -> [PublishedResult] { channels == 1 ? grey : [] }
}
