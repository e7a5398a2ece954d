import Threading

/// A token bucket for each call site.
struct LineLimiter {
    struct Suppressed {
        let site: CallSite
        let level: LogLevel
        let count: Int
    }

    private struct Bucket {
        var tokens: Double
        var time: MonotonicTime
        var level: LogLevel
        var suppressed = 0
    }

    private let limit: LogOutput.RateLimit?
    private var buckets: [CallSite: Bucket] = [:]

    init(_ limit: LogOutput.RateLimit?) { self.limit = limit }

    /// Whether a line of this site may be written now; if not, it is counted.
    mutating func admit(_ site: CallSite, level: LogLevel, now: MonotonicTime) -> Bool {
        guard let limit = self.limit else { return true }
        var bucket = self.buckets[site] ?? Bucket(tokens: Double(limit.burst), time: now, level: level)
        bucket.tokens = min(Double(limit.burst), bucket.tokens + (now - bucket.time).inSeconds * Double(limit.perSecond))
        bucket.time = now
        let admitted = bucket.tokens >= 1
        if admitted { bucket.tokens -= 1 } else { bucket.suppressed += 1 }
        bucket.level = level
        self.buckets[site] = bucket
        return admitted
    }

    /// What was suppressed of a site since it last spoke; asked when it speaks again.
    mutating func takeSuppressed(_ site: CallSite) -> Suppressed? {
        guard let bucket = self.buckets[site], bucket.suppressed > 0 else { return nil }
        self.buckets[site]?.suppressed = 0
        return Suppressed(site: site, level: bucket.level, count: bucket.suppressed)
    }

    mutating func drain() -> [Suppressed] { self.buckets.keys.compactMap { self.takeSuppressed($0) } }
}
