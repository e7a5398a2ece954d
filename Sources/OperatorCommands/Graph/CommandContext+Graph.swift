import Corpus
import CorpusPostgres
import PostgresClient

extension CommandContext {
    func graph() throws -> any GraphStore { try PostgresGraphStore(pool: self.database()) }

    /// The part of the graph that `--job`, `--tenant`, `--document` and `--type` pick.
    func selection(_ arguments: Arguments) throws(CommandError) -> GraphSelection {
        var selection = GraphSelection(
            tenantID: arguments.text("tenant"), jobID: arguments.text("job"), type: arguments.text("type"))
        if let document = arguments.text("document") {
            guard PostgresUUID(document) != nil else { throw .usage("'\(document)' is no document's UUID") }
            selection.document = document
        }
        return selection
    }

    /// The entity that was named by its id or a name.
    ///
    /// - Throws: `.notFound`; `.conflict` with the choices when several are meant.
    func entity(_ named: String, _ selection: GraphSelection = GraphSelection()) async throws -> PickedEntity {
        let store = try self.graph()
        if let id = Int64(named), let record = try await store.entity(id) {
            // A number is taken for what was asked for, not for a way around it.
            if let job = selection.jobID, record.jobID != job { throw Self.elsewhere(id, "job '\(job)'") }
            if let tenant = selection.tenantID, record.tenantID != tenant { throw Self.elsewhere(id, "tenant '\(tenant)'") }
            return PickedEntity(record: record, asked: id)
        }
        let found = try await store.entities(named: named, selection, limit: 12)
        guard let first = found.first else { throw CommandError.notFound("there is no entity '\(named)'; flotilla graph show lists them") }
        guard found.count > 1 else { return PickedEntity(record: first, asked: nil) }
        let choices = found.map { record in
            let job = record.jobID.map { ", job \($0)" } ?? ""
            return "  \(record.entity.id)  \(record.entity.name) (\(record.entity.type), \(record.entity.mentions) mentions\(job))"
        }
        throw CommandError.conflict("'\(named)' may be any of these; say which by its number:\n" + choices.joined(separator: "\n"))
    }

    private static func elsewhere(_ id: Int64, _ scope: String) -> CommandError {
        .notFound("entity \(id) is not one of \(scope); flotilla graph show lists them")
    }

    /// Says it when names wait to be resolved, since what a verb shows is then older than what is stored.
    func noteWaiting(_ output: inout Output) async throws {
        let waiting = try await self.graph().waitingScopes()
        output.set("waiting_scopes", .count(waiting))
        if waiting > 0 { output.messages.append("new names of \(waiting) jobs are not resolved yet: flotilla graph resolve") }
    }
}

extension CommandSpec.Option {
    static let job = Self.value("job", "ID", "only of this job")
    static let tenant = Self.value("tenant", "ID", "only of this tenant")
}
