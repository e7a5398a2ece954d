/// One thing an operator can ask for.
protocol Verb: Sendable {
    static var spec: CommandSpec { get }
    /// - Throws: `.usage` for values that cannot be meant.
    init(_ arguments: Arguments) throws(CommandError)
    func run(_ context: CommandContext) async throws -> Output
}
