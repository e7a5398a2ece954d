import Corpus
import JSONText

struct GraphEntity: Verb {
    static let spec = CommandSpec(
        path: ["graph", "entity"], summary: "Shows an entity: its names, where it is named, and its relationships with their evidence",
        positionals: [.init(name: "ENTITY", help: "its number, or a name")],
        options: [
            .job, .tenant, .value("limit", "N", short: "n", "mentions and relationships at most, 1 to 500 (default 20)"),
            .value("evidence", "N", "places shown for each relationship, 0 to 20 (default 1)"),
        ], examples: ["graph entity 'Ada Lovelace'", "graph entity 42 --evidence 5"])

    private let arguments: Arguments
    private let limit: Int
    private let evidence: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit(default: 20)
        self.evidence = try arguments.number("evidence", in: 0...20) ?? 1
    }

    func run(_ context: CommandContext) async throws -> Output {
        let store = try context.graph()
        let picked = try await context.entity(self.arguments.positionals[0], context.selection(self.arguments))
        let record = picked.record
        let entity = record.entity
        let mentions = try await store.mentions(of: entity.id, limit: self.limit)
        let relations = try await store.relations(of: entity.id, limit: self.limit)
        var output = Output("Entity", ["entity": entity.json, "job_id": .optional(record.jobID), "tenant_id": .optional(record.tenantID)])
        output.note(picked)
        output.fields([
            ("entity", "\(entity.id)"), ("name", entity.name), ("type", entity.type),
            ("also", entity.aliases.isEmpty ? nil : entity.aliases.joined(separator: " · ")), ("job", record.jobID),
            ("tenant", record.tenantID), ("named", "\(entity.mentions) times in \(entity.documents) documents"),
        ])
        output.heading("relationships")
        var shown: [JSONValue] = []
        for relation in relations {
            let evidence = self.evidence == 0 ? [] : try await store.evidence(for: relation.relation, limit: self.evidence)
            let forward = relation.relation.source == entity.id
            output.line(
                "\(forward ? entity.name : relation.other.name) \(relation.relation.words) "
                    + "\(forward ? relation.other.name : entity.name)"
                    + (relation.relation.evidence > 1 ? "  (\(relation.relation.evidence) places)" : ""))
            for one in evidence { output.line("    \(one.place.cited): \(one.place.snippet)") }
            shown.append([
                "relation": relation.relation.json, "other": relation.other.json, "evidence": .array(evidence.map(\.json)),
            ])
        }
        if relations.isEmpty { output.line("none") }
        output.set("relations", .array(shown))
        output.heading("mentions")
        for mention in mentions {
            output.line("\(mention.place.cited): \(mention.place.snippet.isEmpty ? mention.text : mention.place.snippet)")
        }
        output.set(
            "mentions",
            .array(
                mentions.map { mention in
                    ["text": .string(mention.text), "confidence": .number(mention.confidence), "place": mention.place.json]
                }))
        if entity.mentions > mentions.count { output.messages.append("\(entity.mentions) mentions in all; --limit shows more") }
        return output
    }
}
