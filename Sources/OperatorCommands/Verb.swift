/// One thing an operator can ask for.
protocol Verb: Sendable {
    static var spec: CommandSpec { get }
    /// - Throws: `.usage` for values that cannot be meant.
    init(_ arguments: Arguments) throws(CommandError)
    func run(_ context: CommandContext) async throws -> Output
    /// How long it may take to end when it is interrupted. After that the process ends where it stands.
    static var stopGrace: Duration { get }
}

extension Verb {
    /// A step or two.
    static var stopGrace: Duration { .seconds(2) }
}
