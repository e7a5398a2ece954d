/// All scenarios, in the order in which they run.
public enum ScenarioCatalogue {
    public static let all: [any Scenario] =
        [
            WorkerKillStorm(), SchedulerKills(), RequeueKills(), FaultPoints(), MemoryLimit(), DescriptorLimit(), ClockSteps(),
            FrozenWorker(),
            Drain(),
            RollingUpgrade(), Soak(),
        ] + outages
}
