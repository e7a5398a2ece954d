import JSONText

struct Completion: Verb {
    static let spec = CommandSpec(
        path: ["completion"], summary: "Prints the completion script of a shell",
        positionals: [.init(name: "bash|zsh|fish", help: "the shell")],
        examples: ["completion bash > /usr/share/bash-completion/completions/flotilla", "completion fish"])

    private enum Shell: String { case bash, zsh, fish }
    private let shell: Shell

    init(_ arguments: Arguments) throws(CommandError) {
        guard let shell = Shell(rawValue: arguments.positionals[0]) else {
            throw .usage("there is no completion for '\(arguments.positionals[0])'; there are bash, zsh, fish")
        }
        self.shell = shell
    }

    func run(_ context: CommandContext) async throws -> Output {
        let specs = CommandTree.verbs.map { $0.spec }
        let script =
            switch self.shell {
            case .bash: Self.bash(specs)
            // zsh reads bash's completions.
            case .zsh: "#compdef flotilla\nautoload -U +X bashcompinit && bashcompinit\n" + Self.bash(specs)
            case .fish: Self.fish(specs)
            }
        var output = Output("Completion", ["shell": .string(self.shell.rawValue), "script": .string(script)])
        output.blocks = [.text(script)]
        return output
    }

    private static func firstWords(_ specs: [CommandSpec]) -> [String] {
        var seen: Set<String> = []
        return specs.map { $0.path[0] }.filter { seen.insert($0).inserted } + ["help"]
    }

    private static func bash(_ specs: [CommandSpec]) -> String {
        var cases = ""
        for spec in specs {
            cases += "        \"\(spec.name)\"*) words=\"\(spec.allOptions.map { "--\($0.name)" }.joined(separator: " "))\" ;;\n"
        }
        for group in self.firstWords(specs) {
            let second = specs.filter { $0.path[0] == group && $0.path.count > 1 }.map { $0.path[1] }
            if !second.isEmpty { cases += "        \"\(group)\"*) words=\"\(second.joined(separator: " "))\" ;;\n" }
        }
        return """
            _flotilla() {
                local current=${COMP_WORDS[COMP_CWORD]} line="${COMP_WORDS[*]:1:COMP_CWORD-1} " words
                case "$line" in
            \(cases)        *) words="\(self.firstWords(specs).joined(separator: " "))" ;;
                esac
                case "$current" in
                -*|'') ;;
                *) if [ -e "$current" ] || compgen -f -- "$current" > /dev/null; then COMPREPLY=($(compgen -f -- "$current")); fi ;;
                esac
                COMPREPLY+=($(compgen -W "$words" -- "$current"))
            }
            complete -o filenames -F _flotilla flotilla

            """
    }

    private static func fish(_ specs: [CommandSpec]) -> String {
        var script = ""
        for word in self.firstWords(specs) { script += "complete -c flotilla -n __fish_use_subcommand -f -a \(word)\n" }
        for spec in specs {
            if spec.path.count > 1 {
                script +=
                    "complete -c flotilla -n '__fish_seen_subcommand_from \(spec.path[0])' -f -a \(spec.path[1]) -d '\(self.quoted(spec.summary))'\n"
            }
            let condition = spec.path.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ")
            for option in spec.allOptions {
                let short = option.short.map { " -s \($0)" } ?? ""
                script +=
                    "complete -c flotilla -n '\(condition)' -l \(option.name)\(short)\(option.value == nil ? "" : " -r") -d '\(self.quoted(option.help))'\n"
            }
        }
        return script
    }

    private static func quoted(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
    }
}
