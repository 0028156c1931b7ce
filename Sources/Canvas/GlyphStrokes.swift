/// The letters of `FrameImage`: strokes of a pen through points of a grid of 8×16, drawn for this program.
///
/// An entry is a character and its strokes. A point is its column 0…7 and its row 0…f; capitals stand on row b and reach
/// up to 2, small letters to 5, what hangs down ends at e. Points are joined by straight lines; one after `~` is not
/// touched, the line bends towards it (a quadratic Bézier curve, two of them in a row meet half-way). `z` closes a stroke.
/// A single point is a dot.
enum GlyphStrokes {
  struct Point: Hashable {
    var x: Double
    var y: Double
    var isControl = false
  }

  struct Stroke: Hashable {
    var points: [Point]
    var isClosed: Bool
  }

  /// Of a character without its accents; nil where none is drawn.
  static func strokes(of character: Character) -> [Stroke]? { table[character] }

  /// What stands above a letter, by its combining mark (U+0300…).
  static func accent(_ mark: Unicode.Scalar) -> [Stroke]? {
    accents[Character(mark)]
  }

  private static let table = parsed(
    #"""
    A 1b15~12~62656b 1868  B 1646~66~6b4b1b1242~62~6646  C 64~62~121518~1b~6b69  D 121b3b~6b6865~6232z
    E 62121b6b 1656  F 62121b 1656  G 64~62~121518~1b~6b686747  H 121b 626b 1666  I 2262 424b 2b6b  J 6268~6b~1b19
    K 121b 6217 266b  L 121b6b  M 1b1247727b  N 1b126b62  O 15~12~626568~6b~1b18z  P 1b1242~62~674717
    Q 15~12~626568~6b~1b18z 497c  R 1b1242~62~674717 376b  S 64~62~1214~163646~6668~6b~1b19  T 1272 424b
    U 1218~1b~6b6862  V 124b72  W 121b467b72  X 126b 621b  Y 124672 464b  Z 12621b6b

    a 2545~65676b 6838~18~1b3b4b~6b69  b 121b 17~15~656769~6b~1b19  c 66~65~151719~1b~6b6a
    d 626b 67~65~151719~1b~6b69  e 186867~65~151719~1b3b5b  f 6252~32343b 1555  g 656c~6e4e2e 67~65~151719~1b~6b69
    h 121b 17~15~65676b  i 25454b 2b6b 42  j 35555c~5e3e2e 52  k 121b 6519 376b  l 22424b 2b6b
    m 151b 17~15~45474b 47~45~75777b  n 151b 17~15~65676b  o 17~15~656769~6b~1b19z  p 151e 17~15~656769~6b~1b19
    q 656e 67~65~151719~1b~6b69  r 151b 18~154565  s 6535~15~183848~68~6b4b1b  t 3339~3b5b6b 1565
    u 1519~1b~6b69 656b  v 154b75  w 152b476b75  x 156b 651b  y 1519~1b~6b69 656c~6e4e2e  z 15651b6b

    0 15~12~626568~6b~1b18z 2954  1 24424b 2b6b  2 14~12~62~661b6b  3 14~12~62~664636 46~66~6b~1b19  4 5b521868
    5 62121646~6668~6b~1b1a  6 5242~121518~1b~6b~66~1618  7 1262643b  8 ~12~62~66~16z ~16~66~6b~1bz
    9 2b3b~6b6865~62~12~17~6765

    ! 4248 4b  " 3235 5255  # 222b 525b 1565 1868  $ 64~62~1214~163646~6668~6b~1b19 414c
    % ~12~32~35~15z ~48~68~6b~4bz 621b  & 6b25~22~52~5527~1819~1b3b~5b68  ' 4245  ( 51~333637~3a5c  ) 31~535657~5a3c
    * 444a 1579 7519  + 444a 1777  , 4b4c3d  - 1767  . 4b  / 711c  : 46 4b  ; 46 4b4c3d  < 63276b  = 1666 1969
    > 23672b  ? 14~12~6264~664748 4b  @ 6b3b~1b1914~12~62646848~38~354565  [ 52323c5c  \ 117c  ] 32525c3c
    ^ 244264  _ 0d7d  ` 3243  { 61~414345~4626~46474a~4c6c  | 414d  } 21~414345~4666~46474a~4c2c  ~ 18~2547~6976

    × 2569 6529  ± 4349 1676 1b7b  ÷ 1777 44 4a  · 47  … 1b 4b 7b  − 1777  – 1777  — 0777  ‘ 5243  ’ 5244
    “ 3223 6253  ” 3224 6254  ‖ 323c 525c  ≈ 16~2345~6774 1a~2749~6b78  ≤ 622568 2b6b  ≥ 226528 2b6b
    ∞ ~16~46~49~19z ~46~76~79~49z  ° ~21~51~54~24z  ∘ ~25~65~69~29z  √ 183b72  ‹ 54375a  › 34573a  ✓ 183b74  ✗ 146b 641b
    ← 1777 44174a  → 1777 44774a  ↑ 424c 154275  ↓ 414b 184b78
    ¹ 223136 2646  ² 22~21~51~532656  ³ 215133~53~5626  ⁿ 2226 23~22~525356  ᵀ 2161 4146  ᵗ 3135~3656 2252
    ₀ ~28~58~5d~2dz  ₁ 29383d 2d4d  ₂ 29~28~58~5a2d5d  ᵢ 3a3d 38  ₖ 282d 5a2c 3b5d

    α 75~5b3b~1b18~1535~557b  β 1e14~12~62~6636 46~66~6b4b1b  γ 154a75 4a4e  μ 151e 1519~1b~6b69 656b  ε 6535~15~183858 38~18~1b3b6b
    θ 15~12~626568~6b~1b18z 1666  λ 22326b 471b  µ 151e 1519~1b~6b69 656b  π 1575 252b 555a~5b7b
    σ 7545~1518~1b~6b68~6545  ω 1519~1b~4b4947 49~4b~7b7975  Δ 1b427bz  Π 1262 121b 626b  ∏ 1262 121b 626b
    Σ 6212461b6b  ∑ 6212461b6b  Ω 1b3b39~18~12~62~68595b7b  ∂ 32~62~6b~1b~1646~6668
    """#)

  private static let accents = parsed(
    "\u{300} 3143\n\u{301} 5143\n\u{302} 234163\n\u{303} 13~2142~5361\n\u{304} 2262\n\u{308} 22 62\n\u{30A} ~31~51~53~33z\n"
      + "\u{30C} 214361\n\u{327} 4b4c3d")

  private static func parsed(_ text: String) -> [Character: [Stroke]] {
    var table: [Character: [Stroke]] = [:]
    for line in text.split(separator: "\n") {
      var entry: Character?
      for word in line.split(separator: " ") {
        // Only a character stands alone: a point has two digits.
        if word.count == 1, let character = word.first {
          entry = character
          table[character] = []
        } else if let entry {
          table[entry]?.append(stroke(word))
        }
      }
    }
    return table
  }

  private static func stroke(_ word: Substring) -> Stroke {
    var points: [Point] = []
    var isControl = false
    var column: Int?
    for character in word {
      if character == "~" {
        isControl = true
      } else if let value = character.hexDigitValue {
        if let x = column {
          points.append(Point(x: Double(x), y: Double(value), isControl: isControl))
          (column, isControl) = (nil, false)
        } else {
          column = value
        }
      }
    }
    return Stroke(points: points, isClosed: word.last == "z")
  }
}
