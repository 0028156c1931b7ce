import Foundation
import Testing

/// Completions, asked for in the shells themselves.
@Suite(.serialized) struct CompletionTests {
  private static func has(_ tool: String) -> Bool { (try? Shell.run("command -v \(tool)"))?.status == 0 }

  /// A folder with pictures, a session's name and the shell's script; its program is in PATH.
  private final class Place {
    let folder: TemporaryFolder
    let environment: [String: String]

    init(_ shell: String, file: String) throws {
      folder = try TemporaryFolder()
      _ = try folder.picture(8, 8, name: "one.pgm")
      _ = try folder.write([], "other.txt")
      for name in ["bin", "state/asmr-tui"] {
        try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
      }
      _ = try folder.write([], "state/asmr-tui/waves.session")
      try FileManager.default.createSymbolicLink(atPath: folder.path("bin/asmr-tui"), withDestinationPath: try #require(Program.path))
      let script = try Program.run(["completions", shell])
      #expect(script.status == 0 && script.error.isEmpty)
      _ = try folder.write(script.output, file)
      environment = [
        "XDG_STATE_HOME": folder.path("state"), "HOME": folder.path(""), "LANG": "C.UTF-8", "TERM": "xterm",
        "PATH": folder.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
      ]
    }

    /// What a shell's own program prints, a line each.
    func lines(_ shell: String, _ script: String) throws -> [String] {
      let file = try folder.write(Array(script.utf8), "script")
      let result = try Shell.run("cd '\(folder.path(""))' && \(shell) '\(file)'", environment: environment)
      #expect(result.error.isEmpty, "\(result.error)")
      return result.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// A line, and what it is completed to: the words of which one may come next.
  private static let cases: [(line: String, words: Set<String>)] = [
    ("asmr-tui --model ", ["asmr", "siren", "kilonerf", "loe", "hashgrid"]),
    ("asmr-tui train one.pgm --model h", ["hashgrid"]),
    ("asmr-tui train one.pgm --variant ", ["paper", "published"]),
    ("asmr-tui one.pgm --preset ", ["live", "paper"]),
    ("asmr-tui one.pgm --hidden 64 --theme no", ["nord"]),
    ("asmr-tui --view f", ["features"]),
    ("asmr-tui one.pgm --thr", ["--threads"]),
    ("asmr-tui o", ["one.pgm"]),
    ("asmr-tui train o", ["one.pgm"]),
    ("asmr-tui rep", ["report"]),
    ("asmr-tui --resume w", ["waves"]),
    ("asmr-tui report w", ["waves"]),
  ]

  @Test("bash", .enabled(if: has("bash"), "skipped: no bash"))
  func bash() throws {
    let place = try Place("bash", file: "completions")
    // As readline does it: words and cursor are set, the function that was registered is called.
    let script = """
      source ./completions
      function=$(complete -p asmr-tui | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      complete_line() {
        COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
        read -ra COMP_WORDS <<<"$1"
        case $1 in *' ') COMP_WORDS+=('') ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "$function" asmr-tui "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        echo "${COMPREPLY[*]}"
      }

      """ + Self.cases.map { "complete_line '\($0.line)'" }.joined(separator: "\n")
    let lines = try place.lines("bash --norc", script)
    for (entry, line) in zip(Self.cases, lines) {
      #expect(Set(line.split(separator: " ").map(String.init)) == entry.words, "\(entry.line): \(line)")
    }
    #expect(lines.count > Self.cases.count)
  }

  @Test("fish", .enabled(if: has("fish"), "skipped: no fish"))
  func fish() throws {
    let place = try Place("fish", file: "completions.fish")
    // Names of sessions and themes come from the program, which fish runs only where somebody types.
    let cases = Self.cases.filter { !$0.line.contains("theme") && !$0.words.contains("waves") }
    let script = "source completions.fish\n"
      + cases.map { "complete -C '\($0.line)' | cut -f 1 | string join ' '; echo" }.joined(separator: "\n")
    // A file that is no picture is offered last or not at all, and a help text may have several lines.
    for (entry, line) in zip(cases, try place.lines("fish -N", script).filter { !$0.isEmpty }) {
      let found = Set(line.split(separator: " ").map(String.init))
      #expect(found.isSuperset(of: entry.words), "\(entry.line): \(line)")
    }
  }

  @Test("zsh", .enabled(if: has("zsh"), "skipped: no zsh"))
  func zsh() throws {
    let place = try Place("zsh", file: "_asmr-tui")
    // A terminal of its own: tab completes, Control-X says what the line has become.
    let cases = Self.cases.filter { $0.words.count == 1 }
    let script = """
      zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z 'PS1=; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D
      say() { print -r -- "<$BUFFER>"; BUFFER=; }; zle -N say; bindkey "^X" say; print rea""dy'
      zpty -r z text '*ready*'
      complete_line() {
        zpty -w -n z "$1"$'\\t\\x18'
        zpty -r z text '*<*>*'
        print -r -- "${${text##*<}%%>*}"
      }

      """ + cases.map { "complete_line '\($0.line)'" }.joined(separator: "\n")
    let lines = try place.lines("zsh -f", script)
    for (entry, line) in zip(cases, lines) {
      let word = line.split(separator: " ").last.map(String.init)
      #expect(word == entry.words.first, "\(entry.line): \(line)")
    }
    #expect(lines.count > cases.count)
  }

  @Test("Other shells are refused")
  func refusal() throws {
    let result = try Program.run(["completions", "csh"])
    #expect(result.status == 64 && result.errorLines.count == 1 && result.error.contains("bash, zsh, fish"), "\(result.error)")
  }
}
