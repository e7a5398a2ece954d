/// All scenarios, in the order in which they run.
public enum ScenarioCatalogue {
    public static let all: [any Scenario] = [
        WorkerKillStorm(), SchedulerKills(), RequeueKills(), FaultPoints(), MemoryLimit(), DescriptorLimit(), FrozenWorker(), Drain(),
        RedisKillStorm(),
        RedisPowerLoss(),
        HalfOpenConnection(),
        PostgresKillStorm(),
        DependencyOutage(),
        DiskFull(),
        LostReplies(),
        LostCommits(),
        ServerWeather(),
    ]
}
