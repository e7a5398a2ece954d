extension ScenarioCatalogue {
    /// Queues on more than one server.
    static let highAvailability: [any Scenario] = [SentinelFailovers(), CutOffPrimary(), SlotMigration()]
}
