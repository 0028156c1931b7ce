import Explorer

/// The manual page in mdoc(7), made from the options as they are parsed and the key table as it is dispatched.
struct ManualPage {
  let reference: CommandReference

  var text: String {
    let program = reference.command
    let version = Program.configuration.version
    var lines = [
      ".Dd \(Program.date)", ".Dt ASMR-TUI 1", ".Os \"asmr-tui \(version)\"",
      ".Sh NAME", ".Nm \(program.commandName)", ".Nd watch coordinate networks learn a picture, in the terminal",
      ".Sh SYNOPSIS", ".Nm", ".Op Ar options", ".Ar picture", ".Nm", ".Fl -resume Op Ar name", ".Nm", ".Ar command",
      ".Op Ar options",
    ]
    lines += [".Sh DESCRIPTION"] + description
    lines += [".Sh COMMANDS", "Every command takes", ".Fl -help", "and", ".Fl -version ."]
    for command in reference.commands { lines += section(of: command) }
    lines += [".Sh OPTIONS OF RUNS", "Of the explorer,"] + commandsOfRuns + Self.list(reference.runOptions.map(item))
    lines += [".Sh KEYS"] + keys
    lines += [".Sh TYPED COMMANDS"] + typedCommands
    lines += [".Sh CONFIGURATION"] + configuration
    lines += Self.closing
    return lines.joined(separator: "\n") + "\n"
  }

  private var description: [String] {
    Self.paragraphs(
      """
      ASMR, SIREN, KiloNeRF, LoE and hash-grid networks learn a picture on background queues while you look, one alone or \
      several at once: the reconstructions form, PSNR rises, and beside it stands what each decibel costs.
      Without a command the explorer opens on a picture. \(reference.command.discussion ?? "")
      The terminal needs 60 columns and 16 rows. Pictures are drawn in its own pixels where it has the protocol of kitty or \
      sixel, else as characters.
      """)
  }

  // MARK: Commands

  /// The commands beside the explorer that have the options of runs, as an enumeration that ends with a colon.
  private var commandsOfRuns: [String] {
    let names = reference.commandsOfRuns.map(\.commandName).filter { $0 != "explore" }
    return names.dropLast().map { ".Cm \($0) ," } + ["and", ".Cm \(names.last ?? "") :"]
  }

  private func section(of command: CommandReference.Command) -> [String] {
    let own = reference.ownArguments(of: command)
    let lacking = reference.lackingRunOptions(of: command)
    let positional = own.filter { $0.kind == "positional" }
    var usage = ".Nm Cm \(command.commandName)"
    usage += own.contains { $0.kind != "positional" } || lacking != nil ? " Oo Ar options Oc" : ""
    usage += positional.map { $0.isOptional ? " Oo Ar \($0.valueName ?? "") Oc" : " Ar \($0.valueName ?? "")" }.joined()
    var lines = [".Ss \(command.commandName)", ".D1 \(usage.dropFirst())"]
    lines += Self.sentences([command.abstract, command.discussion].compactMap { $0 }.joined(separator: " "))
    if let lacking {
      lines += ["Takes the", ".Sx OPTIONS OF RUNS ,"]
      if !lacking.isEmpty { lines += ["but for"] + lacking.map { ".Fl -\($0) ," } }
      lines.append("and:")
    }
    return lines + Self.list(own.map(item))
  }

  private func item(_ argument: CommandReference.Argument) -> (tag: String, help: String) {
    let value = Self.escaped(argument.valueName ?? "")
    guard let name = argument.preferredName?.name, argument.kind != "positional" else { return ("Ar \(value)", argument.help) }
    switch argument.kind {
    case "flag": return ("Fl -\(name)", argument.help)
    default: return ("Fl -\(name) " + (argument.hasOptionalValue ? "Op Ar \(value)" : "Ar \(value)"), argument.help)
    }
  }

  // MARK: Keys

  private var keys: [String] {
    KeyReference.standard.sections.flatMap { section in
      [".Ss \(Self.escaped(section.title))"] + Self.list(section.lines.map { ("Ic \(Self.word($0.keys.joined(separator: ", ")))", "\($0.explanation) (\($0.name))") }, width: "S-tabx -compact")
    } + [".Ss Mouse"]
      + Self.sentences(
        "The mouse chooses tabs, runs, maps and columns to sort by, moves cursor, wipe and levels, zooms with the wheel and pans.")
  }

  private var typedCommands: [String] {
    Self.sentences(
      """
      A colon opens a line for them. Tab completes names and values, up and down bring back earlier lines. A line that does not do \
      stays, with what was found and what is allowed. The options of runs are commands, too, which change the run or say what it \
      has, and so is the name of every key.
      """)
      + Self.list(
        Reference.commands.map { ("Ic \(Self.word(":" + $0.name))" + ($0.argument.isEmpty ? "" : " \(Self.word($0.argument))"), $0.explanation) })
  }

  private var configuration: [String] {
    Self.sentences(
      """
      A TOML file. Options come before variables of the environment, and these before the file. All that is wrong with it is said \
      before the screen starts. Its commented defaults are what
      """) + [".Fl -default-config", "prints."]
      + Self.list(
        Reference.values.map { ("Ic \(Self.word($0.name))", "\($0.explanation) Allowed: \($0.allowed). Default: \($0.standard). In the environment: \($0.environment).") })
      + Self.sentences(
        """
        In the table keys a name of a key, as above, has a key, a list of them or an empty text for none, in keys.VIEW for one view \
        alone.
        """)
  }

  // MARK: mdoc

  /// A list of tagged paragraphs; none for no items.
  private static func list(_ items: [(tag: String, help: String)], width: String = "Ds") -> [String] {
    guard !items.isEmpty else { return [] }
    return [".Bl -tag -width \(width)"] + items.flatMap { [".It \($0.tag)"] + paragraphs($0.help, macro: ".br") } + [".El"]
  }

  /// A paragraph a line of the text.
  private static func paragraphs(_ text: String, macro: String = ".Pp") -> [String] {
    text.split(separator: "\n").enumerated().flatMap { index, line in (index > 0 ? [macro] : []) + sentences(String(line)) }
  }

  /// Lines as mdoc wants them: every sentence begins one, and none is longer than 80 bytes where words allow it.
  private static func sentences(_ text: String) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let (last, word) = (lines[lines.count - 1], escaped(String(word)))
      let beginsSentence = last.last == "." && (word.first?.isUppercase == true || word.first == "(")
      if beginsSentence || last.utf8.count + word.utf8.count > 78 {
        lines.append(word)
      } else {
        lines[lines.count - 1] += last.isEmpty ? word : " \(word)"
      }
    }
    return lines.filter { !$0.isEmpty }
  }

  /// Text that no formatter takes for something else: backslashes, lines that begin like a request, letters beyond ASCII.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "|": result += "\\(ba"
      case "-": result += "\\-"
      case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      }
    }
    return result.first == "." || result.first == "'" ? "\\&" + result : result
  }

  /// One argument of a macro, also where it is punctuation.
  private static func word(_ text: String) -> String {
    // What ends like a sentence would be taken for its punctuation.
    let ends = text.last.map { "!.,:;?".contains($0) } == true ? "\\&" : ""
    let text = escaped(text).replacing("\"", with: "\\(dq") + ends
    return text.contains(" ") ? "\"\\&\(text)\"" : "\\&\(text)"
  }
}
