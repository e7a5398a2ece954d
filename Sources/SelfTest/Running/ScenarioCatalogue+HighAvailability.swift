extension ScenarioCatalogue {
    /// Queues on more than one server, workers on more than one host.
    static let highAvailability: [any Scenario] = [SentinelFailovers(), CutOffPrimary(), SlotMigration(), ScaleOut()]
}
