import ArgumentParser
import Explorer
import Training

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a shell offers as values of options and arguments.
extension CompletionKind {
  static let pictures = files("pgm", "ppm", "pbm", "pnm", "pam", "png", "jpg", "jpeg")
  static let models = files("safetensors")
  static let json = files("json")
  static let reports = files("html")
  static let sessions = custom { _, _, _ in SessionStore(environment: ProcessInfo.processInfo.environment)?.names() ?? [] }
  static let themes = custom { _, _, typed in
    let folders = SettingsOptions.themeFolders(environment: ProcessInfo.processInfo.environment)
    return ((try? ThemeLibrary(folders: folders).load().themes.map(\.name)) ?? []) + themeFiles(beginning: typed)
  }

  /// Files of themes, and folders, in the folder that is being typed.
  private static func themeFiles(beginning typed: String) -> [String] {
    let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.sorted().compactMap { name in
      var isFolder = false
      guard !name.hasPrefix("."), FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder) else { return nil }
      return isFolder ? folder + name + "/" : name.hasSuffix(".theme") ? folder + name : nil
    }
  }

  /// Cameras write their endings in capitals.
  private static func files(_ endings: String...) -> CompletionKind { .file(extensions: endings + endings.map { $0.uppercased() }) }
}

/// Completions for a shell, as `make install` puts them in place.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the completions of a shell: bash, zsh or fish.", shouldDisplay: false)

  @Argument(
    help: "The shell: bash, zsh or fish.",
    transform: { try optionValue($0, allowed: "bash, zsh, fish", CompletionShell.init(rawValue:)) })
  var shell: CompletionShell

  func run() throws {
    let script = Program.completionScript(for: shell)
    let commands = try CommandReference.current().commands.map(\.commandName) + ["help"]
    switch shell {
    // It is sourced, never run.
    case .bash: print(script.drop { $0 != "\n" }.drop { $0.isNewline } + Self.bash(commands))
    case .zsh: print(Self.zsh(script, commands))
    default: print(script + Self.fish(commands))
    }
  }

  // The parser's own scripts do not know that a first word which is no subcommand is `explore`'s. They are asked a second
  // time, with that word put in.

  private static func bash(_ commands: [String]) -> String {
    """

    _asmr-tui_or_explore() {
        case "${COMP_WORDS[1]}" in
        \(commands.joined(separator: "|"))) [[ "${COMP_CWORD}" -gt 1 ]] && { _asmr-tui "${@}"; return; } ;;
        esac
        local -a first=()
        if [[ "${COMP_CWORD}" -eq 1 ]]; then
            _asmr-tui "${@}"
            first=("${COMPREPLY[@]}")
        fi
        COMP_LINE="${COMP_WORDS[0]} explore${COMP_LINE#*"${COMP_WORDS[0]}"}"
        COMP_POINT=$((COMP_POINT + 8))
        COMP_WORDS=("${COMP_WORDS[0]}" explore "${COMP_WORDS[@]:1}")
        COMP_CWORD=$((COMP_CWORD + 1))
        COMPREPLY=()
        _asmr-tui "${1}" "${2}" "${COMP_WORDS[COMP_CWORD-1]}"
        local word
        for word in "${first[@]}"; do
            [[ " ${COMPREPLY[*]} " = *" ${word} "* ]] || COMPREPLY+=("${word}")
        done
    }

    complete -o filenames -F _asmr-tui_or_explore asmr-tui
    """
  }

  private static func zsh(_ script: String, _ commands: [String]) -> String {
    // It is loaded by its name, so that name must be this function's from the first time on.
    let function = """
      _asmr-tui() {
          local -i ret=1
          if [[ "${CURRENT}" -eq 2 ]]; then
              _asmr-tui_command "${@}" && ret=0
          elif [[ "${words[2]}" = (\(commands.joined(separator: "|"))) ]]; then
              _asmr-tui_command "${@}"
              return
          fi
          words=("${words[1]}" explore "${(@)words[2,-1]}")
          ((CURRENT++))
          _asmr-tui_command "${@}" && ret=0
          return "${ret}"
      }

      _asmr-tui_command() {
      """
    return script.replacing("\n_asmr-tui() {", with: "\n" + function)
  }

  private static func fish(_ commands: [String]) -> String {
    """


    functions -q __asmr-tui_given_tokens; or functions -c __asmr-tui_tokens __asmr-tui_given_tokens
    functions -q __asmr-tui_offers_options; or functions -c __asmr-tui_should_offer_completions_for_flags_or_options __asmr-tui_offers_options
    functions -q __asmr-tui_offers_positional; or functions -c __asmr-tui_should_offer_completions_for_positional __asmr-tui_offers_positional

    function __asmr-tui_tokens
        set -l tokens (__asmr-tui_given_tokens $argv)
        if contains -- -pc $argv
            if set -q __asmr_tui_explores; or begin; set -q tokens[2]; and not contains -- $tokens[2] \(commands.joined(separator: " ")); end
                set tokens $tokens[1] explore $tokens[2..]
            end
        end
        printf '%s\\n' $tokens
    end

    function __asmr-tui_as_explore
        if test (count (__asmr-tui_given_tokens -pc)) -ne 1
            return 1
        end
        set -g __asmr_tui_explores yes
        $argv
        set -l answer $status
        set -e __asmr_tui_explores
        return $answer
    end

    function __asmr-tui_should_offer_completions_for_flags_or_options
        __asmr-tui_offers_options $argv; or __asmr-tui_as_explore __asmr-tui_offers_options $argv
    end

    function __asmr-tui_should_offer_completions_for_positional
        __asmr-tui_offers_positional $argv; or __asmr-tui_as_explore __asmr-tui_offers_positional $argv
    end
    """
  }
}
