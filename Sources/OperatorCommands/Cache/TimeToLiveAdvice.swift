import FlotillaCache
import Threading

/// Whether a type's time to live fits how its values are read. A pure function of what was counted.
struct TimeToLiveAdvice: Sendable, Equatable {
    enum Verdict: String, Sendable { case shorter, longer, keep }

    let verdict: Verdict
    /// The time to try next; nil to keep it.
    let proposal: Duration?
    let reason: String

    private static let fewestReads: UInt64 = 200
    private static let fewestHits: UInt64 = 100
    /// No longer than this is ever advised: what nobody invalidates must end some day.
    private static let longest = Duration.seconds(30 * 86_400)

    /// - Parameters:
    ///   - policy: as it is in force.
    ///   - tally: of a time in which it was.
    static func advise(_ policy: CachePolicy, _ tally: CacheTally) -> TimeToLiveAdvice {
        let aged = tally.ageTenths.reduce(0, +)
        if tally.reads < self.fewestReads { return .keep("\(tally.reads) reads are too few to judge by") }
        // Written again and again for nobody.
        if let hits = tally.hitsPerWrite, hits < 0.1 {
            return .init(
                verdict: .shorter, proposal: self.round(policy.timeToLive / 2),
                reason: "\(MonitorText.decimal(hits)) hits for each write: values take memory and are hardly read; or do not cache the type"
            )
        }
        if aged < self.fewestHits { return .keep("\(aged) hits are too few to judge by") }
        let late = Double(tally.ageTenths[7...].reduce(0, +)) / Double(aged)
        let reach = self.reach(of: tally.ageTenths, share: 0.99)
        if reach <= 5 {
            return .init(
                verdict: .shorter, proposal: self.round(policy.timeToLive * (reach + 1) / 10),
                reason: "99 % of hits come in the first \(reach * 10) % of the time: what is kept longer only takes memory")
        }
        let lateText = "\(Int((late * 100).rounded())) % of hits come in the last 30 % of the time"
        // Evenly spread, 30 % would.
        guard late >= 0.2 else { return .keep("hits fade before the end: \(lateText)") }
        guard policy.permitsDelay else { return .keep("\(lateText), but it decides who may do what, or about money: it stays short") }
        let misses = 1 - (tally.hitRatio ?? 0)
        let missText = "\(MonitorText.share(Int((misses * 10_000).rounded()), of: 10_000)) of reads miss"
        guard misses > 0.05 else { return .keep("\(lateText), but only \(missText): there is little to win") }
        guard policy.timeToLive < self.longest else { return .keep("\(lateText), and it is long already") }
        return .init(
            verdict: .longer, proposal: min(self.longest, self.round(policy.timeToLive * 2)),
            reason: "\(lateText) and \(missText): values end while they are still wanted")
    }

    /// How many tenths hold this share of all hits.
    private static func reach(of tenths: [UInt64], share: Double) -> Int {
        let wanted = Double(tenths.reduce(0, +)) * share
        var sum: UInt64 = 0
        for (index, count) in tenths.enumerated() {
            sum &+= count
            if Double(sum) >= wanted { return index + 1 }
        }
        return tenths.count
    }

    /// To whole seconds, minutes or hours, whichever keeps it within a tenth.
    private static func round(_ duration: Duration) -> Duration {
        let seconds = max(1, Int(duration.inSeconds.rounded()))
        for unit in [86_400, 3_600, 60] where seconds >= unit * 5 { return .seconds((seconds + unit / 2) / unit * unit) }
        return .seconds(seconds)
    }

    private static func keep(_ reason: String) -> Self { Self(verdict: .keep, proposal: nil, reason: reason) }
}
