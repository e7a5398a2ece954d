/// All scenarios, in the order in which they run.
public enum ScenarioCatalogue {
    public static let all: [any Scenario] = [
        WorkerKillStorm(),
        RedisKillStorm(),
        HalfOpenConnection(),
        PostgresKillStorm(),
        DependencyOutage(),
        RedisPowerLoss(),
        DiskFull(),
        LostReplies(),
        LostCommits(),
        ServerWeather(),
    ]
}
