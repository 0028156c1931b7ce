import ArgumentParser
import Networks
import Training

/// Several runs at once.
struct RaceOptions: ParsableArguments {
  @Option(
    name: .customLong("run"), parsing: .unconditionalSingleValue,
    help: "A run: its model and fields, as in siren,hidden=128 or asmr,bases=4,4,4,8. May be given up to 8 times; the other options hold for every run whose model has them.")
  var runs: [String] = []

  @Flag(help: "Five runs: ASMR, SIREN, KiloNeRF, LoE and a hash grid at comparable numbers of parameters.")
  var race = false

  /// The runs to open: those that are named, or the one of the plain options.
  func configurations(_ options: RunOptions) throws(ConfigurationError) -> [RunConfiguration] {
    let specifications = (race ? RunSpecification.race : []) + runs
    guard !specifications.isEmpty else { return [try options.configuration()] }
    guard specifications.count <= 8 else {
      throw ConfigurationError("--run: found \(specifications.count) runs; allowed are up to 8")
    }
    let given = options.given
    if given.contains(where: { $0.name == "model" }) {
      throw ConfigurationError("--model: found beside --run or --race, which name models themselves; allowed is one of the two")
    }
    // Read once by itself, so that a fault names the option.
    _ = try options.configuration()
    let configurations = try specifications.map { specification throws(ConfigurationError) in
      try RunSpecification.configuration(specification, given: given)
    }
    for (name, _) in given where !configurations.contains(where: { RunField.named(name)?.models.contains($0.model) == true }) {
      throw ConfigurationError("--\(name): found with runs of which none has it; allowed are options of their models")
    }
    return configurations
  }
}
