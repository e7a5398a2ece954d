import Flotilla
import FlotillaPostgres
import JSONText

struct PipelineDiff: Verb {
    static let spec = CommandSpec(
        path: ["pipeline", "diff"], summary: "Compares two processing versions of a document, or of a job's documents, stage by stage",
        positionals: [
            .init(name: "V1", help: "the one version"), .init(name: "V2", help: "the other"),
            .init(name: "DOCUMENT", help: "the document's UUID", isOptional: true),
        ], options: [.value("job", "ID", "all documents of this job"), .limit],
        examples: ["pipeline diff 1 2 c39937bd-461f-8db4-bc79-aa56e46f0437", "pipeline diff 1 2 --job invoices-7 --json"],
        notes: "A version whose stages were removed (reprocess --clean) has nothing to compare any more.")

    private let arguments: Arguments
    private let versions: (old: Int, new: Int)
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.limit = try arguments.limit()
        guard let old = Int(arguments.positionals[0]), let new = Int(arguments.positionals[1]), old > 0, new > 0, old != new else {
            throw .usage("V1 and V2 must be two different processing versions, such as 1 and 2")
        }
        self.versions = (old, new)
        guard (arguments.positionals.count > 2) != arguments.has("job") else {
            throw .usage("give a document's UUID, or --job with a job's id")
        }
    }

    func run(_ context: CommandContext) async throws -> Output {
        let administration = try context.jobs()
        var documents: [(uuid: String, label: String)] = []
        var isCut = false
        if let job = self.arguments.text("job") {
            let all = try await administration.processedDocuments(ofJob: job)
            guard !all.isEmpty else { throw CommandError.notFound("there is no job '\(job)' with files") }
            isCut = all.count > self.limit
            documents = all.prefix(self.limit).map { ($0.item.documentUUID, $0.item.label) }
        } else {
            documents = [(self.arguments.positionals[2], self.arguments.positionals[2])]
        }
        var output = Output("PipelineDifference", ["versions": [.count(self.versions.old), .count(self.versions.new)]])
        var json: [JSONValue] = []
        for document in documents {
            let rows = try await self.compare(document.uuid, administration)
            if rows.isEmpty, !self.arguments.has("job") {
                throw CommandError.notFound("document '\(document.uuid)' has neither version \(self.versions.old) nor \(self.versions.new)")
            }
            json.append([
                "document_uuid": .string(document.uuid), "label": .string(document.label), "stages": .array(rows.map(\.json)),
            ])
            if documents.count > 1 { output.heading(document.label) }
            output.table(Self.table(rows, self.versions))
        }
        output.set("documents", .array(json))
        if isCut { output.messages.append("only the first \(self.limit) documents; --limit shows more") }
        return output
    }

    private func compare(_ uuid: String, _ administration: JobAdministration) async throws -> [StageDifference] {
        let all = try await administration.stages(ofDocument: uuid)
        let old = Dictionary(all.filter { $0.processingVersion == self.versions.old }.map { ($0.stage, $0) }) { $1 }
        let new = Dictionary(all.filter { $0.processingVersion == self.versions.new }.map { ($0.stage, $0) }) { $1 }
        var order: [StageName] = []
        for record in all where (old[record.stage] != nil || new[record.stage] != nil) && !order.contains(record.stage) {
            order.append(record.stage)
        }
        var rows: [StageDifference] = []
        for stage in order {
            var row = StageDifference(stage: stage, old: old[stage], new: new[stage])
            let digests = (row.old?.digest, row.new?.digest)
            if row.old?.outputBytes != nil, row.new?.outputBytes != nil, digests.0 == nil || digests.0 != digests.1 {
                let before = try await administration.stageOutput(stage, ofDocument: uuid, version: self.versions.old)
                let after = try await administration.stageOutput(stage, ofDocument: uuid, version: self.versions.new)
                if let before, let after { row.result = ResultDifference(stage, before, after) }
            }
            rows.append(row)
        }
        return rows
    }

    private static func table(_ rows: [StageDifference], _ versions: (old: Int, new: Int)) -> Table {
        var table = Table(
            [
                .left("STAGE"), .right("TOOK V\(versions.old)"), .right("V\(versions.new)"), .right("OUTPUT V\(versions.old)"),
                .right("V\(versions.new)"), .flexible("ENGINE"), .flexible("RESULT"), .flexible("METRICS"),
            ], empty: "neither version is there")
        for row in rows {
            table.rows.append([
                row.stage.rawValue, StageDifference.took(row.old), StageDifference.took(row.new),
                row.old?.outputBytes.map { HumanTime.bytes($0) } ?? "-", row.new?.outputBytes.map { HumanTime.bytes($0) } ?? "-",
                row.engineText, row.resultText, row.metricsText,
            ])
        }
        return table
    }
}
