import Networks
import Testing

@testable import Training

/// The ranges that fields state are those that are checked, whichever the model.
@Suite struct FieldRangeTests {
  private let shape = [512, 640]

  /// Whether a value is taken by its field, by the configuration and by the network.
  private func accepts(_ text: String, _ field: RunField, _ model: ModelKind) -> Bool {
    var configuration = RunConfiguration()
    configuration.model = model
    // Wide layers fit in few networks.
    if model == .kilonerf, field.name == "hidden" { configuration.grid = [1] }
    // The other end of the hash grid's levels stays out of the way.
    if field.name == "base-resolution" { configuration.finestResolution = [65_536] }
    if field.name == "finest-resolution" { configuration.baseResolution = [1] }
    // All of the range on one axis; tiles on both would need more memory than there is.
    let text = field.name == "tiles" ? text + "x1" : text
    do throws(ConfigurationError) {
      try field.set(text, in: &configuration)
      _ = try configuration.resolved(shape: shape).modelConfiguration(shape: shape).cost(shape: shape, channels: 1)
      return true
    } catch {
      #expect(error.description.hasPrefix("\(field.name): found "), "\(error)")
      return false
    }
  }

  /// The nearest value outside of a bound.
  private func beyond(_ bound: String, isUpper: Bool) -> String {
    if bound == "512x640" { return isUpper ? "512x641" : "0" }
    if let value = UInt64(bound) {
      if isUpper { return value == .max ? "18446744073709551616" : String(value + 1) }
      return value == 0 ? "-1" : String(value - 1)
    }
    guard let value = Double(bound) else { return "?" }
    return value == 0 ? "-0.01" : "\(value * (isUpper ? 1.01 : 0.99))"
  }

  @Test("The least and the greatest value are taken, the next ones are not", arguments: ModelKind.allCases)
  func bounds(_ model: ModelKind) throws {
    var stated: Set<String> = []
    for field in RunField.all where field.models.contains(model) {
      let text = field.allowed(for: model, shape: shape)
      guard let range = text.firstMatch(of: /from ([0-9.e-]+) to (?:the data's size, )?([0-9.e+x-]+)/) else {
        #expect(!text.contains("from"), "\(field.name): \(text)")
        continue
      }
      stated.insert(field.name)
      let (least, greatest) = (String(range.1), String(range.2))
      #expect(accepts(least, field, model) && accepts(greatest, field, model), "\(model) \(field.name): \(text)")
      for value in [beyond(least, isUpper: false), beyond(greatest, isUpper: true)] {
        #expect(!accepts(value, field, model), "\(model) \(field.name) \(value): \(text)")
      }
    }
    #expect(stated.isSuperset(of: ["hidden", "layers", "steps", "schedule", "lr", "final-lr", "batch", "seed"]), "\(stated)")
  }

  @Test("What is allowed names the model's own bounds and the data's size")
  func words() throws {
    func words(_ name: String, _ model: ModelKind) throws -> String {
      try #require(RunField.named(name)).allowed(for: model, shape: shape)
    }
    #expect(try words("hidden", .siren) == "whole numbers from 1 to 16384")
    #expect(try words("hidden", .hashgrid) == "whole numbers from 1 to 4096")
    #expect(try words("table-size", .hashgrid) == "powers of two from 16 to 16777216")
    #expect(try words("grid", .kilonerf).contains("1 to the data's size, 512x640;"))
    #expect(!accepts("100", try #require(RunField.named("table-size")), .hashgrid))
  }
}
