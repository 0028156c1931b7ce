/// Numbers of tiles as text: `16`, or an axis each in array order, `16x8`.
public enum TileText {
  /// Most tiles along an axis.
  public static let most = 65_536

  public static func parse(_ text: String, of name: String, example: String) throws(ConfigurationError) -> [Int] {
    var counts: [Int] = []
    for word in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "x" || $0 == "×" }) {
      guard let count = Int(word), (1...most).contains(count) else {
        throw ConfigurationError(
          "\(name): found '\(word)'; allowed are whole numbers from 1 to \(most), as in \(example)")
      }
      counts.append(count)
    }
    return counts
  }

  /// How `parse` reads it: one number when all axes agree.
  public static func text(_ counts: [Int], separator: String = "x") -> String {
    let words = counts.map(String.init)
    return Set(words).count == 1 ? words[0] : words.joined(separator: separator)
  }

  /// Spreads a single number over all axes.
  static func fitted(_ counts: [Int], axes: Int, of name: String) throws(ConfigurationError) -> [Int] {
    guard counts.count == 1 || counts.count == axes else {
      throw ConfigurationError(
        "\(name): found \(text(counts)), \(counts.count) axes; allowed is one number for all or one for each of \(axes) axes")
    }
    guard counts.allSatisfy({ (1...most).contains($0) }) else {
      throw ConfigurationError("\(name): found \(text(counts)); allowed are 1 to \(most)")
    }
    return counts.count == axes ? counts : Array(repeating: counts[0], count: axes)
  }

  /// Refuses products of sizes that memory could never hold, before anything is multiplied.
  static func checkSize(_ counts: [Int], times width: Double, of name: String) throws(ConfigurationError) {
    let floats = counts.reduce(width) { $0 * Double($1) }
    guard floats < 0x1p33 else {
      throw ConfigurationError(
        "\(name): found \(text(counts)), \(Int(min(floats, 1e18))) parameters; allowed are fewer than \(1 << 33)")
    }
  }
}
