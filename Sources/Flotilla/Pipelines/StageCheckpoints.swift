/// Pieces of a long stage, kept as they are made: whoever runs the stage after a crash or a failure begins with them.
///
/// A piece is found again by the same engine only, so that a new model or new parameters never see the pieces of old ones.
public struct StageCheckpoints: Sendable {
    private let read: @Sendable () async throws -> [String: [UInt8]]
    private let write: @Sendable (_ piece: [UInt8], _ key: String) async throws -> Bool

    /// - Parameters:
    ///   - read: gives all pieces by their keys.
    ///   - write: keeps a piece; false when the run is somebody else's by now.
    public init(
        read: @escaping @Sendable () async throws -> [String: [UInt8]],
        write: @escaping @Sendable (_ piece: [UInt8], _ key: String) async throws -> Bool
    ) {
        self.read = read
        self.write = write
    }

    /// Keeps nothing: for stages that are run by themselves.
    public static let none = StageCheckpoints(read: { [:] }, write: { _, _ in true })

    /// All pieces that were kept, by their keys. Read it once, at the start.
    ///
    /// - Throws: what the store throws; the pipeline knows what to do with it.
    public func all() async throws -> [String: [UInt8]] { try await self.read() }

    /// Keeps a piece, durable when this returns. Keys name the piece within the stage: `segment-12`.
    ///
    /// - Throws: `CancellationError` when the run is somebody else's by now: nothing was written, and nothing more will be accepted.
    public func keep(_ piece: [UInt8], as key: String) async throws {
        guard try await self.write(piece, key) else { throw CancellationError() }
    }
}
