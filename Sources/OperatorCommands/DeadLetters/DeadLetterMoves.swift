private let identifiers = CommandSpec.Positional(name: "ID", help: "ids from 'dlq list'", isOptional: true, repeats: true)

struct DeadLetterRequeue: Verb {
    static let spec = CommandSpec(
        path: ["dlq", "requeue"], summary: "Puts dead letters back into their queues, with a fresh count of attempts",
        positionals: [identifiers], options: LetterSelection.options,
        examples: [
            "dlq requeue 01JD3YB1GQ8E5Z0V7M4N2K6RTX", "dlq requeue --filter 'fp:9f2a41c07b1e' --dry-run",
            "dlq requeue --filter 'reason:attempts_spent after:2h' --rate 20/s --yes",
        ], notes: LetterFilter.help)

    private let selection: LetterSelection

    init(_ arguments: Arguments) throws(CommandError) { self.selection = try LetterSelection(arguments, .requeue) }

    func run(_ context: CommandContext) async throws -> Output { try await self.selection.apply(context) }
}

struct DeadLetterDiscard: Verb {
    static let spec = CommandSpec(
        path: ["dlq", "discard"], summary: "Removes dead letters for good; their history stays in PostgreSQL",
        positionals: [identifiers], options: LetterSelection.options,
        examples: ["dlq discard 01JD3YB1GQ8E5Z0V7M4N2K6RTX", "dlq discard --filter 'file:*.tmp before:7d' --yes"], notes: LetterFilter.help)

    private let selection: LetterSelection

    init(_ arguments: Arguments) throws(CommandError) { self.selection = try LetterSelection(arguments, .discard) }

    func run(_ context: CommandContext) async throws -> Output { try await self.selection.apply(context) }
}

struct DeadLetterPurge: Verb {
    static let spec = CommandSpec(
        path: ["dlq", "purge"], summary: "Removes every dead letter, or those that a filter fits; their history stays in PostgreSQL",
        options: LetterSelection.options, examples: ["dlq purge --dry-run", "dlq purge --filter before:30d --yes"], notes: LetterFilter.help
    )

    private let selection: LetterSelection

    init(_ arguments: Arguments) throws(CommandError) {
        self.selection = try LetterSelection(arguments, .discard, takesEverything: true)
    }

    func run(_ context: CommandContext) async throws -> Output { try await self.selection.apply(context) }
}
