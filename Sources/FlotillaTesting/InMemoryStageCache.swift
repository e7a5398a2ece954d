public import Flotilla
internal import Threading

/// A stage cache in memory, without bounds, that counts what it is asked. It can be taken away and brought back.
public final class InMemoryStageCache: StageCache {
    /// What was asked of it so far.
    public struct Counts: Sendable, Hashable {
        /// Outputs that were found, and that were not.
        public var hits = 0
        public var misses = 0
        /// Outputs that were kept.
        public var kept = 0
        /// Calls of ``InMemoryStageCache/outputs(for:)``.
        public var batches = 0
        /// Pieces that were found.
        public var pieces = 0
    }

    private struct State {
        var outputs: [StageCacheKey: CachedStageOutput] = [:]
        var pieces: [StageCacheKey: [String: [UInt8]]] = [:]
        var counts = Counts()
        var isAway = false
    }

    private let state = Lock(State())

    public init() {}

    public var counts: Counts { self.state.withLock { $0.counts } }
    /// The keys under which there are outputs, in no order.
    public var keys: [StageCacheKey] { self.state.withLock { Array($0.outputs.keys) } }
    /// Pieces that wait for their stage's end.
    public var pieceCount: Int { self.state.withLock { $0.pieces.values.reduce(0) { $0 + $1.count } } }

    /// While it is away it finds nothing and keeps nothing.
    public func setAway(_ isAway: Bool) { self.state.withLock { $0.isAway = isAway } }

    /// Drops an output, as a full cache does.
    public func evict(_ key: StageCacheKey) { self.state.withLock { $0.outputs[key] = nil } }

    /// Drops everything.
    public func clear() {
        self.state.withLock { state in
            state.outputs = [:]
            state.pieces = [:]
        }
    }

    /// Puts another body in the place of an output's, as a fault of the cache would.
    public func corrupt(_ key: StageCacheKey, body: [UInt8]) { self.state.withLock { $0.outputs[key]?.output.body = body } }

    public func output(for key: StageCacheKey) async -> CachedStageOutput? {
        self.state.withLock { state in
            let found = state.isAway ? nil : state.outputs[key]
            if found == nil { state.counts.misses += 1 } else { state.counts.hits += 1 }
            return found
        }
    }

    public func outputs(for keys: [StageCacheKey]) async -> [StageCacheKey: StageOutput] {
        self.state.withLock { state in
            state.counts.batches += 1
            guard !state.isAway else { return [:] }
            var found: [StageCacheKey: StageOutput] = [:]
            for key in keys { found[key] = state.outputs[key]?.output }
            return found
        }
    }

    public func keep(_ output: StageOutput, for key: StageCacheKey, duration: Duration) async {
        self.state.withLock { state in
            guard !state.isAway else { return }
            state.outputs[key] = CachedStageOutput(output: output, duration: duration)
            state.counts.kept += 1
        }
    }

    public func pieces(_ names: [String], of key: StageCacheKey) async -> [String: [UInt8]] {
        self.state.withLock { state in
            guard !state.isAway else { return [:] }
            let found = (state.pieces[key] ?? [:]).filter { names.contains($0.key) }
            state.counts.pieces += found.count
            return found
        }
    }

    public func keep(_ piece: [UInt8], as name: String, of key: StageCacheKey) async {
        self.state.withLock { if !$0.isAway { $0.pieces[key, default: [:]][name] = piece } }
    }

    public func forget(pieces names: [String], of key: StageCacheKey) async {
        self.state.withLock { state in
            for name in names { state.pieces[key]?[name] = nil }
            if state.pieces[key]?.isEmpty ?? false { state.pieces[key] = nil }
        }
    }
}
