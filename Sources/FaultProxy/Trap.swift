/// Waits for certain requests and makes them end badly in a way that their sender cannot tell from others: done, not done, or unanswered.
public struct Trap: Sendable, Hashable {
    /// What happens to a request that is caught.
    public enum Effect: Sendable, Hashable {
        /// The server gets it and answers; the answer is thrown away and the connection is ended, after all earlier answers were handed on. The
        /// server gets nothing that the client sent after it.
        case loseReply(Ending)
        /// The server does not get it, or not its end, and the connection is ended.
        case loseRequest(Ending)
    }

    /// A request is caught if it holds any of these; with none, every request is.
    public var needles: [[UInt8]]
    /// So many matching requests are let through first.
    public var skip: Int
    /// So many are caught then, over all connections; the trap does nothing afterwards.
    public var count: Int
    public var effect: Effect

    /// - Parameter texts: what a request may hold to be caught: the digest of a script, a command in the case in which it is sent, a part of a statement.
    public init(_ texts: [String], skip: Int = 0, count: Int = 1, effect: Effect = .loseReply(.reset)) {
        self.needles = texts.map { Array($0.utf8) }
        self.skip = skip
        self.count = count
        self.effect = effect
    }
}
