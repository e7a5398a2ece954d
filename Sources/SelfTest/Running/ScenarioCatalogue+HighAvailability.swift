extension ScenarioCatalogue {
    /// Primaries that die or are cut off, and slots that move.
    static let highAvailability: [any Scenario] = [SentinelFailovers(), CutOffPrimary(), SlotMigration()]
}
