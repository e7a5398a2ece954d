internal import RedisClient

/// The tier's transitions. Each is one Lua file in `CacheScripts/`, whose header says what it does; the files are embedded in the program.
enum CacheScript {
    static let lease = load("lease", PackageResources.lease_lua)
    static let release = load("release", PackageResources.release_lua)
    static let fill = load("fill", PackageResources.fill_lua)
    static let write = load("write", PackageResources.write_lua)
    static let delete = load("delete", PackageResources.delete_lua)
    static let bump = load("bump", PackageResources.bump_lua)
    static let increment = load("increment", PackageResources.increment_lua)
    static let evict = load("evict", PackageResources.evict_lua)
    static let shrink = load("shrink", PackageResources.shrink_lua)
    static let usage = load("usage", PackageResources.usage_lua)
    static let recount = load("recount", PackageResources.recount_lua)

    private static let fragments: [String: [UInt8]] = [
        "fragment_generations": PackageResources.fragment_generations_lua,
        "fragment_entry": PackageResources.fragment_entry_lua,
        "fragment_account": PackageResources.fragment_account_lua,
        "fragment_keep": PackageResources.fragment_keep_lua,
    ]

    private static func load(_ name: String, _ source: [UInt8]) -> RedisScript {
        RedisScript(name: "cache_\(name)", source: source, fragments: self.fragments)
    }
}
