import Corpus
import JSONText

struct GraphMerge: Verb {
    static let spec = CommandSpec(
        path: ["graph", "merge"], summary: "Says that entities are one; holds against whatever is computed later",
        positionals: [
            .init(name: "ENTITY", help: "its number, or a name"), .init(name: "OTHER", help: "those that are the same", repeats: true),
        ], options: [.job, .tenant, .value("reason", "TEXT", "why, for whoever asks later")],
        examples: ["graph merge 42 77 --reason 'maiden name'"])

    private let arguments: Arguments
    private let reason: String

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        guard let reason = arguments.text("reason"), !reason.isEmpty else {
            throw .usage("'graph merge' needs --reason: it is kept for good")
        }
        self.reason = reason
    }

    func run(_ context: CommandContext) async throws -> Output {
        let selection = try context.selection(self.arguments)
        var picked: [PickedEntity] = []
        for name in self.arguments.positionals { picked.append(try await context.entity(name, selection)) }
        let ids = picked.map(\.entity.id)
        let merged = try await context.decided { try await $0.merge(ids, actor: context.actor, reason: self.reason) }
        await Audit.note(
            context, action: "graph.merge", target: "\(merged.entity.id)",
            detail: ["entities": ids.map { "\($0)" }.joined(separator: " "), "reason": self.reason])
        var output = Output("EntityMerge", ["entity": merged.entity.json, "merged": .array(ids.map { .integer($0) })])
        output.messages += picked.compactMap(\.note)
        output.line("one entity now: \(merged.entity.id)  \(merged.entity.name)")
        return output
    }
}

extension CommandContext {
    /// Carries out a person's decision and returns the entity that it speaks of.
    func decided(_ decide: (any GraphStore) async throws -> Int64) async throws -> EntityRecord {
        let store = try self.graph()
        do {
            let id = try await decide(store)
            guard let record = try await store.entity(id) else { throw CommandError.notFound("entity \(id) is gone already") }
            return record
        } catch let error as GraphError {
            throw error.code == .notFound ? CommandError.notFound(error.description) : CommandError.conflict(error.description)
        }
    }
}
