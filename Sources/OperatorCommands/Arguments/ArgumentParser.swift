/// Reads the words after a verb's name. A pure function of the declaration.
///
/// `--name value` and `--name=value` are the same; `--` ends the options; `-y` is a declared short form; options may stand anywhere.
enum ArgumentParser {
    static func parse(_ words: [String], for spec: CommandSpec) throws(CommandError) -> Arguments {
        var arguments = Arguments()
        var index = 0
        var optionsEnded = false
        while index < words.count {
            let word = words[index]
            index += 1
            if optionsEnded || word == "-" || !word.hasPrefix("-") {
                arguments.positionals.append(word)
            } else if word == "--" {
                optionsEnded = true
            } else {
                try self.option(word, words, &index, spec, &arguments)
            }
        }
        // Help wins over whatever else is missing.
        if !arguments.has("help") { try self.check(arguments, spec) }
        return arguments
    }

    private static func option(
        _ word: String, _ words: [String], _ index: inout Int, _ spec: CommandSpec, _ arguments: inout Arguments
    ) throws(CommandError) {
        let equals = word.firstIndex(of: "=")
        let given = String(word[..<(equals ?? word.endIndex)])
        guard let option = self.find(given, spec) else {
            let known = spec.allOptions.map { "--\($0.name)" }
            throw .usage("'\(spec.name)' has no option \(given)" + Suggestion.sentence(given, among: known))
        }
        let value: String
        switch (option.value, equals) {
        case (nil, nil): value = ""
        case (nil, .some): throw .usage("--\(option.name) takes no value")
        case (.some, .some(let equals)): value = String(word[word.index(after: equals)...])
        case (.some(let placeholder), nil):
            guard index < words.count else { throw .usage("--\(option.name) needs a value: --\(option.name) \(placeholder)") }
            // A value that looks like an option is most often a forgotten value; `--name=--value` says what is meant.
            if words[index].hasPrefix("--"), words[index].count > 2, self.find(words[index].prefix { $0 != "=" }, spec) != nil {
                throw .usage("--\(option.name) needs a value: --\(option.name) \(placeholder)")
            }
            value = words[index]
            index += 1
        }
        if option.value != nil, !option.repeats, arguments.values[option.name] != nil {
            throw .usage("--\(option.name) was given twice")
        }
        arguments.values[option.name, default: []].append(value)
    }

    private static func find(_ given: some StringProtocol, _ spec: CommandSpec) -> CommandSpec.Option? {
        if given.hasPrefix("--") { return spec.allOptions.first { $0.name == given.dropFirst(2) } }
        guard given.count == 2, let letter = given.last else { return nil }
        return spec.allOptions.first { $0.short == letter }
    }

    private static func check(_ arguments: Arguments, _ spec: CommandSpec) throws(CommandError) {
        let required = spec.positionals.prefix { !$0.isOptional }
        if arguments.positionals.count < required.count {
            throw .usage("'\(spec.name)' needs \(spec.positionals[arguments.positionals.count].name)")
        }
        if arguments.positionals.count > spec.positionals.count, spec.positionals.last?.repeats != true {
            throw .usage("'\(spec.name)' does not take '\(arguments.positionals[spec.positionals.count])'")
        }
        if arguments.positionals.contains("") { throw .usage("an argument of '\(spec.name)' is empty") }
        if let color = arguments.text("color"), ColorChoice(rawValue: color) == nil {
            throw .usage("--color must be auto, always or never, not '\(color)'")
        }
    }
}

/// When output is coloured.
enum ColorChoice: String, Sendable { case auto, always, never }
