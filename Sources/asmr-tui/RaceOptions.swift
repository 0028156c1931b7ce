import ArgumentParser
import Canvas
import Networks
import Training

/// Several runs at once.
struct RaceOptions: ParsableArguments {
  @Option(
    name: .customLong("run"), parsing: .unconditionalSingleValue,
    help: "A run: its model and fields, as in siren,hidden=128 or asmr,bases=4,4,4,8. May be given up to 8 times; the other options hold for every run whose model has them.",
    completion: .list(ModelKind.allCases.map(\.rawValue)))
  var runs: [String] = []

  @Flag(help: "Five runs: ASMR, SIREN, KiloNeRF, LoE and a hash grid at comparable numbers of parameters.")
  var race = false

  /// Runs as they were asked for, before the picture is known.
  struct Asked {
    /// Each with the words that a fault of it begins with; nil for the plain options' run.
    fileprivate var runs: [(words: String?, configuration: RunConfiguration)]
    /// How many of the first are the race's.
    fileprivate var raceCount = 0

    /// The runs for a picture, resolved, and what is to be said of their sizes.
    ///
    /// - Throws: what does not fit the picture, and which run that is.
    func resolved(shape: [Int], channels: Int) throws(ConfigurationError) -> (runs: [RunConfiguration], note: String?) {
      var configurations: [RunConfiguration] = []
      for (words, open) in runs {
        do throws(ConfigurationError) {
          _ = try open.modelConfiguration(shape: shape).cost(shape: shape, channels: channels)
          configurations.append(try open.resolved(shape: shape))
        } catch {
          throw ConfigurationError((words.map { $0 + ": " } ?? "") + error.description)
        }
      }
      guard raceCount > 0 else { return (configurations, nil) }
      let race = try RaceSizes(runs.prefix(raceCount).map(\.configuration), shape: shape, channels: channels)
      return (race.runs + configurations.dropFirst(raceCount), note(of: race))
    }

    private func note(of race: RaceSizes) -> String? {
      let range = "\(NumberText.grouped(race.parameters.lowerBound)) to \(NumberText.grouped(race.parameters.upperBound))"
      guard race.isComparable else { return "race: parameters do not compare, \(range)" }
      guard !race.adapted.isEmpty else { return nil }
      return "race: \(race.adapted.joined(separator: ", ")), so that parameters compare (\(range))"
    }
  }

  /// The runs to open: those that are named, or the one of the plain options.
  ///
  /// - Parameter standard: fields that hold for every run whose model has them, where nothing else says so.
  func asked(_ options: RunOptions, standard: [(name: String, text: String)] = []) throws(ConfigurationError) -> Asked {
    let specifications = (race ? RunSpecification.race.map { (words: "--race, \($0)", text: $0) } : []) + runs.map { ("--run \($0)", $0) }
    guard !specifications.isEmpty else { return Asked(runs: [(nil, try options.configuration(standard: standard))]) }
    guard specifications.count <= 8 else {
      throw ConfigurationError("--run: found \(specifications.count) runs; allowed are up to 8")
    }
    let given = options.given
    if given.contains(where: { $0.name == "model" }) {
      throw ConfigurationError("--model: found beside --run or --race, which name models themselves; allowed is one of the two")
    }
    // Read once by itself, so that a fault names the option.
    _ = try options.configuration()
    var asked = Asked(runs: [], raceCount: race ? RunSpecification.race.count : 0)
    for (words, text) in specifications {
      do throws(ConfigurationError) {
        asked.runs.append((words, try RunSpecification.configuration(text, given: standard.filter { $0.name != "model" } + given)))
      } catch {
        throw ConfigurationError("\(words): \(error)")
      }
    }
    for (name, _) in given where !asked.runs.contains(where: { RunField.named(name)?.models.contains($0.configuration.model) == true }) {
      throw ConfigurationError("--\(name): found with runs of which none has it; allowed are options of their models")
    }
    return asked
  }
}
