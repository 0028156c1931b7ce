/// Words like one that is not known, for what is said of it.
enum Nearest {
  /// The least number of letters to insert, remove, replace or exchange with their neighbour.
  static func distance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left.lowercased()), Array(right.lowercased()))
    var (before, row) = ([Int](), Array(0...b.count))
    for i in a.indices {
      var next = [i + 1]
      for j in b.indices {
        var least = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
        next.append(least)
      }
      (before, row) = (row, next)
    }
    return row[b.count]
  }

  /// Up to three of the words, the nearest first; none where nothing is near.
  static func words(like word: String, among words: [String]) -> [String] {
    let most = max(2, word.count / 3)
    let ranked = words.map { (word: $0, distance: $0.hasPrefix(word) && !word.isEmpty ? 1 : distance(word, $0)) }
    return ranked.filter { $0.distance <= most }.sorted { ($0.distance, $0.word) < ($1.distance, $1.word) }.prefix(3).map(\.word)
  }

  /// What is allowed in a word's place: what is like it, or all there is.
  static func allowed(_ word: String, among words: [String]) -> String {
    let near = self.words(like: word, among: words)
    guard words.count > 8, !near.isEmpty else { return list(words) }
    return "\(list(near)) and others"
  }

  /// `a, b, c`.
  static func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}
