import Networks

/// A run in one word, as `--run` takes it: `siren,hidden=128,lr=1e-3`, `asmr,bases=4,4,4,8`.
public enum RunSpecification {
  /// The model and what is said of it. A comma begins a new field only before `name=`, so that lists need no quotes.
  ///
  /// - Throws: an unknown model or field, in one line.
  public static func fields(_ text: String) throws(ConfigurationError) -> (model: ModelKind, fields: [(name: String, text: String)]) {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let model = ModelKind(rawValue: words[0]) else {
      throw ConfigurationError(
        "found '\(words[0])'; allowed are \(ModelKind.allCases.map(\.rawValue).joined(separator: ", ")), "
          + "then fields as in siren,hidden=128")
    }
    var fields: [(name: String, text: String)] = []
    for word in words.dropFirst() {
      if let (name, value) = assignment(word) {
        guard name != "model", RunField.named(name) != nil else {
          let known = RunField.all.filter { $0.models.contains(model) && $0.name != "model" }.map(\.name)
          throw ConfigurationError("found '\(name)'; allowed are \(known.joined(separator: ", "))")
        }
        guard !fields.contains(where: { $0.name == name }) else {
          throw ConfigurationError("\(name) is given twice; allowed is once")
        }
        fields.append((name, value))
      } else {
        guard !fields.isEmpty else {
          throw ConfigurationError("found '\(word)'; allowed are fields as in siren,hidden=128")
        }
        fields[fields.count - 1].text += "," + word
      }
    }
    return (model, fields)
  }

  /// `name=value`, the name of letters, digits, dashes and underscores.
  private static func assignment(_ word: String) -> (String, String)? {
    guard let sign = word.firstIndex(of: "=") else { return nil }
    let name = word[..<sign]
    guard !name.isEmpty, name.allSatisfy({ $0 == "-" || $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }) else { return nil }
    return (String(name), String(word[word.index(after: sign)...]))
  }

  /// The run of a specification; `given` are options said for all runs, of which it takes those that its model has.
  public static func configuration(
    _ text: String, given: [(name: String, text: String)] = []
  ) throws(ConfigurationError) -> RunConfiguration {
    let (model, fields) = try fields(text)
    var configuration = RunConfiguration()
    configuration.model = model
    for (name, value) in given where RunField.named(name)?.models.contains(model) == true {
      try RunField.named(name)?.set(value, in: &configuration)
    }
    for (name, value) in fields {
      try RunField.named(name)?.set(value, in: &configuration)
    }
    return configuration
  }

  /// The five models of the paper at comparable numbers of parameters, 126,049 to 250,112 on a grey picture of 512×512:
  /// table 2's rows, and the hash grid.
  public static let race = ["asmr", "siren", "kilonerf", "loe", "hashgrid"]
}
