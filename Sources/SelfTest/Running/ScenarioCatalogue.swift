/// All scenarios, in the order in which they run.
public enum ScenarioCatalogue {
    public static let all: [any Scenario] = processes + outages + highAvailability

    private static let processes: [any Scenario] = [
        WorkerKillStorm(), SchedulerKills(), RequeueKills(), FaultPoints(), MemoryLimit(), DescriptorLimit(), ClockSteps(), FrozenWorker(),
        Drain(), RollingUpgrade(), Soak(), SimulatedFleet(),
    ]
}
