/// What a client has done since it was made.
public struct RedisStatistics: Sendable, Hashable {
    /// Commands accepted for sending.
    public internal(set) var commands: UInt64 = 0
    /// Replies received, those of greetings and of loaded scripts included.
    public internal(set) var replies: UInt64 = 0
    /// Commands whose callers were told that time was up after a connection had taken them.
    public internal(set) var timeouts: UInt64 = 0
    /// Times that a node of a cluster sent a command elsewhere or put it off.
    public internal(set) var redirections: UInt64 = 0
    public internal(set) var bytesSent: UInt64 = 0
    public internal(set) var bytesReceived: UInt64 = 0
    /// Times a connection became ready.
    public internal(set) var connects: UInt64 = 0
    /// Times a ready connection was lost.
    public internal(set) var disconnects: UInt64 = 0
    /// Attempts that did not lead to a ready connection.
    public internal(set) var failedConnects: UInt64 = 0
    /// Connections that are ready now.
    public internal(set) var readyConnections: Int = 0
}

/// Something that happened to one of a client's connections, for logs and metrics.
public enum RedisConnectionEvent: Sendable {
    case connected
    /// A ready connection was lost; the next attempt follows after `retryAfter`.
    case disconnected(RedisError, retryAfter: Duration)
    /// An attempt to connect failed; the next follows after `retryAfter`.
    case connectFailed(RedisError, retryAfter: Duration)
}
