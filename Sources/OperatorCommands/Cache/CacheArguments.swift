import FlotillaCache

/// Options that cache verbs share.
extension CommandSpec.Option {
    static let cacheType = Self.value("type", "TYPE", short: "t", "only values of this type, such as ocr_result")
    static let cacheTenant = Self.value("tenant", "TENANT", "only this tenant's values, by its id; ~none for those without a tenant")
    static func since(_ standard: String) -> Self {
        Self.value("since", "DURATION", "so far back, such as 1h or 30d (default \(standard))")
    }
}

extension Arguments {
    /// `--type`.
    func cacheType() throws(CommandError) -> CacheType? {
        guard let name = self.text("type") else { return nil }
        if let type = CacheType.all.first(where: { $0.name == name }) { return type }
        let known = CacheType.all.map(\.name)
        throw .notFound(
            "there is no cache type '\(name)'" + Suggestion.sentence(name, among: known) + "; there are \(known.joined(separator: ", "))")
    }

    /// `--tenant`: an id, whatever it contains. Nothing in it is a pattern. The two tenants that no id can name are written as keys have them.
    func cacheTenant() -> CacheTenant? {
        switch self.text("tenant") {
        case nil: nil
        case "~none": CacheTenant.none
        case "~everyone": CacheTenant.everyone
        case let id?: CacheTenant(id)
        }
    }

    /// `--since`, at most a year.
    func since(default standard: Duration) throws(CommandError) -> Duration {
        guard let since = try self.duration("since") else { return standard }
        guard since >= .seconds(60), since <= .seconds(366 * 86_400) else { throw .usage("--since must be from 1m to 366d") }
        return since
    }
}
