internal import Synchronization
internal import Threading

/// Counts what happens to cached values, by type and tenant, from any thread.
///
/// What is counted goes to two places: to those who ``drain()`` it every few seconds and store it by tenant, and into ``totals()``, which
/// only grow. Both stay small: there are never more than ``maximumKeys`` pairs of type and tenant between two drains; the tenants beyond are
/// counted together as ``otherTenants``, and drained the least busy first.
public final class CacheRecorder: Sendable {
    public static let maximumKeys = 1_000
    /// Stands for those there was no room for. No tenant has this name in keys.
    public static let otherTenants = "~other"

    private let enabled: Atomic<Bool>
    /// One is as good as another. Threads that record at the same time mostly meet different ones.
    private let shards: [Lock<TallyTable>]
    /// What was drained already, by type. Held while shards are emptied, so that no total ever goes back.
    private let drained = Lock<[String: CacheTally]>([:])

    public init(isEnabled: Bool = true) {
        self.enabled = Atomic(isEnabled)
        self.shards = (0..<4).map { _ in Lock(TallyTable(), spins: true) }
    }

    public var isEnabled: Bool { self.enabled.load(ordering: .relaxed) }
    /// While it is off nothing is counted, and what was counted stays.
    public func setEnabled(_ isEnabled: Bool) { self.enabled.store(isEnabled, ordering: .relaxed) }

    /// Counts something.
    ///
    /// - Parameters:
    ///   - tenant: as it stands in keys.
    ///   - body: adds; short, for others may wait for it. Not called while this is off.
    public func record(type: String, tenant: String, _ body: (inout CacheTally) -> Void) {
        guard self.isEnabled else { return }
        self.shards[ThreadShard.index % self.shards.count].withLock { $0.update(type: type, tenant: tenant, body) }
    }

    /// Takes what was counted since the last drain.
    public func drain() -> [CacheTallyKey: CacheTally] {
        self.drained.withLock { drained in
            var all: [CacheTallyKey: CacheTally] = [:]
            for shard in self.shards {
                let tallies = shard.withLock { $0.take() }
                for (key, tally) in tallies {
                    all[key, default: CacheTally()] += tally
                    drained[key.type, default: CacheTally()] += tally
                }
            }
            return Self.folded(all)
        }
    }

    /// What was counted since the beginning, by type.
    public func totals() -> [String: CacheTally] {
        self.drained.withLock { drained in
            var totals = drained
            for shard in self.shards {
                shard.withLock { $0.forEach { key, tally in totals[key.type, default: CacheTally()] += tally } }
            }
            return totals
        }
    }

    /// Shards may know different tenants, so together there may be too many.
    private static func folded(_ tallies: [CacheTallyKey: CacheTally]) -> [CacheTallyKey: CacheTally] {
        guard tallies.count > self.maximumKeys else { return tallies }
        let busiest = tallies.sorted { $0.value.activity > $1.value.activity }
        var folded = Dictionary(uniqueKeysWithValues: busiest.prefix(self.maximumKeys).map { ($0.key, $0.value) })
        for (key, tally) in busiest.dropFirst(self.maximumKeys) {
            folded[CacheTallyKey(type: key.type, tenant: self.otherTenants), default: CacheTally()] += tally
        }
        return folded
    }
}

extension CacheTally {
    /// By which tenants are put in order.
    fileprivate var activity: UInt64 { self.hits &+ self.misses &+ self.writes &+ self.deletes &+ self.errors }
}
