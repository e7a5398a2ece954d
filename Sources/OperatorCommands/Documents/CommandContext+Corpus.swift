import CorpusPostgres
import DocumentStages
import FlotillaDaemon
import FlotillaPostgres
import HTTPClient
import PostgresClient
import RemoteModels

extension CommandContext {
    /// Documents, chunks and search, with the same model of vectors as the workers.
    func corpus() throws -> CorpusStore {
        let settings = try self.settings()
        let pool = try self.database()
        guard let url = settings[\.embeddingsURL] else { return CorpusStore(pool: pool) }
        let remote = RemoteEmbedder(
            .init(
                baseURL: url, model: settings[\.embeddingsModel] ?? "text-embedding-3-small", dimensions: settings[\.embeddingsDimensions],
                apiKey: settings[\.embeddingsAPIKey]), caller: HTTPCaller(concurrency: 1))
        return CorpusStore(pool: pool, embedders: CorpusEmbedders(pool: pool, fixed: remote))
    }

    /// A document by its UUID, or by a beginning of at least 8 letters.
    func document(_ id: String) async throws -> (uuid: PostgresUUID, record: DocumentRecord) {
        let corpus = try self.corpus()
        guard let uuid = PostgresUUID(id) else {
            throw CommandError.usage("'\(id)' is no document's UUID; flotilla document list shows them")
        }
        if let record = try await corpus.document(uuid) { return (uuid, record) }
        // It may be known and not be read yet, or have failed.
        guard let item = try await self.jobs().items(ofDocument: id).first else {
            throw CommandError.notFound("there is no document '\(id)'")
        }
        throw CommandError.notFound(
            "document \(id) (\(item.label)) has no text yet: it is \(item.status)"
                + (item.errorMessage.map { ", \($0)" } ?? "") + (item.jobID.map { "; flotilla why \($0)" } ?? ""))
    }
}
