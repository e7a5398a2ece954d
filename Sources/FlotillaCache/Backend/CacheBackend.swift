/// A tier that all processes share. Knows bytes, keys and generations; what they mean is ``Cache``'s business.
///
/// **Generations.** Every value is stored with the generations of everything it depends on. A generation is 8 random bytes under a key of its
/// own; changing it ends all values that were stored with another, in one write, however many they are. One that is missing (evicted) equals
/// none: its values are misses, never stale hits. They outlive every value that depends on them.
///
/// **Leases.** Whoever makes a value after a miss takes a lease first. Its value is stored only if the lease is still his and the generations
/// are those that he was given with it: an end of the value in between voids both.
///
/// All implementations pass `CacheBackendContract`. Each call returns within a time that the implementation was given, or throws.
public protocol CacheBackend: Sendable {
    /// Reads values and the generations they depend on, in one round trip.
    ///
    /// - Returns: as many as asked for, in order; nil for what is not there or has expired.
    func read(_ items: [BackendKey]) async throws(CacheError) -> [BackendEntry?]

    /// Takes the lease on making a value, unless somebody else holds it, and gives the generations of now; those that are missing are made.
    func lease(_ item: BackendKey, token: UInt64, for duration: Duration) async throws(CacheError) -> BackendLease

    /// Stores a value that was made under a lease, and gives the lease back.
    func fill(_ write: BackendWrite, lease: UInt64, generations: [CacheGeneration]) async throws(CacheError) -> BackendFill

    /// Gives a lease back without a value: the load failed.
    func release(_ item: BackendKey, token: UInt64) async throws(CacheError)

    /// Stores values with the generations of now and voids their leases, in one round trip. Other processes are told.
    ///
    /// - Returns: for each, whether it was stored: false when a newer ``BackendWrite/version`` is there already.
    func write(_ writes: [BackendWrite]) async throws(CacheError) -> [Bool]

    /// Removes values and voids their leases, in one round trip. Other processes are told.
    ///
    /// - Returns: how many were there.
    func delete(_ items: [BackendKey]) async throws(CacheError) -> Int

    /// Draws new generations: all values that depend on one of them have ended when this returns. Other processes are told.
    ///
    /// - Parameter softly: draws the lower half of the bits alone, so that values count as stale and not as ended; one that is missing stays so.
    func bump(_ generations: [String], softly: Bool) async throws(CacheError)

    /// Whether there is a value. It may have ended by its generations.
    func exists(_ item: BackendKey) async throws(CacheError) -> Bool

    /// Adds to a counter, which begins at 0 and ends after `timeToLive` from its beginning. Counters are no values: `read` does not see them.
    func increment(_ key: String, by amount: Int64, timeToLive: Duration) async throws(CacheError) -> Int64

    /// Calls `handler` for whatever ends anywhere, until the task is cancelled. ``CacheEnd/lost`` comes first whenever ends may have been missed,
    /// and ``CacheEnd/watching`` once no more are.
    func watch(_ handler: @escaping @Sendable (CacheEnd) -> Void) async

    /// What a tenant uses of its quota.
    func usage(of account: String) async throws(CacheError) -> CacheUsage
    /// The accounts that hold anything, some at a time.
    func accounts(after cursor: UInt64, limit: Int) async throws(CacheError) -> (accounts: [String], next: UInt64)
    /// Compares an account with what is there, some entries at a time, and mends it.
    func recount(_ account: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> BackendRecount

    /// Removes an account's own oldest values until it holds at most so many bytes; at most `limit` values. Other processes are not told: the
    /// values have not ended.
    ///
    /// - Returns: how many went.
    func shrink(_ account: String, to bytes: Int, limit: Int) async throws(CacheError) -> Int

    /// Values whose keys begin with `prefix`, some at a time, without stopping the server. For people and repairs, never for work.
    func scan(prefix: String, after cursor: UInt64, limit: Int) async throws(CacheError) -> (found: [BackendScanned], next: UInt64)
    /// How the tier is.
    func health() async throws(CacheError) -> BackendHealth
}

/// 8 random bytes: the upper half says which generation it is, the lower half which of its soft ends was the last.
public struct CacheGeneration: Hashable, Sendable {
    public let bits: UInt64
    public init(bits: UInt64) { self.bits = bits }

    /// Whether only soft ends lie between the two.
    public func isSameButSoftly(_ other: Self) -> Bool { self.bits >> 32 == other.bits >> 32 }
}

/// A value's place: its key, and the keys of the generations that it depends on.
public struct BackendKey: Hashable, Sendable {
    public var item: String
    /// In the order in which they are stored with the value; at most 200.
    public var generations: [String]

