import Flotilla
import FlotillaTesting
import Testing

@Suite struct JobStoreContractTests {
    @Test func `the store in PostgreSQL keeps the contract`() async throws {
        try await StoreScene.with { scene in
            for name in JobStoreContract.names {
                do { try await JobStoreContract.check(name, on: scene.contractSubject) } catch { Issue.record("\(name): \(error)") }
            }
        }
    }

    @Test(arguments: JobStoreContract.names) func `the store in memory keeps the contract`(name: String) async throws {
        let store = InMemoryJobStore(countingQueues: StoreScene.countingQueues)
        let subject = JobStoreContract.Subject(
            store: store,
            progress: { id in
                let job = try #require(store.job(id))
                return .init(status: job.status, processed: job.processed, failed: job.failed, cancelled: job.cancelled)
            }, setTotal: { total, id in store.setTotal(total, of: id) }, cancel: { id in store.cancel(id) })
        try await JobStoreContract.check(name, on: subject)
    }
}
