import TerminalUI

/// Counts: how often the key after it does what it does. Digits are the views, so a count begins with a key of its own.
extension ExplorerState {
  /// The most that a count does.
  static let mostTimes = 999

  /// A key after the beginning of a count.
  mutating func handle(_ key: Key, count: Int) -> [Effect] {
    switch key {
    case .character(let digit) where digit.isASCII && digit.isWholeNumber:
      self.count = min(count * 10 + (digit.wholeNumberValue ?? 0), Self.mostTimes)
      return []
    case .backspace:
      self.count = count > 0 ? count / 10 : nil
      return []
    default: self.count = nil
    }
    guard key != .escape, let intent = keymap.intent(of: key, on: tab) else { return [] }
    guard intent.repeats || count <= 1 else {
      say("\(intent.name) is not done \(count) times: nothing was done")
      return []
    }
    return perform(intent, times: max(count, 1))
  }

  /// Does something several times, or until it asks.
  mutating func perform(_ intent: Intent, times: Int) -> [Effect] {
    var effects: [Effect] = []
    for _ in 0..<times where overlay == nil { effects += perform(intent) }
    return times > 1 ? Self.withoutIntermediates(effects) : effects
  }

  /// Of requests for pictures and maps only the last of a run is worth an answer.
  private static func withoutIntermediates(_ effects: [Effect]) -> [Effect] {
    func kind(_ effect: Effect) -> String? {
      switch effect {
      case .preview(let id, _): "preview \(id.value)"
      case .features(let id, _): "features \(id.value)"
      case .keepTheme: "theme"
      default: nil
      }
    }
    var seen = Set<String>()
    return effects.reversed().filter { effect in kind(effect).map { seen.insert($0).inserted } ?? true }.reversed()
  }
}
