package import RedisClient

/// The broker's transitions. Each is one Lua file in `Scripts/`, whose header says what it does; the files are embedded in the program.
package enum Script {
    static let register = load("register", PackageResources.register_lua)
    static let extend = load("extend", PackageResources.extend_lua)
    static let exchange = load("exchange", PackageResources.exchange_lua)
    static let trial = load("trial", PackageResources.trial_lua)
    static let retire = load("retire", PackageResources.retire_lua)
    static let expired = load("expired", PackageResources.expired_lua)
    static let reclaim = load("reclaim", PackageResources.reclaim_lua)
    static let quarantine = load("quarantine", PackageResources.quarantine_lua)
    static let promote = load("promote", PackageResources.promote_lua)
    static let delay = load("delay", PackageResources.delay_lua)
    static let hasten = load("hasten", PackageResources.hasten_lua)
    static let requeue = load("requeue", PackageResources.requeue_lua)
    static let discard = load("discard", PackageResources.discard_lua)
    static let counts = load("counts", PackageResources.counts_lua)
    static let lockExtend = load("lock_extend", PackageResources.lock_extend_lua)
    static let lockRelease = load("lock_release", PackageResources.lock_release_lua)

    /// All of them, for tests that want to meet each on its way.
    package static let all = [
        register, extend, exchange, trial, retire, expired, reclaim, quarantine, promote, delay, hasten, requeue, discard, counts,
        lockExtend, lockRelease,
    ]

    private static let fragments: [String: [UInt8]] = [
        "fragment_now": PackageResources.fragment_now_lua,
        "fragment_schedule": PackageResources.fragment_schedule_lua,
        "fragment_bury": PackageResources.fragment_bury_lua,
        "fragment_unbury": PackageResources.fragment_unbury_lua,
        "fragment_sweep": PackageResources.fragment_sweep_lua,
    ]

    private static func load(_ name: String, _ source: [UInt8]) -> RedisScript {
        RedisScript(name: name, source: source, fragments: self.fragments)
    }
}
