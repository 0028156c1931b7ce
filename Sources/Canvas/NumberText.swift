/// Numbers as text without locale: the same digits everywhere, and never a trap.
public enum NumberText {
  /// A number with a fixed count of decimals: `fixed(29.837, decimals: 2)` is "29.84". Not finite ones read "nan", "inf".
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let places = min(max(decimals, 0), 9)
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let digits = String(UInt64(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + padded }
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  /// A whole number with its thousands grouped: "134,145".
  public static func grouped(_ value: Int) -> String {
    var digits = Substring(String(value.magnitude))
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    groups.insert(digits, at: 0)
    return (value < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// With one digit behind the point, the whole part grouped: "1,353.6". Large ones, as `count`.
  public static func tenths(_ value: Double) -> String {
    guard value.magnitude < 1e14 else { return count(value) }
    let tenths = Int((value.magnitude * 10).rounded())
    return (value < 0 && tenths > 0 ? "-" : "") + grouped(tenths / 10) + ".\(tenths % 10)"
  }

  /// A count that may be astronomical: "1,680", or its first digits where all of them say nothing: "2.63e35".
  public static func count(_ value: Double) -> String {
    value.magnitude < 1e15 ? grouped(Int(value.rounded())) : short(value)
  }

  /// A short form for ticks: "250", "10k", "2.5M", "1e-4".
  public static func compact(_ value: Double, step: Double) -> String {
    guard value.isFinite else { return fixed(value, decimals: 0) }
    if value == 0 { return "0" }
    let size = value.magnitude
    let spacing = step.isFinite && step > 0 ? step : size
    if size >= 1e12 || size < 1e-4, spacing >= 1e12 || spacing < 1e-4 || size >= 1e15 { return scientific(value) }
    for (unit, suffix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where size >= unit * (unit == 1e3 ? 10 : 1) {
      let places = decimals(for: spacing / unit)
      if places <= 2 { return trimmed(fixed(value / unit, decimals: places)) + suffix }
    }
    return fixed(value, decimals: decimals(for: spacing))
  }

  /// A number by its first digits: "1k", "1.35k", "134k", "2.5M", "0.02", "1e-6".
  ///
  /// - Parameter digits: how many count; trailing zeros are left out.
  public static func short(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return fixed(value, decimals: 0) }
    if value == 0 { return "0" }
    let count = min(max(digits, 1), 9)
    // Rounded first: 999,999 is 1M, not 1000k.
    var power = 0
    var mantissa = value.magnitude
    while mantissa >= 10, power < 400 { (mantissa, power) = (mantissa / 10, power + 1) }
    while mantissa < 1 - 1e-12, power > -400 { (mantissa, power) = (mantissa * 10, power - 1) }
    guard let rounded = Double(fixed(mantissa, decimals: count - 1)) else { return scientific(value) }
    if rounded >= 10 { (mantissa, power) = (1, power + 1) }
    guard power >= -3, power < 15 else { return scientific(value) }
    let group = max(0, power / 3)
    var unit = 1.0
    for _ in 0..<group { unit *= 1000 }
    let places = max(0, count - 1 - (power - 3 * group))
    return trimmed(fixed(value / unit, decimals: places)) + ["", "k", "M", "G", "T"][group]
  }

  /// Decimals that tell multiples of `step` apart: 0 for 5, 1 for 0.5, 2 for 0.02.
  static func decimals(for step: Double) -> Int {
    guard step.isFinite, step > 0 else { return 0 }
    var places = 0
    var scaled = step
    while places < 9, (scaled - scaled.rounded()).magnitude > 1e-6 * max(1, scaled) || scaled < 0.5 {
      scaled *= 10
      places += 1
    }
    return places
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  static func scientific(_ value: Double) -> String {
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 10, exponent < 400 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 1, exponent > -400 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    var digits = trimmed(fixed(mantissa, decimals: 1))
    if digits == "10" { (digits, exponent) = ("1", exponent + 1) }
    return (value < 0 ? "-" : "") + digits + "e\(exponent)"
  }
}
