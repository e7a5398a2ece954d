import Corpus
import JSONText
import PostgresClient

struct GraphSplit: Verb {
    static let spec = CommandSpec(
        path: ["graph", "split"],
        summary: "Says that some names of an entity, or its names in some documents, are another; holds against whatever is computed later",
        positionals: [.init(name: "ENTITY", help: "its number, or a name")],
        options: [
            .job, .tenant, .value("alias", "NAME", repeats: true, "a name that is another entity's"),
            .value("document", "UUID", repeats: true, "a document in which the entity's names mean another"),
            .value("reason", "TEXT", "why, for whoever asks later"),
        ],
        examples: [
            "graph split 42 --alias 'J. Smith' --reason 'father and son'",
            "graph split 42 --document c39937bd-461f-8db4-bc79-aa56e46f0437 --reason 'another John Smith'",
        ])

    private let arguments: Arguments
    private let documents: [String]
    private let reason: String

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.documents = arguments.texts("document")
        for text in self.documents where PostgresUUID(text) == nil { throw .usage("'\(text)' is no document's UUID") }
        guard !self.documents.isEmpty || !arguments.texts("alias").isEmpty else {
            throw .usage("'graph split' needs --alias or --document")
        }
        guard let reason = arguments.text("reason"), !reason.isEmpty else {
            throw .usage("'graph split' needs --reason: it is kept for good")
        }
        self.reason = reason
    }

    func run(_ context: CommandContext) async throws -> Output {
        let selection = GraphSelection(tenantID: self.arguments.text("tenant"), jobID: self.arguments.text("job"))
        let picked = try await context.entity(self.arguments.positionals[0], selection)
        let entity = picked.entity
        let names = self.arguments.texts("alias")
        let split = try await context.decided {
            try await $0.split(entity.id, names: names, documents: self.documents, actor: context.actor, reason: self.reason)
        }
        await Audit.note(
            context, action: "graph.split", target: "\(entity.id)",
            detail: [
                "aliases": names.joined(separator: " · "), "documents": self.documents.joined(separator: " "),
                "reason": self.reason, "entity": "\(split.entity.id)",
            ])
        var output = Output("EntitySplit", ["entity": split.entity.json, "from": .integer(entity.id)])
        output.note(picked)
        output.line("an entity of its own now: \(split.entity.id)  \(split.entity.name)")
        return output
    }
}
