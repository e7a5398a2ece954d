public import FlotillaCache
internal import Threading

/// A ``CacheBackend`` in memory, with a clock that tests set and faults that they switch on.
///
/// Keeps the same promises as the one on Redis, checked by ``CacheBackendContract``. Handlers of ``watch(_:)`` are called before the call that
/// ends a value returns, on its thread: tests need not wait for them.
public final class InMemoryCacheBackend: CacheBackend {
    /// What a value counts on top of its bytes and its key.
    static let overhead = 64

    struct Value {
        var bytes: [UInt8]
        var stored: [CacheGeneration]
        var version: UInt64
        /// Milliseconds of the backend's clock.
        var end: Int64
        var account: String?
        /// Grows with every write.
        var order: UInt64

        func charge(for key: String) -> Int { self.bytes.count + key.utf8.count + InMemoryCacheBackend.overhead }
    }

    struct State {
        var values: [String: Value] = [:]
        var generations: [String: CacheGeneration] = [:]
        var leases: [String: (token: UInt64, end: Int64)] = [:]
        var counters: [String: (count: Int64, end: Int64)] = [:]
        var order: UInt64 = 0
        var evicted = 0
        var expired = 0
        var watchers: [Int: @Sendable (CacheEnd) -> Void] = [:]
        var nextWatcher = 0
        var isChannelBroken = false
    }

    struct Faults {
        var isDown = false
        var delay = Duration.zero
        var isFrozen = false
        var frozen: [Int: UnsafeContinuation<Void, Never>] = [:]
        var cancelled: Set<Int> = []
        var nextCall = 0
        var calls = 0
    }

    let state = Lock(State())
    let faults = Lock(Faults())
    let clock: @Sendable () -> Int64

    /// - Parameter now: milliseconds since any start.
    public init(now: @escaping @Sendable () -> Int64) { self.clock = now }

    /// With the real clock.
    public convenience init() { self.init { WallClock.microseconds / 1_000 } }

    // MARK: Faults

    /// Whether every call fails with ``CacheError/Code/unavailable``.
    public var isDown: Bool {
        get { self.faults.withLock { $0.isDown } }
        set { self.faults.withLock { $0.isDown = newValue } }
    }

    /// How long every call takes.
    public var delay: Duration {
        get { self.faults.withLock { $0.delay } }
        set { self.faults.withLock { $0.delay = newValue } }
    }

    /// How many calls were made, failed ones included.
    public var calls: Int { self.faults.withLock { $0.calls } }

    /// From now on calls wait, as before a server that stands still; one whose task is cancelled fails with ``CacheError/Code/timedOut``.
    public func freeze() { self.faults.withLock { $0.isFrozen = true } }

    /// Lets the calls that wait run.
    public func thaw() {
        let frozen = self.faults.withLock { faults in
            faults.isFrozen = false
            defer { faults.frozen = [:] }
            return faults.frozen.values.map { $0 }
        }
        for continuation in frozen { continuation.resume() }
    }

    /// Cuts the channel of ends: watchers hear ``CacheEnd/lost``, and nothing of what ends until ``mendChannel()``.
    public func breakChannel() {
        let watchers = self.state.withLock { state in
            state.isChannelBroken = true
            return state.watchers.values.map { $0 }
        }
        for watcher in watchers { watcher(.lost) }
    }

    /// Watchers hear ``CacheEnd/watching``, and what ends from now on.
    public func mendChannel() {
        let watchers = self.state.withLock { state in
            state.isChannelBroken = false
            return state.watchers.values.map { $0 }
        }
        for watcher in watchers { watcher(.watching) }
    }

    /// Removes a value, a generation or a lease, as a server does that is short of memory.
    public func evict(_ key: String) {
        self.state.withLock { state in
            state.values.removeValue(forKey: key)
            state.generations.removeValue(forKey: key)
            if key.hasSuffix(":~lease") { state.leases.removeValue(forKey: String(key.dropLast(":~lease".count))) }
        }
    }

    /// Every call begins here.
    func begin() async throws(CacheError) {
        let (delay, call) = self.faults.withLock { faults in
            faults.calls += 1
            faults.nextCall += 1
            return (faults.delay, faults.nextCall)
        }
        if delay > .zero {
            do {
                try await Task.sleep(for: delay)
            } catch {
                throw CacheError(.timedOut, "the call was cancelled while the tier was slow")
            }
        }
        await self.waitWhileFrozen(call)
        let (isDown, wasCancelled) = self.faults.withLock { ($0.isDown, $0.cancelled.remove(call) != nil) }
        if wasCancelled { throw CacheError(.timedOut, "the call was cancelled while the tier stood still") }
        if isDown { throw CacheError(.unavailable, "the tier is down") }
    }

    private func waitWhileFrozen(_ call: Int) async {
        guard self.faults.withLock({ $0.isFrozen }) else { return }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let waits = self.faults.withLock { faults in
                    guard faults.isFrozen, !faults.cancelled.contains(call) else { return false }
                    faults.frozen[call] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            let continuation = self.faults.withLock { faults in
                faults.cancelled.insert(call)
                return faults.frozen.removeValue(forKey: call)
            }
            continuation?.resume()
        }
    }

    // MARK: Ends

    func tell(_ ends: [CacheEnd]) {
        let watchers = self.state.withLock { state in state.isChannelBroken ? [] : state.watchers.values.map { $0 } }
        for watcher in watchers {
            for end in ends { watcher(end) }
        }
    }

    public func watch(_ handler: @escaping @Sendable (CacheEnd) -> Void) async {
        let (id, isBroken) = self.state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = handler
            return (state.nextWatcher, state.isChannelBroken)
        }
        handler(.lost)
        if !isBroken { handler(.watching) }
        await untilCancelled()
        self.state.withLock { _ = $0.watchers.removeValue(forKey: id) }
    }
}
