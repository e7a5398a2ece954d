public import FlotillaCache
internal import Threading

/// Random orders of the steps of readers, loaders, writers and invalidators, one step at a time, against a model of what is true.
///
/// A value is a number that its database counts up. A change is made there first; then the cache is told, in one of three ways: a deletion, a
/// bump, or a write with the number as its version. Between any two steps of one actor come steps of the others. Checked are
///
/// - every read: what it serves is no older than any end or write that had returned before it began;
/// - the end of every schedule, when all have done their last step: what is there is what the database has, or nothing is there.
///
/// A seed gives the same schedules again.
public struct CacheInterleavings: Sendable {
    public let backend: any CacheBackend
    public let keySpace: CacheKeySpace
    /// Removes one of the tier's own keys, as a server does that is short of memory.
    public let evict: @Sendable (String) async throws -> Void

    public init(
        backend: any CacheBackend, keySpace: CacheKeySpace, evict: @escaping @Sendable (String) async throws -> Void
    ) {
        self.backend = backend
        self.keySpace = keySpace
        self.evict = evict
    }

    /// What was done, so that a test can see that it was not nothing.
    public struct Tally: Sendable, Hashable {
        public var schedules = 0
        public var steps = 0
        /// Reads that were served from the cache.
        public var hits = 0
        public var fills = 0
        /// Fills that were voided: a race was won by an end.
        public var voided = 0
        /// Writes that were refused for a newer version.
        public var refused = 0

        static func + (left: Tally, right: Tally) -> Tally {
            Tally(
                schedules: left.schedules + right.schedules, steps: left.steps + right.steps, hits: left.hits + right.hits,
                fills: left.fills + right.fills, voided: left.voided + right.voided, refused: left.refused + right.refused)
        }
    }

    /// Runs schedules in some worlds at the same time, each with values of its own.
    ///
    /// - Throws: ``BrokenPromise`` with the seed, the world and the steps of the schedule that went wrong.
    public func run(seed: UInt64, schedules: Int, worlds: Int) async throws -> Tally {
        try await withThrowingTaskGroup(of: Tally.self) { group in
            for number in 0..<worlds {
                group.addTask {
                    var world = World(self, seed: seed, number: number)
                    let share = schedules / worlds + (number < schedules % worlds ? 1 : 0)
                    for _ in 0..<share { try await world.runSchedule() }
                    return world.tally
                }
            }
            return try await group.reduce(Tally()) { $0 + $1 }
        }
    }
}

/// Values that nobody else touches, and one schedule after the other on them.
private struct World {
    /// How the cache learns of a value's changes. Mixing writes with the others would need tombstones, which the tier has not.
    enum Kind: CaseIterable { case deleted, bumped, written }

    struct Item {
        let kind: Kind
        let key: BackendKey
        /// What the database has.
        var truth: UInt64 = 1
        /// What every read must reach that begins now.
        var floor: UInt64 = 0
    }

    /// An actor's next step.
    enum Step {
        case read(Int)
        case lease(Int)
        case load(Int, token: UInt64, [CacheGeneration])
        case fill(Int, token: UInt64, [CacheGeneration], UInt64)
        case change(Int)
        case tell(Int, UInt64)
        case clear
        case evict(String)
    }

    let run: CacheInterleavings
    let seed: UInt64
    let number: Int
    var random: SplitMix
    var items: [Item]
    var tally = CacheInterleavings.Tally()
    /// The steps of the schedule so far.
    var history: [Step] = []

