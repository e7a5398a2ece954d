import CorpusPostgres
import CorpusTesting
import PostgresClient
import Testing

@Suite struct GraphContractTests {
    @Test func `the graph in PostgreSQL keeps the contract, all cases on one database`() async throws {
        try await GraphScene.with(resolve: nil) { graph in
            let subject = GraphContract.Subject(
                store: graph.store, add: { try await graph.add($0) },
                remove: { try await graph.scene.pool.query("DELETE FROM document WHERE uuid = \(PostgresUUID($0))") })
            for name in GraphContract.names {
                do { try await GraphContract.check(name, on: subject) } catch { Issue.record("\(name): \(error)") }
            }
            try await graph.expectConsistent()
        }
    }

    @Test(arguments: GraphContract.names) func `the graph in memory keeps the contract`(name: String) async throws {
        let store = InMemoryGraphStore()
        try await GraphContract.check(
            name, on: GraphContract.Subject(store: store, add: { store.add($0) }, remove: { store.remove($0) }))
    }
}