    public init(item: String, generations: [String]) {
        self.item = item
        self.generations = generations
    }
}

/// What is stored under a key.
public struct BackendEntry: Hashable, Sendable {
    public var bytes: [UInt8]
    /// Those it was stored with; as many as the writer gave.
    public var stored: [CacheGeneration]
    /// Those of now, for the generations of the ``BackendKey``; nil where one is missing.
    public var current: [CacheGeneration?]

    public init(bytes: [UInt8], stored: [CacheGeneration], current: [CacheGeneration?]) {
        self.bytes = bytes
        self.stored = stored
        self.current = current
    }

    /// Whether nothing that it depends on has ended, softly or not.
    public var isCurrent: Bool { self.stored.count == self.current.count && zip(self.stored, self.current).allSatisfy { $0 == $1 } }
}

/// A value to be stored.
public struct BackendWrite: Sendable {
    public var key: BackendKey
    public var bytes: [UInt8]
    /// Until the server removes it; at least a millisecond.
    public var timeToLive: Duration
    /// The account it counts to and what that may hold; nil counts nowhere.
    public var quota: (account: String, bytes: Int)?
    /// Stored only if what is there has a smaller one; 0 is always stored.
    public var version: UInt64

    public init(key: BackendKey, bytes: [UInt8], timeToLive: Duration, quota: (account: String, bytes: Int)? = nil, version: UInt64 = 0) {
        self.key = key
        self.bytes = bytes
        self.timeToLive = timeToLive
        self.quota = quota
        self.version = version
    }
}

/// The answer to a wish for a lease.
public struct BackendLease: Sendable, Hashable {
    /// False: somebody else is at it.
    public var isGranted: Bool
    /// Of now.
    public var generations: [CacheGeneration]

    public init(isGranted: Bool, generations: [CacheGeneration]) {
        self.isGranted = isGranted
        self.generations = generations
    }
}

/// What became of a value made under a lease.
public enum BackendFill: Sendable, Hashable {
    case stored
    /// The value ended while it was made, or the lease ran out: nothing was written.
    case voided
}

/// Something ended, somewhere.
public enum CacheEnd: Sendable, Hashable {
    /// Nothing is missed from now on.
    case watching
    /// Ends may have been missed: forget everything.
    case lost
    /// The value under this key.
    case item(String)
    /// All values that depend on this generation.
    case generation(String)
}

/// What a tenant uses.
public struct CacheUsage: Sendable, Hashable {
    public var bytes: Int
    public var entries: Int
    public init(bytes: Int, entries: Int) {
        self.bytes = bytes
        self.entries = entries
    }
}

/// One step of a recount.
public struct BackendRecount: Sendable, Hashable {
    /// 0 after the last step.
    public var next: UInt64
    public var examined: Int
    /// Entries that were gone and still counted.
    public var removed: Int
    /// By how much the sum was wrong; set after the last step only.
    public var drift: Int
    public init(next: UInt64, examined: Int, removed: Int, drift: Int) {
        self.next = next
        self.examined = examined
        self.removed = removed
        self.drift = drift
    }
}

/// A value found by a scan.
public struct BackendScanned: Sendable, Hashable {
    public var key: String
    /// As the server counts it, with its own overhead.
    public var bytes: Int
    /// Nil for what never expires.
    public var timeToLive: Duration?
    public init(key: String, bytes: Int, timeToLive: Duration?) {
        self.key = key
        self.bytes = bytes
        self.timeToLive = timeToLive
    }
}

/// How a tier is.
public struct BackendHealth: Sendable, Hashable {
    public var version: String
    public var usedBytes: Int
    /// 0: no limit.
    public var limitBytes: Int
    public var evictionPolicy: String
    /// Since the server's start.
    public var evictedKeys: Int
    public var expiredKeys: Int
    public var clients: Int
    /// In the whole database.
    public var keys: Int
    public init(
        version: String, usedBytes: Int, limitBytes: Int, evictionPolicy: String, evictedKeys: Int, expiredKeys: Int, clients: Int,
        keys: Int
    ) {
        self.version = version
        self.usedBytes = usedBytes
        self.limitBytes = limitBytes
        self.evictionPolicy = evictionPolicy
        self.evictedKeys = evictedKeys
        self.expiredKeys = expiredKeys
        self.clients = clients
        self.keys = keys
    }
}

extension CacheBackend {
    /// Ends all values that depend on one of these generations for good.
    public func bump(_ generations: [String]) async throws(CacheError) { try await self.bump(generations, softly: false) }
}
