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

    /// Puts the fragments in place of the `-- @include name` lines.
    private static func load(_ name: String, _ source: [UInt8]) -> RedisScript {
        let marker = "-- @include "
        let lines = String(decoding: source, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { line -> String in
            guard line.hasPrefix(marker) else { return String(line) }
            let fragment = self.fragments[String(line.dropFirst(marker.count))]
            precondition(fragment != nil, "\(name).lua includes a fragment that CacheScript does not list: \(line)")
            return String(decoding: fragment ?? [], as: UTF8.self)
        }
        return RedisScript(name: "cache_\(name)", source: text.joined(separator: "\n"))
    }
}
