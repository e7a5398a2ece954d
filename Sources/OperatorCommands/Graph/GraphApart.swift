import Corpus
import JSONText

struct GraphApart: Verb {
    static let spec = CommandSpec(
        path: ["graph", "apart"], summary: "Says that two entities are not one; holds against whatever is computed later",
        positionals: [.init(name: "ENTITY", help: "its number, or a name"), .init(name: "OTHER", help: "another's")],
        options: [.job, .tenant, .value("reason", "TEXT", "why, for whoever asks later")],
        examples: ["graph apart 42 77 --reason 'father and son'"])

    private let arguments: Arguments
    private let reason: String

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        guard let reason = arguments.text("reason"), !reason.isEmpty else {
            throw .usage("'graph apart' needs --reason: it is kept for good")
        }
        self.reason = reason
    }

    func run(_ context: CommandContext) async throws -> Output {
        let selection = try context.selection(self.arguments)
        let left = try await context.entity(self.arguments.positionals[0], selection)
        let right = try await context.entity(self.arguments.positionals[1], selection)
        _ = try await context.decided { store in
            try await store.keepApart(left.entity.id, right.entity.id, actor: context.actor, reason: self.reason)
            return left.entity.id
        }
        await Audit.note(
            context, action: "graph.apart", target: "\(left.entity.id)", detail: ["other": "\(right.entity.id)", "reason": self.reason])
        var output = Output("EntitiesApart", ["left": left.entity.json, "right": right.entity.json])
        output.note(left, right)
        output.line("two for good: \(left.entity.id)  \(left.entity.name) and \(right.entity.id)  \(right.entity.name)")
        return output
    }
}
