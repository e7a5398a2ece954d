internal import Threading

/// The pieces of one run of a stage in the cache. Remembers their names, so that they can be forgotten when the stage is complete.
struct PieceCache: Sendable {
    private let cache: any StageCache
    private let key: StageCacheKey
    private let names = Lock<Set<String>>([])

    init(_ cache: any StageCache, key: StageCacheKey) {
        self.cache = cache
        self.key = key
    }

    /// - Parameter all: also those that are known from elsewhere; an earlier run will have put them into the cache too.
    func pieces(_ names: [String], all: [String]) async -> [String: [UInt8]] {
        self.names.withLock { $0.formUnion(all) }
        return names.isEmpty ? [:] : await self.cache.pieces(names, of: self.key)
    }

    func keep(_ piece: [UInt8], as name: String) async {
        self.names.withLock { _ = $0.insert(name) }
        await self.cache.keep(piece, as: name, of: self.key)
    }

    func forget() async {
        let names = self.names.withLock { $0.sorted() }
        if !names.isEmpty { await self.cache.forget(pieces: names, of: self.key) }
    }
}
