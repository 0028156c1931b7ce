import CTerminal
import Canvas

/// Colours as ncurses has them: numbers of a palette, in numbered pairs of which there are only so many.
@MainActor
struct CursesColors {
  /// 256, 16 or 8; 0 without colours.
  let count: Int
  private let pairLimit: Int
  private let hasDefaults: Bool
  private var indices: [RGB: Int32] = [:]
  private var pairs: [UInt32: Int32] = [:]
  /// No pair was left for something that was put: the screen must be put again after `reset`.
  private(set) var isExhausted = false

  /// - Parameter limit: how many colours may be used, however many there are; 0 for none.
  init(limit: Int) {
    guard limit > 0, has_colors(), start_color() == 0 else {
      count = 0
      pairLimit = 0
      hasDefaults = false
      return
    }
    hasDefaults = use_default_colors() == 0
    let colors = min(Int(ct_colors()), limit)
    count = colors >= 256 ? 256 : colors >= 16 ? 16 : colors >= 8 ? 8 : 0
    pairLimit = Int(ct_color_pairs())
  }

  /// Whether every cell of a large picture can have a pair of its own.
  var hasManyPairs: Bool { pairLimit >= 4096 }

  struct Look {
    var pair: Int32
    var reversed = false
    var dimmed = false
  }

  /// The pair for a style's colours, and the attributes that stand in for colours that are not there.
  ///
  /// - Parameter baseBackground: of the screen as a whole. Without colours any other background shows reversed.
  mutating func look(_ style: Style, baseBackground: Color) -> Look {
    guard count > 0 else {
      return Look(pair: 0, reversed: style.background != .terminalDefault && style.background != baseBackground)
    }
    var foreground = index(style.foreground, otherwise: hasDefaults ? -1 : 7)
    let background = index(style.background, otherwise: hasDefaults ? -1 : 0)
    var dimmed = false
    // Dark greys become black among eight colours; text would vanish.
    if count == 8, foreground == max(0, background), style.foreground != style.background {
      foreground = background == -1 ? -1 : 7
      dimmed = true
    }
    return Look(pair: pair(foreground, background), dimmed: dimmed)
  }

  private mutating func index(_ color: Color, otherwise: Int32) -> Int32 {
    guard case .rgb(let rgb) = color else { return otherwise }
    if let known = indices[rgb] { return known }
    let found = Int32(count == 256 ? rgb.nearest256 : rgb.nearestNamed(of: count))
    // Pictures bring ever new colours: the memory of them is bounded.
    if indices.count > 20_000 { indices.removeAll(keepingCapacity: true) }
    indices[rgb] = found
    return found
  }

  private mutating func pair(_ foreground: Int32, _ background: Int32) -> Int32 {
    if foreground == -1, background == -1 { return 0 }
    let key = UInt32(UInt16(truncatingIfNeeded: foreground)) << 16 | UInt32(UInt16(truncatingIfNeeded: background))
    if let known = pairs[key] { return known }
    // ncurses would reuse the oldest pair, and what shows it would change its colour.
    guard pairs.count + 1 < pairLimit else {
      isExhausted = true
      return 0
    }
    let made = alloc_pair(foreground, background)
    guard made > 0 else {
      isExhausted = true
      return 0
    }
    pairs[key] = made
    return made
  }

  /// Gives all pairs back. Everything on the screen has to be put and sent again.
  mutating func reset() {
    isExhausted = false
    guard count > 0 else { return }
    for pair in pairs.values { free_pair(pair) }
    pairs.removeAll(keepingCapacity: true)
    reset_color_pairs()
  }
}
