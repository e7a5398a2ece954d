internal import Flotilla
internal import FlotillaRedis
public import PostgresClient
internal import Threading

extension Scene {
    /// Polls until a condition holds.
    /// - Throws: ``SelfTestError`` when it does not within the limit.
    public func eventually(
        _ what: String, within limit: Duration = .seconds(60), every interval: Duration = .milliseconds(10),
        _ condition: () async throws -> Bool
    ) async throws {
        let end = MonotonicTime.now + limit
        while try await !condition() {
            guard MonotonicTime.now < end else { throw SelfTestError("waited \(limit) in vain: \(what)") }
            try await Task.sleep(for: interval)
        }
    }

    /// Waits until nothing is ready, leased or scheduled, PostgreSQL knows of no work that is not over, and all follow-ups are pushed.
    ///
    /// - Parameter tending: called at every look: starts again what has died, say.
    /// - Throws: ``SelfTestError`` with what is left.
    public func settled(within limit: Duration, tending: () async throws -> Void = {}) async throws {
        let end = MonotonicTime.now + limit
        var left = ""
        while MonotonicTime.now < end {
            try await tending()
            do {
                let counts = try await self.counts()
                let open = try await self.count("SELECT count(*) FROM work_item WHERE finished_at IS NULL")
                let unsent = try await self.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
                if counts.ready + counts.leased + counts.scheduled + open + unsent == 0 { return }
                left =
                    "\(counts.ready) ready, \(counts.leased) leased, \(counts.scheduled) scheduled, \(open) open in PostgreSQL, "
                    + "\(unsent) follow-ups not pushed"
            } catch {
                // While a server is away nothing can be said.
                try Task.checkCancellation()
                left = "\(error)"
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw SelfTestError("not settled within \(limit): \(left)")
    }

    /// The number that a statement returns.
    public func count(_ query: PostgresQuery) async throws -> Int { try await self.pool.query(query).one()[0, as: Int.self] }
}
