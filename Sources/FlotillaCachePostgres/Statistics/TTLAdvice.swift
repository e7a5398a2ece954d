public import FlotillaCache
internal import Glibc
internal import Threading

/// Whether the time to live of a type is well chosen, judged by what was counted.
///
/// **Shorter.** The ages of values at their hits are counted in tenths of their time. If nearly all hits come early, the time can end
/// after the last tenth that matters: the share of hits beyond it is all that can be lost, and each lost hit costs one load. The tolerated
/// share is 1 %, and 0.1 % where a load takes a second or more. A change is advised only if it at least halves the time.
///
/// **Longer.** If values are still hit in their last tenth, some are asked for again after their end, and that costs a load which a longer
/// time would have saved. Let *x* be the hits that a value would have had in a second time of the same length: those of the last tenth,
/// continued with the decline between the last two pairs of tenths. A value is asked for at least once in that time with the probability
/// 1 − e^−x, if requests come independently and values of the type are asked for alike. Where few values get most requests it is less: the gain
/// is the most that can be had, not a promise. A change is advised if the hit ratio can gain 2 points, or the loads saved take 1 % of the
/// time observed, and if values are read more than once: else it would mostly prolong values that nobody asks for again.
///
/// A type whose policy permits no delay is never advised a longer time: there it decides how long somebody may do what he no longer may.
public struct TTLAdvice: Sendable, Hashable {
    public enum Verdict: Sendable, Hashable {
        case keep
        case shorter(Duration)
        case longer(Duration)
    }

    /// Why. Figures are in ``explanation``.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Fewer than 1,000 reads or 50 values: too few to judge by.
        case tooFewReads
        /// Values were stored and never read: the time is not what is wrong.
        case neverRead
        /// Nearly all hits come in the first half of the time.
        case hitsComeEarly
        /// Values end while they are still asked for.
        case hitsGoOn
        /// They do, but few values are read more than once.
        case rarelyReadAgain
        /// They do, but the time is a matter of safety.
        case decidedBySafety
        case wellChosen
    }

    public var type: String
    public var current: Duration
    public var verdict: Verdict
    public var reason: Reason
    /// Nil before the first read.
    public var hitRatio: Double?
    public var hitsPerWrite: Double?
    /// At least this share of the values was never read.
    public var leastUnreadShare: Double?
    public var meanLoad: Duration?
    /// Of a longer time: by how much the hit ratio can rise at most. Of a shorter one: by how much it can fall, below zero.
    public var hitRatioChange: Double
    /// Loads that the change saves at most, or costs, below zero, in the time observed.
    public var loadsSaved: Double

    /// Judges by what was counted in a time.
    ///
    /// - Parameter period: for how long it was counted.
    public static func of(_ type: CacheType, _ tally: CacheTally, over period: Duration) -> TTLAdvice {
        var advice = TTLAdvice(
            type: type.name, current: type.policy.timeToLive, verdict: .keep, reason: .wellChosen, hitRatio: tally.hitRatio,
            hitsPerWrite: tally.hitsPerWrite, leastUnreadShare: tally.leastUnreadShare, meanLoad: tally.meanLoad, hitRatioChange: 0,
            loadsSaved: 0)
        // Not `map(Double.init)`: of UInt64 that takes the bits for the number.
        let tenths = tally.ageTenths.map { Double($0) }
        let hits = tenths.reduce(0, +)
        let reads = Double(tally.hits &+ tally.misses)
        guard tally.writes >= 50, tally.hits > 0 || reads >= 1_000 else { return advice.keeping(.tooFewReads) }
        guard hits > 0 else { return advice.keeping(tally.hits == 0 ? .neverRead : .tooFewReads) }
        guard reads >= 1_000 else { return advice.keeping(.tooFewReads) }

        let load = tally.meanLoad?.inSeconds ?? 0
        if let needed = Self.tenthsNeeded(tenths, tolerating: load >= 1 ? 0.001 : 0.01), needed <= 5 {
            let lost = tenths[needed...].reduce(0, +)
            advice.verdict = .shorter(advice.current * needed / 10)
            advice.reason = .hitsComeEarly
            advice.loadsSaved = -lost
            advice.hitRatioChange = -lost / reads
            return advice
        }

        let values = Double(tally.writes)
        let saved = min(Double(tally.misses), values * (1 - exp(-Self.expectedHits(after: tenths) / values)))
        let gain = saved / reads
        guard gain >= 0.02 || saved * load >= period.inSeconds * 0.01 else { return advice }
        if !type.policy.permitsDelay { return advice.keeping(.decidedBySafety) }
        guard Double(tally.hits) >= values else { return advice.keeping(.rarelyReadAgain) }
        advice.verdict = .longer(min(advice.current * 2, max(advice.current, Self.longest)))
        advice.reason = .hitsGoOn
        advice.loadsSaved = saved
        advice.hitRatioChange = gain
        return advice
    }

    /// No type lives longer than the answers of language models.
    private static let longest = Duration.seconds(30 * 86_400)

    /// The first tenths that hold all hits but the tolerated share; at least one.
    private static func tenthsNeeded(_ tenths: [Double], tolerating share: Double) -> Int? {
        let total = tenths.reduce(0, +)
        var seen = 0.0
        for (index, count) in tenths.enumerated() {
            seen += count
            if total - seen <= total * share { return index + 1 }
        }
        return nil
    }

    /// The hits of ten more tenths, continued from the last ones.
    private static func expectedHits(after tenths: [Double]) -> Double {
        let last = tenths[8] + tenths[9]
        let before = tenths[6] + tenths[7]
        guard last > 0 else { return 0 }
        // Between pairs lie two tenths. A rise is chance, or a burst: it does not go on.
        let decline = before > 0 ? min(1, (last / before).squareRoot()) : 1
        var step = last / 2
        var sum = 0.0
        for _ in 0..<10 {
            step *= decline
            sum += step
        }
        return sum
    }

    private func keeping(_ reason: Reason) -> TTLAdvice {
        var copy = self
        copy.reason = reason
        return copy
    }
}

extension TTLAdvice {
    /// One sentence with the figures.
    public var explanation: String {
        let change = "\(Self.decimal(abs(self.hitRatioChange) * 100)) points of hit ratio"
        switch self.reason {
        case .tooFewReads: return "too few reads to judge by"
        case .neverRead: return "values are stored and never read: look for a key that differs between writer and reader"
        case .hitsComeEarly: return "nearly all hits come early: it costs at most \(change)"
        case .hitsGoOn:
            return "values end while they are asked for: at most \(change) and \(UInt64(self.loadsSaved.rounded())) loads can be saved"
        case .rarelyReadAgain:
            return "values end while some are asked for, but there are only \(Self.decimal(self.hitsPerWrite ?? 0)) hits a value"
        case .decidedBySafety: return "a longer time would save loads, but here it is a matter of safety"
        case .wellChosen: return "hits neither end early nor would a longer time save much"
        }
    }

    private static func decimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

/// Figures that advice needs.
extension CacheTally {
    /// Hits a value that was stored; nil before the first.
    var hitsPerWrite: Double? { self.writes == 0 ? nil : Double(self.hits) / Double(self.writes) }

    /// At least this share of the values was never read: where there are fewer hits than values, the rest had none. Nil before the first.
    var leastUnreadShare: Double? { self.hitsPerWrite.map { max(0, 1 - $0) } }

    /// What a load took; nil before the first.
    var meanLoad: Duration? {
        self.loads == 0 ? nil : .nanoseconds(Int64(clamping: self.loadNanoseconds / self.loads))
    }
}
