/// Help pages, made from the declarations.
enum HelpText {
    static func page(_ spec: CommandSpec) -> String {
        var usage = "usage: flotilla \(spec.name)"
        for positional in spec.positionals {
            let shown = positional.name + (positional.repeats ? "…" : "")
            usage += positional.isOptional ? " [\(shown)]" : " \(shown)"
        }
        usage += " [options]"
        var text = "\(spec.summary)\n\n\(usage)\n"
        if !spec.positionals.isEmpty { text += "\n" + self.columns(spec.positionals.map { ($0.name, $0.help) }) }
        text += "\noptions:\n" + self.columns(spec.allOptions.map { (self.shown($0), $0.help) })
        if !spec.notes.isEmpty { text += "\n\(spec.notes)\n" }
        text += "\nexamples:\n" + spec.examples.map { "  flotilla \($0)\n" }.joined()
        return text
    }

    /// The page of a group of verbs; of the whole program if `prefix` is empty.
    static func overview(_ specs: [CommandSpec], under prefix: [String]) -> String {
        let members = specs.filter { $0.path.starts(with: prefix) }
        var text =
            prefix.isEmpty
            ? "Operates a Flotilla fleet: queues, jobs, documents, dead letters.\n\nusage: flotilla VERB [arguments] [options]\n\n"
            : "usage: flotilla \(prefix.joined(separator: " ")) VERB [arguments] [options]\n\n"
        text += self.columns(members.map { ($0.name, $0.summary) })
        if prefix.isEmpty { text += "\n" + self.exitCodes }
        text += "\n'flotilla VERB --help' shows the options and examples of a verb.\n"
        return text
    }

    static let exitCodes = """
        exit status: 0 done · 1 failed · 2 wrong usage or configuration · 3 not found · 4 conflict, or --yes is missing · 5 unauthorised
          6 Redis or PostgreSQL unavailable · 7 done in part · 124 timed out · 130 interrupted

        Settings come from the environment (REDIS_URL, DATABASE_URL, STORAGE_ROOT …): flotilla config show.

        """

    private static func shown(_ option: CommandSpec.Option) -> String {
        let short = option.short.map { "-\($0), " } ?? "    "
        return short + "--\(option.name)" + (option.value.map { " \($0)" } ?? "")
    }

    private static func columns(_ rows: [(String, String)]) -> String {
        let width = min(30, rows.map { $0.0.count }.max() ?? 0)
        return rows.map { left, right in
            left.count > width
                ? "  \(left)\n  \(String(repeating: " ", count: width))  \(right)\n"
                : "  \(left)\(String(repeating: " ", count: width - left.count))  \(right)\n"
        }.joined()
    }
}
