/// How well a text has what was typed, letter after letter with others between them.
struct FuzzyMatch: Equatable, Sendable {
  let score: Int
  /// Indices of the characters that match, in order.
  let places: [Int]

  private static let letter = 16, consecutive = 14, wordStart = 12, first = 6, gap = 2, mostGap = 12

  /// The best way to find all letters of a word in a text in order, whatever their case; nil when there is none.
  ///
  /// Every letter counts 16, one right after the match before 14 more, one that begins a word 12, the text's first 6; what
  /// lies between two matches takes 2 a character, up to 12. Of equal scores the earlier place wins. O(word · text²), for
  /// texts of a line.
  init?(_ word: String, in text: String) {
    let letters = word.map { $0.lowercased().first ?? $0 }
    let characters = text.map { $0.lowercased().first ?? $0 }
    guard !letters.isEmpty, letters.count <= characters.count else { return nil }
    func bonus(_ place: Int) -> Int {
      let starts = place == 0 || !(characters[place - 1].isLetter || characters[place - 1].isNumber)
      return Self.letter + (starts ? Self.wordStart : 0) + (place == 0 ? Self.first : 0)
    }
    // best[i][p]: of the first i + 1 letters, the last of them at p; from: where the one before it was.
    var best: [[Int?]] = []
    var from: [[Int]] = []
    for (i, letter) in letters.enumerated() {
      var row = [Int?](repeating: nil, count: characters.count)
      var origins = [Int](repeating: -1, count: characters.count)
      for place in characters.indices where characters[place] == letter {
        if i == 0 {
          row[place] = bonus(place)
          continue
        }
        for before in 0..<place {
          guard let score = best[i - 1][before] else { continue }
          let between = place - before - 1
          let total = score + bonus(place) + (between == 0 ? Self.consecutive : -min(Self.mostGap, Self.gap * between))
          if row[place].map({ total > $0 }) ?? true { (row[place], origins[place]) = (total, before) }
        }
      }
      best.append(row)
      from.append(origins)
    }
    var end: Int?
    for place in characters.indices {
      guard let score = best[letters.count - 1][place] else { continue }
      if end.flatMap({ best[letters.count - 1][$0] }).map({ score > $0 }) ?? true { end = place }
    }
    guard let end, let score = best[letters.count - 1][end] else { return nil }
    var places = [end]
    for i in stride(from: letters.count - 1, to: 0, by: -1) { places.append(from[i][places[places.count - 1]]) }
    self.score = score
    self.places = places.reversed()
  }

  /// Every word that was typed must be there, in any order.
  ///
  /// - Returns: the sum of the scores; nil when a word is missing. Nothing typed matches all.
  init?(words: String, in text: String) {
    var score = 0
    var places = Set<Int>()
    for word in words.split(separator: " ") {
      guard let match = FuzzyMatch(String(word), in: text) else { return nil }
      score += match.score
      places.formUnion(match.places)
    }
    self.score = score
    self.places = places.sorted()
  }
}
