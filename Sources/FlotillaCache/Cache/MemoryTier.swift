internal import Threading

/// Values in this process, bounded by bytes, and kept honest by what ``CacheBackend/watch(_:)`` tells: whatever ends anywhere is forgotten here.
///
/// While nothing is being told, because the channel is broken or not up yet, the tier holds nothing and takes nothing.
final class MemoryTier: Sendable {
    /// What there is under a key.
    struct Held: Sendable {
        let entry: CacheEntry
        let endsAt: MonotonicTime
        let stamp: Stamp
    }

    /// What had ended when a value was asked for in the shared tier. A value that comes with an old stamp is not taken: it may have ended on
    /// its way here.
    struct Stamp: Sendable, Hashable {
        fileprivate let places: [UInt16]
        fileprivate let counts: [UInt32]
        fileprivate let life: UInt64
    }

    private struct State {
        var held: WindowTinyLFU<String, Held>
        /// How often something ended, by the hash of its key: two keys that share a place end together, which costs a read.
        var counts = [UInt32](repeating: 0, count: 4_096)
        /// Drawn anew whenever everything is forgotten.
        var life: UInt64 = 0
        var isWatching = false

        mutating func forget() {
            self.life &+= 1
            self.held.removeAll()
        }
    }

    private let state: Lock<State>

    /// - Parameter bytes: 0 holds nothing.
    init(bytes: Int) { self.state = Lock(State(held: WindowTinyLFU(capacity: max(1, bytes))), spins: true) }

    /// Taken before a value is asked for in the shared tier; nil while nothing may be held.
    func stamp(_ key: BackendKey) -> Stamp? {
        let places = [Self.place(key.item)] + key.generations.map(Self.place)
        return self.state.withLock { state in
            state.isWatching ? Stamp(places: places, counts: places.map { state.counts[Int($0)] }, life: state.life) : nil
        }
    }

    func entry(_ item: String, at now: MonotonicTime) -> CacheEntry? {
        self.state.withLock { state in
            guard let held = state.held.value(for: item) else { return nil }
            if held.endsAt > now, Self.holds(held.stamp, state) { return held.entry }
            state.held.remove(item)
            return nil
        }
    }

    func insert(_ entry: CacheEntry, for item: String, endsAt: MonotonicTime, stamp: Stamp) {
        var weight = 200 + item.utf8.count
        if case .value(let bytes) = entry.content { weight += bytes.count }
        self.state.withLock { state in
            guard state.isWatching, Self.holds(stamp, state) else { return }
            state.held.insert(Held(entry: entry, endsAt: endsAt, stamp: stamp), for: item, weight: weight)
        }
    }

    /// Values that this key or generation stands for are gone.
    func end(_ keys: [String]) {
        let places = keys.map(Self.place)
        self.state.withLock { state in
            for (key, place) in zip(keys, places) {
                state.counts[Int(place)] &+= 1
                state.held.remove(key)
            }
        }
    }

    /// Whether ends are told from now on. Either way everything that was held is forgotten.
    func watch(_ isWatching: Bool) {
        self.state.withLock { state in
            state.isWatching = isWatching
            state.forget()
        }
    }

    /// Forgets everything.
    func forget() { self.state.withLock { $0.forget() } }

    var usage: CacheUsage { self.state.withLock { CacheUsage(bytes: $0.held.weight, entries: $0.held.count) } }
    var isWatching: Bool { self.state.withLock { $0.isWatching } }

    private static func holds(_ stamp: Stamp, _ state: State) -> Bool {
        guard stamp.life == state.life else { return false }
        for (place, count) in zip(stamp.places, stamp.counts) where state.counts[Int(place)] != count { return false }
        return true
    }

    private static func place(_ key: String) -> UInt16 {
        // FNV-1a: Swift's own hashes cost more and are not needed here.
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        return UInt16(truncatingIfNeeded: (hash ^ hash >> 32) & 4_095)
    }
}
