public import Flotilla
public import FlotillaCache
internal import Threading

/// Remembers what stages made in a ``Cache``: whole outputs, those too large for one value as parts behind a manifest, and pieces of stages that are under way.
///
/// A set of parts is all there or it is a miss: the manifest holds their number and digests.
public struct CachedStages: StageCache {
    private let cache: Cache
    private let isOn: @Sendable () -> Bool

    /// Bytes of an output above which it is cut into parts: compressed they are far below what a value may have.
    static let partBytes = CacheManifest.defaultPartBytes

    /// - Parameter isOn: asked at each call, so that stages can be switched off while they run.
    public init(cache: Cache, isOn: @escaping @Sendable () -> Bool = { true }) {
        self.cache = cache
        self.isOn = isOn
    }

    public func output(for key: StageCacheKey) async -> CachedStageOutput? { await self.read([key])[key] }

    public func outputs(for keys: [StageCacheKey]) async -> [StageCacheKey: StageOutput] {
        await self.read(keys).mapValues(\.output)
    }

    /// All in one round trip, and in a second one the parts of each that is large.
    private func read(_ keys: [StageCacheKey]) async -> [StageCacheKey: CachedStageOutput] {
        guard self.isOn(), !keys.isEmpty else { return [:] }
        // The counts say what went wrong; to a stage it is a miss.
        guard let found = try? await self.cache.get(keys.map(Self.key), as: StoredStage.self, onChance: true) else { return [:] }
        var outputs: [StageCacheKey: CachedStageOutput] = [:]
        for (key, lookup) in zip(keys, found) {
            guard let stored = lookup.value, let body = await self.body(stored, key) else { continue }
            outputs[key] = CachedStageOutput(
                output: StageOutput(body: body, metrics: stored.metrics), duration: .milliseconds(stored.milliseconds))
        }
        return outputs
    }

    private func body(_ stored: StoredStage, _ key: StageCacheKey) async -> [UInt8]? {
        switch stored.body {
        case .whole(let bytes): return bytes
        case .parts(let manifest):
            let keys = (0..<manifest.count).map { Self.part($0, of: key) }
            guard let parts = try? await self.cache.get(keys, as: [UInt8].self) else { return nil }
            return manifest.join(parts.map(\.value))
        }
    }

    public func keep(_ output: StageOutput, for key: StageCacheKey, duration: Duration) async {
        guard self.isOn() else { return }
        // A miss is work that was done: stages look before they take a lock and again under it, and that is one.
        let place = Self.key(key)
        self.cache.recorder.record(type: place.type.name, tenant: place.tenant.description) { $0.misses += 1 }
        await self.restore(output, for: key, duration: duration)
    }

    /// Puts back what was made some time ago: no work was done, and no miss is counted.
    public func restore(_ output: StageOutput, for key: StageCacheKey, duration: Duration) async {
        guard self.isOn() else { return }
        var stored = StoredStage(milliseconds: duration.inMilliseconds, metrics: output.metrics, body: .whole(output.body))
        do {
            if output.body.count > Self.partBytes {
                let (manifest, parts) = CacheManifest.split(output.body, partBytes: Self.partBytes)
                // The parts first: a manifest without them is a miss that costs a round trip.
                let keyed = parts.enumerated().map { (key: Self.part($0.offset, of: key), value: $0.element) }
                for start in stride(from: 0, to: keyed.count, by: 8) {
                    try await self.cache.set(Array(keyed[start..<min(start + 8, keyed.count)]))
                }
                stored.body = .parts(manifest)
            }
            try await self.cache.set(Self.key(key), stored, took: duration)
        } catch {
            // Counted by the cache; the output is durable elsewhere.
        }
    }

    public func pieces(_ names: [String], of key: StageCacheKey) async -> [String: [UInt8]] {
        guard self.isOn(), !names.isEmpty else { return [:] }
        var pieces: [String: [UInt8]] = [:]
        for start in stride(from: 0, to: names.count, by: 200) {
            let some = Array(names[start..<min(start + 200, names.count)])
            guard let found = try? await self.cache.get(some.map { Self.piece($0, of: key) }, as: [UInt8].self, onChance: true) else {
                break
            }
            for (name, lookup) in zip(some, found) { pieces[name] = lookup.value }
        }
        return pieces
    }

    public func keep(_ piece: [UInt8], as name: String, of key: StageCacheKey) async {
        guard self.isOn() else { return }
        // Counted by the cache; the piece is durable elsewhere.
        _ = try? await self.cache.set(Self.piece(name, of: key), piece)
    }

    public func forget(pieces names: [String], of key: StageCacheKey) async {
        guard self.isOn(), !names.isEmpty else { return }
        for start in stride(from: 0, to: names.count, by: 200) {
            // What stays ends by its time to live.
            _ = try? await self.cache.delete(names[start..<min(start + 200, names.count)].map { Self.piece($0, of: key) })
        }
    }

    // MARK: Keys

    /// `…:{type}:{stage}:{digest}`.
    static func key(_ key: StageCacheKey) -> CacheKey {
        CacheKey(StageCacheTypes.type(of: key.stage), tenant: self.tenant(key), [key.stage.rawValue, key.digest])
    }

    private static func part(_ index: Int, of key: StageCacheKey) -> CacheKey {
        CacheKey(StageCacheTypes.type(of: key.stage), tenant: self.tenant(key), [key.stage.rawValue, key.digest, "part", String(index)])
    }

    private static func piece(_ name: String, of key: StageCacheKey) -> CacheKey {
        CacheKey(
            StageCacheTypes.type(ofPiecesOf: key.stage), tenant: self.tenant(key), [key.stage.rawValue, key.digest, "piece", name])
    }

    private static func tenant(_ key: StageCacheKey) -> CacheTenant { key.tenant.map { CacheTenant($0) } ?? .none }
}
