import FlotillaPostgres

extension StageRecord {
    /// What follows a status in a table: empty for an output that was made for this version.
    var originText: String {
        if let version = self.carriedFrom { return " (of version \(version))" }
        return self.isFromCache ? " (cache)" : ""
    }
}
