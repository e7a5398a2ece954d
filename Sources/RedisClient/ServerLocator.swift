/// Where the connections of a pool go.
enum ServerLocator {
    /// Always there.
    case fixed(RedisConfiguration.Endpoint)
    /// To any of these: to the next one whenever one is lost.
    case anyOf([RedisConfiguration.Endpoint])
    /// To the primary that sentinels name.
    case sentinel(SentinelDirectory)
}