    init(_ run: CacheInterleavings, seed: UInt64, number: Int) {
        self.run = run
        self.seed = seed
        self.number = number
        self.random = SplitMix(state: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        self.items = Kind.allCases.map { kind in
            let key = CacheKey(
                .documentSummary, tenant: CacheTenant("world-\(number)"), "\(kind)", tags: [.document("\(kind)"), .job("shared")])
            return Item(kind: kind, key: BackendKey(item: run.keySpace.item(key), generations: run.keySpace.generations(of: key)))
        }
    }

    mutating func runSchedule() async throws {
        self.history = []
        var actors = (0..<Int.random(in: 3...5, using: &self.random)).map { _ in self.firstStep() }
        while !actors.isEmpty {
            let chosen = Int.random(in: 0..<actors.count, using: &self.random)
            let next = try await self.perform(actors[chosen])
            self.tally.steps += 1
            if let next { actors[chosen] = next } else { actors.remove(at: chosen) }
        }
        for (index, entry) in zip(self.items.indices, try await self.run.backend.read(self.items.map(\.key))) {
            guard let entry, entry.isCurrent else { continue }
            try self.check(value(in: entry) == self.items[index].truth, "\(value(in: entry)) of item \(index) is left")
        }
        self.tally.schedules += 1
    }

    private mutating func firstStep() -> Step {
        let item = Int.random(in: 0..<self.items.count, using: &self.random)
        switch Int.random(in: 0..<16, using: &self.random) {
        case 0..<8: return .read(item)
        case 8..<14: return .change(item)
        case 14: return .clear
        default:
            let key = self.items[item].key
            // Not the generation of the type, which all worlds share.
            let keys = [key.item, self.run.keySpace.lease(key.item)] + key.generations.dropFirst()
            // A written value that is evicted forgets its version: an older write on its way could come back.
            return .evict(self.items[item].kind == .written ? keys[1] : keys[Int.random(in: 0..<keys.count, using: &self.random)])
        }
    }

    /// - Returns: what the actor does next; nil when it is done.
    private mutating func perform(_ step: Step) async throws -> Step? {
        self.history.append(step)
        let backend = self.run.backend
        switch step {
        case .read(let index):
            let floor = self.items[index].floor
            guard let entry = try await backend.read([self.items[index].key])[0], entry.isCurrent else { return .lease(index) }
            self.tally.hits += 1
            try self.check(value(in: entry) >= floor, "\(value(in: entry)) of item \(index) was served, after \(floor)")
            // Some make it anew before it ends.
            return Int.random(in: 0..<3, using: &self.random) == 0 ? .lease(index) : nil
        case .lease(let index):
            let token = self.random.next()
            let lease = try await backend.lease(self.items[index].key, token: token, for: .seconds(3_600))
            return lease.isGranted ? .load(index, token: token, lease.generations) : nil
        case .load(let index, let token, let generations):
            if Int.random(in: 0..<16, using: &self.random) == 0 {
                try await backend.release(self.items[index].key, token: token)
                return nil
            }
            return .fill(index, token: token, generations, self.items[index].truth)
        case .fill(let index, let token, let generations, let value):
            let outcome = try await backend.fill(self.write(index, value), lease: token, generations: generations)
            if outcome == .stored { self.tally.fills += 1 } else { self.tally.voided += 1 }
            return nil
        case .change(let index):
            self.items[index].truth += 1
            return .tell(index, self.items[index].truth)
        case .tell(let index, let value):
            let item = self.items[index]
            switch item.kind {
            case .deleted: _ = try await backend.delete([item.key])
            case .bumped: try await backend.bump([item.key.generations[3]])
            case .written: if try await !backend.write([self.write(index, value)])[0] { self.tally.refused += 1 }
            }
            self.items[index].floor = max(self.items[index].floor, value)
            return nil
        case .clear:
            try await backend.bump([self.items[0].key.generations[4]])
            return nil
        case .evict(let key):
            try await self.run.evict(key)
            return nil
        }
    }

    private func write(_ index: Int, _ value: UInt64) -> BackendWrite {
        let item = self.items[index]
        return BackendWrite(
            key: item.key, bytes: Array(String(value).utf8), timeToLive: .seconds(3_600), version: item.kind == .written ? value : 0)
    }

    private func check(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        guard !condition else { return }
        throw BrokenPromise(
            description: """
                \(what()); seed \(self.seed), world \(self.number), schedule \(self.tally.schedules): \
                \(self.history.map { "\($0)" }.joined(separator: "; ")); the items are \(self.items)
                """)
    }
}

private func value(in entry: BackendEntry) -> UInt64 { UInt64(String(decoding: entry.bytes, as: UTF8.self)) ?? 0 }

/// Good enough to choose steps, and the same everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
