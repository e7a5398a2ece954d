extension ScenarioCatalogue {
    /// Servers that die, freeze, run out of room, or whose network does.
    static let outages: [any Scenario] = [
        RedisKillStorm(), RedisPowerLoss(), HalfOpenConnection(), PostgresKillStorm(), DependencyOutage(), DiskFull(), LostReplies(),
        LostCommits(), ServerWeather(),
    ]
}
