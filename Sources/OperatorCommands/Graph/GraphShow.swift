import Corpus
import JSONText

struct GraphShow: Verb {
    static let spec = CommandSpec(
        path: ["graph", "show"], summary: "Lists the people, organisations, places and other things that documents name",
        options: [
            .job, .tenant, .value("document", "UUID", "only what this document names"),
            .value("type", "TYPE", "only person, organization, place, date, money, email, phone, url, law or case_number"), .limit,
            .value("offset", "N", "leave out so many first"),
        ], examples: ["graph show --job invoices-7", "graph show --type person --limit 20"])

    private let arguments: Arguments
    private let limit: Int
    private let offset: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit()
        self.offset = try arguments.number("offset", in: 0...10_000_000) ?? 0
    }

    func run(_ context: CommandContext) async throws -> Output {
        let store = try context.graph()
        let selection = try context.selection(self.arguments)
        let entities = try await store.entities(selection, limit: self.limit, offset: self.offset)
        let total = try await store.count(selection)
        var output = Output("EntityList", ["total": .count(total), "entities": .array(entities.map { $0.entity.json })])
        output.table(entityTable(entities.map(\.entity), empty: "no entities"))
        if total > self.offset + entities.count { output.messages.append("\(total) entities in all; --limit and --offset choose") }
        if let job = selection.jobID, total == 0, try await store.count(GraphSelection(tenantID: selection.tenantID, jobID: job)) == 0 {
            output.messages.append(try await context.graphAbsence(job).sentence)
        }
        try await context.noteWaiting(&output)
        return output
    }
}
