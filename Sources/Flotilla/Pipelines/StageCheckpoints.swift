/// Pieces of a long stage, kept as they are made: whoever runs the stage after a crash or a failure begins with them.
///
/// A piece is found again by the same engine only, so that a new model or new parameters never see the pieces of old ones. What was kept is
/// durable in the store; with a cache it is also found by other documents of the same content.
public struct StageCheckpoints: Sendable {
    private let read: @Sendable () async throws -> [String: [UInt8]]
    private let write: @Sendable (_ piece: [UInt8], _ key: String) async throws -> Bool
    private let cache: PieceCache?

    /// - Parameters:
    ///   - read: gives all pieces by their keys.
    ///   - write: keeps a piece; false when the run is somebody else's by now.
    public init(
        read: @escaping @Sendable () async throws -> [String: [UInt8]],
        write: @escaping @Sendable (_ piece: [UInt8], _ key: String) async throws -> Bool
    ) {
        self.init(read: read, write: write, cache: nil)
    }

    init(
        read: @escaping @Sendable () async throws -> [String: [UInt8]],
        write: @escaping @Sendable (_ piece: [UInt8], _ key: String) async throws -> Bool, cache: PieceCache?
    ) {
        self.read = read
        self.write = write
        self.cache = cache
    }

    /// Keeps nothing: for stages that are run by themselves.
    public static let none = StageCheckpoints(read: { [:] }, write: { _, _ in true })

    /// All pieces that the store has, by their keys: for stages that cannot say beforehand which there may be.
    ///
    /// - Throws: what the store throws; the pipeline knows what to do with it.
    public func all() async throws -> [String: [UInt8]] { try await self.read() }

    /// Of these pieces, those that were kept: in the store, or else in the cache, which is asked once. Call it once, at the start.
    ///
    /// - Throws: what the store throws; the pipeline knows what to do with it.
    public func recall(_ names: [String]) async throws -> [String: [UInt8]] {
        let wanted = Set(names)
        var pieces = try await self.read().filter { wanted.contains($0.key) }
        guard let cache else { return pieces }
        let missing = names.filter { pieces[$0] == nil }
        let found = await cache.pieces(missing, all: names)
        for name in missing { pieces[name] = pieces[name] ?? found[name] }
        return pieces
    }

    /// Keeps a piece, durable when this returns. Keys name the piece within the stage: `segment-12`.
    ///
    /// - Throws: `CancellationError` when the run is somebody else's by now: nothing was written, and nothing more will be accepted.
    public func keep(_ piece: [UInt8], as key: String) async throws {
        guard try await self.write(piece, key) else { throw CancellationError() }
        await self.cache?.keep(piece, as: key)
    }
}
