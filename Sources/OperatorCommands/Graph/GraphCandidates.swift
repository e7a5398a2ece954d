import Corpus
import JSONText

struct GraphCandidates: Verb {
    static let spec = CommandSpec(
        path: ["graph", "candidates"], summary: "Lists pairs of entities that may be one, for somebody to decide",
        options: [.job, .tenant, .limit], examples: ["graph candidates --job invoices-7"],
        notes: "flotilla graph merge says that a pair is one, flotilla graph apart that it is not.")

    private let arguments: Arguments
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit()
    }

    func run(_ context: CommandContext) async throws -> Output {
        let candidates = try await context.graph().candidates(context.selection(self.arguments), limit: self.limit)
        var output = Output("EntityCandidates")
        output.set(
            "candidates",
            .array(candidates.map { ["left": $0.left.json, "right": $0.right.json, "score": .number($0.score)] }))
        var table = Table(
            [.right("SCORE"), .right("ID"), .flexible("NAME"), .right("ID"), .flexible("NAME"), .left("TYPE")], empty: "nothing to decide")
        for pair in candidates {
            table.rows.append([
                "\(Double(Int(pair.score * 100)) / 100)", "\(pair.left.id)", pair.left.name, "\(pair.right.id)", pair.right.name,
                pair.left.type,
            ])
        }
        output.table(table)
        try await context.noteWaiting(&output)
        return output
    }
}
