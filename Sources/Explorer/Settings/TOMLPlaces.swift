/// Lines on which keys of a TOML document stand, which its parser does not tell. The document is valid.
struct TOMLPlaces {
  private var lines: [[String]: Int] = [:]

  init(_ text: String) {
    var scanner = ValueScanner()
    var table: [String] = []
    for (index, bytes) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let line = Array(String(decoding: bytes, as: UTF8.self).filter { $0 != "\r" })
      guard scanner.isDone else {
        scanner.scan(line, from: 0)
        continue
      }
      guard let first = line.firstIndex(where: { $0 != " " && $0 != "\t" }), line[first] != "#" else { continue }
      if line[first] == "[" {
        table = Self.path(line, from: line[first...].firstIndex { $0 != "[" } ?? line.count).keys
        note(table, index + 1)
      } else {
        let (keys, end) = Self.path(line, from: first)
        note(table + keys, index + 1)
        scanner.scan(line, from: end)
      }
    }
  }

  /// Counted from 1: of a key, or of what it is within.
  func line(of path: [String]) -> Int? {
    var path = path
    while !path.isEmpty {
      if let line = lines[path] { return line }
      path.removeLast()
    }
    return nil
  }

  private mutating func note(_ path: [String], _ line: Int) {
    for count in 1...max(1, path.count) where path.count >= count {
      let part = Array(path.prefix(count))
      if lines[part] == nil || count == path.count { lines[part] = line }
    }
  }

  /// Keys with dots between them, bare or in quotes, up to what ends them.
  private static func path(_ line: [Character], from start: Int) -> (keys: [String], end: Int) {
    var keys = [""]
    var place = start
    while place < line.count {
      let character = line[place]
      switch character {
      case "=", "]": return (keys, place + 1)
      case ".": keys.append("")
      case " ", "\t": break
      case "\"", "'":
        let end = line[(place + 1)...].firstIndex(of: character) ?? line.count
        keys[keys.count - 1] += String(line[(place + 1)..<end])
        place = end
      default: keys[keys.count - 1].append(character)
      }
      place += 1
    }
    return (keys, line.count)
  }
}

/// Follows a value over its lines, to know where the next key may begin.
private struct ValueScanner {
  private var depth = 0
  /// The quotes of a text over several lines.
  private var quotes: Character?

  var isDone: Bool { depth == 0 && quotes == nil }

  mutating func scan(_ line: [Character], from start: Int) {
    var place = start
    while place < line.count {
      let character = line[place]
      let isTriple = place + 2 < line.count && line[place + 1] == character && line[place + 2] == character
      if let open = quotes {
        if character == "\\", open == "\"" {
          place += 1
        } else if character == open, isTriple {
          quotes = nil
          place += 2
        }
      } else {
        switch character {
        case "#": return
        case "\"", "'":
          if isTriple {
            quotes = character
            place += 2
          } else {
            place = Self.end(of: character, line, from: place + 1)
          }
        case "[", "{": depth += 1
        case "]", "}": depth -= 1
        default: break
        }
      }
      place += 1
    }
  }

  /// Where a text within one line ends.
  private static func end(of quote: Character, _ line: [Character], from start: Int) -> Int {
    var place = start
    while place < line.count, line[place] != quote { place += line[place] == "\\" && quote == "\"" ? 2 : 1 }
    return place
  }
}
