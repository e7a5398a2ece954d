public import FlotillaCache
public import Reactor
public import RedisClient
internal import Threading

/// The shared tier of a cache, on Redis 6.2 or later: one server, or one behind a sentinel. No cluster: a value, its generations and its
/// account lie in different slots.
///
/// Everything that takes more than one command is a script; the headers in `CacheScripts/` say what each does. No clock but Redis's counts,
/// and no command is used that looks at all keys at once or empties a database.
///
/// **Memory.** Values, leases, generations and counters end by themselves. What does not: the sets of an account, whose members are taken out
/// when they end, and the set of accounts. They must not go before what they count, as they might under `volatile-lfu`, the policy to use.
///
/// **Memory is full.** Under a policy that evicts nothing, what stores is ``CacheError/Code/refused``; deletions and bumps go through.
///
/// **A failover** may lose the last bumps with the rest of what the primary had not replicated. Redis promises no more.
///
/// **Rights.** An ACL user needs, where `prod:` stands for the namespace and the environment, `flotilla:production:` by default:
///
///     ACL SETUSER cache on >secret resetkeys ~prod:* resetchannels &prod:~ends -@all +evalsha +eval +script|load +ping +info
///         +mget +get +set +del +unlink +exists +expire +pexpire +ttl +pttl +incrby +strlen +getrange +memory|usage +scan +time
///         +zadd +zrem +zscore +zcard +zincrby +zrange +zrangebyscore +zrevrange +zinterstore +zscan +hget +hset +hincrby
///         +publish +subscribe
///
/// in one line, and `+client|setname` for the connection's name, without which it has none. SCAN shows the names of other keys.
public struct RedisCacheBackend: CacheBackend {
    public struct Options: Sendable {
        /// For reads: those who wait for one would rather do the work anew.
        public var readTimeout: Duration
        /// For everything that writes.
        public var writeTimeout: Duration
        /// For what people and background duties ask: health, scans, accounts.
        public var upkeepTimeout: Duration
        /// Keys of one MGET; more are read by several in one pipeline, so that nobody else waits for long.
        public var keysPerRead: Int
        /// A silent channel of ends is given up after at most twice this time.
        public var heartbeat: Duration

        public init(
            readTimeout: Duration = .milliseconds(50), writeTimeout: Duration = .milliseconds(100), upkeepTimeout: Duration = .seconds(2),
            keysPerRead: Int = 500, heartbeat: Duration = .seconds(2)
        ) {
            self.readTimeout = readTimeout
            self.writeTimeout = writeTimeout
            self.upkeepTimeout = upkeepTimeout
            self.keysPerRead = max(1, keysPerRead)
            self.heartbeat = heartbeat
        }
    }

    /// Values live for at most so long: their generations, which are used with every write, live for longer.
    public static let longestTimeToLive = Duration.seconds(35 * 86_400)

    let client: RedisClient
    let subscription: RedisConfiguration
    let eventLoop: EventLoop
    let keySpace: CacheKeySpace
    let options: Options
    let messages: EndMessage

    /// Connects to nothing: the client does, with the first call.
    ///
    /// - Parameters:
    ///   - subscription: how ``watch(_:)`` connects; nil as the client does.
    ///   - eventLoop: for the connections of ``watch(_:)``.
    public init(
        client: RedisClient, subscription: RedisConfiguration? = nil, eventLoop: EventLoop, keySpace: CacheKeySpace,
        options: Options = Options()
    ) {
        self.client = client
        self.subscription = subscription ?? client.configuration
        self.eventLoop = eventLoop
        self.keySpace = keySpace
        self.options = options
        self.messages = EndMessage(root: keySpace.root)
    }
}
