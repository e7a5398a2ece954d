public import FlotillaCache
internal import Threading

/// What every backend promises, as cases that a test target runs one by one on backends of its own kind.
///
///     @Test(arguments: CacheBackendContract.all) func `keeps its promise`(_ promise: CacheBackendContract.Promise) async throws {
///         try await promise.check(try makeSubject())
///     }
public enum CacheBackendContract {
    /// A backend with nothing in it, and what a test must do to it that no caller can.
    public struct Subject: Sendable {
        public let backend: any CacheBackend
        /// Another process's backend for the same tier.
        public let peer: any CacheBackend
        /// How its keys are made; no other subject may share them.
        public let keySpace: CacheKeySpace
        /// Lets time pass on the tier's clock.
        public let passTime: @Sendable (Duration) async throws -> Void
        /// Removes one of the tier's own keys, as a server does that is short of memory.
        public let evict: @Sendable (String) async throws -> Void
        /// Cuts the channel of ends for a moment; it comes back by itself.
        public let breakChannel: @Sendable () async throws -> Void

        public init(
            backend: any CacheBackend, peer: any CacheBackend, keySpace: CacheKeySpace,
            passTime: @escaping @Sendable (Duration) async throws -> Void, evict: @escaping @Sendable (String) async throws -> Void,
            breakChannel: @escaping @Sendable () async throws -> Void
        ) {
            self.backend = backend
            self.peer = peer
            self.keySpace = keySpace
            self.passTime = passTime
            self.evict = evict
            self.breakChannel = breakChannel
        }
    }

    /// One promise.
    public struct Promise: Sendable, CustomStringConvertible {
        public let description: String
        /// Throws ``BrokenPromise``, or whatever the backend threw.
        public let check: @Sendable (Subject) async throws -> Void

        init(_ description: String, _ check: @escaping @Sendable (Subject) async throws -> Void) {
            self.description = description
            self.check = check
        }
    }

    /// Every promise. Each wants a subject of its own.
    public static let all: [Promise] = values + generations + leases + ends + quotas + upkeep
}

/// A backend did not do what it must.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String
}

func expect(_ condition: Bool, _ what: @autoclosure () -> String, line: UInt = #line, file: String = #fileID) throws {
    if !condition { throw BrokenPromise(description: "\(file):\(line): \(what())") }
}

func expectEqual<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: String, line: UInt = #line, file: String = #fileID
) throws {
    if actual != expected { throw BrokenPromise(description: "\(file):\(line): \(what): \(actual) instead of \(expected)") }
}

func expectFailure(
    _ code: CacheError.Code, _ what: String, line: UInt = #line, file: String = #fileID,
    _ body: () async throws(CacheError) -> Void
) async throws {
    do throws(CacheError) {
        try await body()
    } catch {
        return try expectEqual(error.code, code, what, line: line, file: file)
    }
    throw BrokenPromise(description: "\(file):\(line): \(what): nothing was thrown")
}

extension CacheBackendContract.Subject {
    /// The place of a value, as the cache itself makes it.
    func key(_ specific: String, tenant: String = "acme", tags: [CacheTag] = []) -> BackendKey {
        let key = CacheKey(.documentSummary, tenant: CacheTenant(tenant), specific, tags: tags)
        return BackendKey(item: self.keySpace.item(key), generations: self.keySpace.generations(of: key))
    }

    func account(tenant: String = "acme") -> String { self.keySpace.account(of: CacheTenant(tenant), .application) }

    /// What is there and counts, as text.
    func text(_ key: BackendKey, on backend: (any CacheBackend)? = nil) async throws -> String? {
        guard let entry = try await (backend ?? self.backend).read([key])[0], entry.isCurrent else { return nil }
        return String(decoding: entry.bytes, as: UTF8.self)
    }

    @discardableResult
    func write(
        _ key: BackendKey, _ text: String, for timeToLive: Duration = .seconds(600), version: UInt64 = 0,
        quota: (account: String, bytes: Int)? = nil
    ) async throws -> Bool {
        try await self.backend.write([entry(key, text, for: timeToLive, version: version, quota: quota)])[0]
    }
}

func entry(
    _ key: BackendKey, _ text: String, for timeToLive: Duration = .seconds(600), version: UInt64 = 0,
    quota: (account: String, bytes: Int)? = nil
) -> BackendWrite {
    BackendWrite(key: key, bytes: Array(text.utf8), timeToLive: timeToLive, quota: quota, version: version)
}

/// What a watcher hears, to wait for.
final class Heard: Sendable {
    private struct State {
        var all: [CacheEnd] = []
        var waiting: (wanted: @Sendable ([CacheEnd]) -> Bool, continuation: UnsafeContinuation<Void, Never>)?
    }
    private let state = Lock(State())

    var all: [CacheEnd] { self.state.withLock { $0.all } }

    func hear(_ end: CacheEnd) {
        let continuation = self.state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.all.append(end)
            guard let waiting = state.waiting, waiting.wanted(state.all) else { return nil }
            state.waiting = nil
            return waiting.continuation
        }
        continuation?.resume()
    }

    /// Waits until what was heard so far is as wanted. One at a time.
    func until(_ wanted: @escaping @Sendable ([CacheEnd]) -> Bool) async {
        await withUnsafeContinuation { continuation in
            let isThere = self.state.withLock { state in
                if wanted(state.all) { return true }
                state.waiting = (wanted, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

/// Watches while `body` runs, which begins when nothing is missed any more.
func whileWatching(
    _ backend: any CacheBackend, _ body: @Sendable (Heard) async throws -> Void
) async throws {
    let heard = Heard()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await backend.watch { heard.hear($0) } }
        defer { group.cancelAll() }
        await heard.until { $0.last == .watching }
        try await body(heard)
    }
}
