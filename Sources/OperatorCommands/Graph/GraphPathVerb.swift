import Corpus
import JSONText

struct GraphPathVerb: Verb {
    static let spec = CommandSpec(
        path: ["graph", "path"], summary: "Shows how two entities hang together, with the evidence for each step",
        positionals: [.init(name: "FROM", help: "an entity's number, or a name"), .init(name: "TO", help: "another's")],
        options: [.job, .tenant, .value("steps", "N", "at most so many, 1 to 8 (default 6)")],
        examples: ["graph path 'Ada Lovelace' London", "graph path 42 77 --steps 3"])

    private let arguments: Arguments
    private let steps: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.steps = try arguments.number("steps", in: 1...8) ?? 6
    }

    func run(_ context: CommandContext) async throws -> Output {
        let store = try context.graph()
        let selection = try context.selection(self.arguments)
        let ends = (
            try await context.entity(self.arguments.positionals[0], selection),
            try await context.entity(self.arguments.positionals[1], selection)
        )
        let (from, to) = (ends.0.entity, ends.1.entity)
        guard from.id != to.id else { throw CommandError.usage("both are entity \(from.id), \(from.name)") }
        guard let path = try await store.path(from: from.id, to: to.id, maximumSteps: self.steps) else {
            throw CommandError.notFound(
                "\(from.name) (\(from.id)) and \(to.name) (\(to.id)) do not hang together within \(self.steps) steps")
        }
        var output = Output("GraphPath", ["entities": .array(path.entities.map(\.json)), "cost": .number(path.cost)])
        output.note(ends.0, ends.1)
        var steps: [JSONValue] = []
        for (index, relation) in path.relations.enumerated() {
            let evidence = try await store.evidence(for: relation, limit: 2)
            let (left, right) = (path.entities[index], path.entities[index + 1])
            let (source, target) = relation.source == left.id ? (left, right) : (right, left)
            output.heading("\(index + 1). \(source.name) \(relation.words) \(target.name)")
            for one in evidence { output.line("   \(one.place.cited): \(one.place.snippet)") }
            steps.append(["relation": relation.json, "evidence": .array(evidence.map(\.json))])
        }
        output.set("steps", .array(steps))
        return output
    }
}
