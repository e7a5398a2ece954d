import Flotilla
import FlotillaDaemon
import Threading

/// The `flotilla` command: finds the verb, runs it, prints what it returns.
public struct OperatorCommandLine: Sendable {
    private let environment: [String: String]
    private let terminal: any Terminal
    private let now: @Sendable () -> Int64
    private let makeFleet: @Sendable (Settings) throws -> any Fleet

    public init(environment: [String: String], terminal: any Terminal) {
        self.init(environment: environment, terminal: terminal, now: { WallClock.microseconds }) { try LiveFleet($0) }
    }

    init(
        environment: [String: String], terminal: any Terminal, now: @escaping @Sendable () -> Int64,
        makeFleet: @escaping @Sendable (Settings) throws -> any Fleet
    ) {
        self.environment = environment
        self.terminal = terminal
        self.now = now
        self.makeFleet = makeFleet
    }

    /// Runs one command. Cancelling the task interrupts it between two steps, each of which is whole.
    ///
    /// - Parameter words: the arguments without the program's name.
    public func run(_ words: [String]) async -> ExitCode {
        let isJSON = words.contains("--json")
        var printer = Printer(terminal: self.terminal, isJSON: isJSON, hasColor: false)
        do {
            guard let (verb, rest) = try self.find(words, printer) else { return .success }
            let arguments = try ArgumentParser.parse(rest, for: verb.spec)
            if arguments.has("help") {
                self.terminal.writeOutput(Array(HelpText.page(verb.spec).utf8))
                return .success
            }
            printer = Printer(terminal: self.terminal, isJSON: arguments.has("json"), hasColor: self.hasColor(arguments))
            let context = CommandContext(
                environment: self.environment, terminal: self.terminal, printer: printer, now: self.now(), makeFleet: self.makeFleet)
            let result: Result<Output, any Error>
            do {
                let output = try await verb.init(arguments).run(context)
                result = .success(output)
            } catch {
                result = .failure(error)
            }
            await context.close()
            let output = try result.get()
            printer.print(output)
            return output.exit
        } catch {
            // What a cancelled task meets on its way out is not its story.
            let error = Task.isCancelled ? CommandError(.interrupted, "interrupted") : CommandError(error)
            printer.report(error)
            return error.exit
        }
    }

    /// How long the command of these words may take to end once its task is cancelled.
    public static func stopGrace(of words: [String]) -> Duration {
        let name = self.splitLeadingOptions(words).rest.prefix { !$0.hasPrefix("-") }
        return CommandTree.verbs.first { name.starts(with: $0.spec.path) }?.stopGrace ?? .seconds(2)
    }

    private func hasColor(_ arguments: Arguments) -> Bool {
        switch arguments.text("color").flatMap(ColorChoice.init(rawValue:)) ?? .auto {
        case .always: true
        case .never: false
        case .auto:
            self.terminal.width != nil && (self.environment["NO_COLOR"] ?? "").isEmpty && self.environment["TERM"] != "dumb"
        }
    }

    /// The verb that the words name, and the words after it. Nil when help was all that was asked for, and printed.
    private func find(_ words: [String], _ printer: Printer) throws(CommandError) -> (verb: any Verb.Type, rest: [String])? {
        var (words, leading) = Self.splitLeadingOptions(words)
        if leading.contains("--version") { words = ["version"] }
        let verbs = CommandTree.verbs
        let asksForHelp = leading.contains("--help") || leading.contains("-h")
        if words.first == "help" { return try self.find(Array(words.dropFirst()) + ["--help"], printer) }
        let name = words.prefix { !$0.hasPrefix("-") }
        for length in stride(from: min(2, name.count), through: 1, by: -1) {
            guard let verb = verbs.first(where: { $0.spec.path == Array(name.prefix(length)) }) else { continue }
            return (verb, Array(words.dropFirst(length)) + leading)
        }
        let specs = verbs.map { $0.spec }
        guard let first = name.first else {
            self.terminal.writeOutput(Array(HelpText.overview(specs, under: []).utf8))
            if asksForHelp || words.contains("--help") || words.contains("-h") { return nil }
            throw .usage("a verb is missing")
        }
        let members = specs.filter { $0.path[0] == first && $0.path.count > 1 }
        if members.isEmpty {
            throw .usage(
                "there is no verb '\(first)'" + Suggestion.sentence(first, among: Array(Set(specs.map { $0.path[0] })))
                    + "; try 'flotilla help'")
        }
        if name.count > 1 {
            let known = members.map { $0.path[1] }
            throw .usage(
                "there is no verb '\(first) \(name[1])'" + Suggestion.sentence(name[1], among: known) + "; there are "
                    + known.joined(separator: ", "))
        }
        let page = HelpText.overview(specs, under: [first])
        if asksForHelp || words.contains("--help") || words.contains("-h") {
            self.terminal.writeOutput(Array(page.utf8))
            return nil
        }
        throw .usage("'\(first)' needs a verb:\n\(page)")
    }

    /// `flotilla --json queue list` means `flotilla queue list --json`.
    private static func splitLeadingOptions(_ words: [String]) -> (rest: [String], options: [String]) {
        var options: [String] = []
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-") {
            options.append(word)
            rest = rest.dropFirst()
            if word == "--color", let value = rest.first {
                options.append(value)
                rest = rest.dropFirst()
            }
        }
        return (Array(rest), options)
    }
}
