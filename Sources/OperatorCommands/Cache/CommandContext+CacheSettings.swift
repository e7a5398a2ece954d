import FlotillaCache

extension CommandContext {
    /// What is decided about a type, by the settings.
    func cachePolicy(of type: CacheType) throws -> CachePolicy { type.policy }
}
