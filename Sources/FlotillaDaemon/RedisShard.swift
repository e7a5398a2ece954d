/// One of the Redis servers that hold queues. Equal when it is the same server.
public struct RedisShard: Sendable, Hashable {
    /// Nil for the one of `REDIS_URL`. Holds a password; never shown.
    let url: String?

    /// The Redis of every queue that has none of its own.
    public static let main = Self(url: nil)
}
