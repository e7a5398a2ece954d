import FlotillaCache
import FlotillaCachePostgres
import Testing

/// Advice is tried on simulated caches, whose hit ratio with the advised time can be known.
@Suite struct PostgresTTLAdviceTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var z = self.state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// Keys that are asked for at random, each in its span of time.
    ///
    /// - Parameters:
    ///   - gap: mean seconds between two requests for a key.
    ///   - lives: for how long a key is asked for, from a random moment on; nil: always.
    private func simulate(
        timeToLive: Double, keys: Int, gap: Double, lives: Double? = nil, over period: Double, load: Duration = .milliseconds(50)
    ) -> CacheTally {
        var random = Random(state: 42)
        var tally = CacheTally()
        for _ in 0..<keys {
            let start = lives == nil ? 0 : Double.random(in: 0..<period, using: &random)
            let end = lives.map { start + $0 } ?? period
            var now = start
            var born = -Double.infinity
            while true {
                // Exponential gaps: requests that know nothing of each other.
                now += -gap * logarithm(1 - Double.random(in: 0..<1, using: &random))
                guard now < end else { break }
                let age = (now - born) / timeToLive
                if age < 1 {
                    tally.sharedHits += 1
                    tally.ageTenths[Int(age * 10)] += 1
                } else {
                    tally.misses += 1
                    tally.loads += 1
                    tally.writes += 1
                    tally.loadNanoseconds +=
                        UInt64(load.components.attoseconds / 1_000_000_000) + UInt64(load.components.seconds) * 1_000_000_000
                    born = now
                }
            }
        }
        return tally
    }

    private func type(_ seconds: Double, permitsDelay: Bool = true) -> CacheType {
        CacheType("simulated", CachePolicy(timeToLive: .seconds(seconds), permitsDelay: permitsDelay, owner: "tests"))
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// Values that are asked for all the time: twice the time makes a cycle of misses rarer, by an amount that renewal theory gives.
    @Test(arguments: [20.0, 60, 150]) func `a longer time is advised where requests go on, and gains what was said`(gap: Double) throws {
        let now = self.simulate(timeToLive: 100, keys: 400, gap: gap, over: 20_000)
        let advice = TTLAdvice.of(self.type(100), now, over: .seconds(20_000))
        let expected = 1 - 1 / (1 + 100 / gap)
        #expect(abs((now.hitRatio ?? 0) - expected) < 0.02)
        if gap > 100 {
            // Less than one hit a value.
            #expect(advice.verdict == .keep)
            #expect(advice.reason == .rarelyReadAgain)
            return
        }
        #expect(advice.verdict == .longer(.seconds(200)))
        #expect(advice.reason == .hitsGoOn)
        let then = self.simulate(timeToLive: 200, keys: 400, gap: gap, over: 20_000)
        let gained = (then.hitRatio ?? 0) - (now.hitRatio ?? 0)
        #expect(gained > 0.02)
        // At most what was said, and of that magnitude: a value that is loaded again starts a new time, so that it is somewhat less.
        #expect(gained <= advice.hitRatioChange + 0.01 && gained >= advice.hitRatioChange / 3, "\(gained) of \(advice.hitRatioChange)")
    }

    @Test func `a shorter time is advised where keys are forgotten, and costs no more than was said`() throws {
        let now = self.simulate(timeToLive: 1_000, keys: 4_000, gap: 10, lives: 120, over: 100_000)
        let advice = TTLAdvice.of(self.type(1_000), now, over: .seconds(100_000))
        guard case .shorter(let proposal) = advice.verdict else {
            Issue.record("\(advice)")
            return
        }
        #expect(advice.reason == .hitsComeEarly)
        #expect(proposal <= .seconds(200) && proposal >= .seconds(100))
        let then = self.simulate(timeToLive: self.seconds(proposal), keys: 4_000, gap: 10, lives: 120, over: 100_000)
        let lost = (now.hitRatio ?? 0) - (then.hitRatio ?? 0)
        #expect(lost <= -advice.hitRatioChange + 0.001)
        #expect(lost < 0.01)
    }

    @Test func `where a load is dear, hits are not given away`() {
        var tally = CacheTally()
        tally.sharedHits = 10_000
        tally.misses = 1_000
        tally.writes = 1_000
        tally.loads = 1_000
        tally.loadNanoseconds = 1_000 * 1_000_000
        tally.ageTenths = [9_000, 950, 10, 5, 5, 5, 5, 5, 5, 10]
        #expect(TTLAdvice.of(self.type(100), tally, over: .seconds(3_600)).verdict == .shorter(.seconds(20)))
        tally.loadNanoseconds = 1_000 * 30_000_000_000
        #expect(TTLAdvice.of(self.type(100), tally, over: .seconds(86_400)).reason != .hitsComeEarly)
    }

    @Test func `a time that fits is kept`() {
        // Asked for during 700 s, and hardly ever after 900.
        var tally = CacheTally()
        tally.sharedHits = 10_000
        tally.misses = 600
        tally.writes = 600
        tally.ageTenths = [2_000, 2_000, 1_800, 1_500, 1_200, 800, 400, 200, 90, 10]
        let advice = TTLAdvice.of(self.type(1_000), tally, over: .seconds(86_400))
        #expect(advice.verdict == .keep)
        #expect(advice.reason == .wellChosen)
    }

    @Test func `what decides who may do what is never kept longer, but may be kept shorter`() {
        let busy = self.simulate(timeToLive: 100, keys: 400, gap: 20, over: 20_000)
        let advice = TTLAdvice.of(self.type(100, permitsDelay: false), busy, over: .seconds(20_000))
        #expect(advice.verdict == .keep)
        #expect(advice.reason == .decidedBySafety)
        let forgotten = self.simulate(timeToLive: 1_000, keys: 4_000, gap: 10, lives: 120, over: 100_000)
        #expect(TTLAdvice.of(self.type(1_000, permitsDelay: false), forgotten, over: .seconds(100_000)).reason == .hitsComeEarly)
    }

    @Test func `nothing is said of too little, and unread values are named`() {
        #expect(TTLAdvice.of(self.type(100), CacheTally(), over: .seconds(60)).reason == .tooFewReads)
        var unread = CacheTally()
        unread.misses = 5_000
        unread.writes = 5_000
        let advice = TTLAdvice.of(self.type(100), unread, over: .seconds(60))
        #expect(advice.reason == .neverRead)
        #expect(advice.leastUnreadShare == 1)
        unread.sharedHits = 500
        unread.ageTenths[9] = 500
        let rare = TTLAdvice.of(self.type(100), unread, over: .seconds(60))
        #expect(rare.verdict == .keep)
        #expect(rare.leastUnreadShare == 0.9)
        for reason in TTLAdvice.Reason.allCases {
            var copy = advice
            copy.reason = reason
            #expect(!copy.explanation.isEmpty)
        }
    }

    @Test func `no time is advised beyond thirty days`() {
        let busy = self.simulate(timeToLive: 100, keys: 400, gap: 20, over: 20_000)
        let month = Duration.seconds(30 * 86_400)
        #expect(TTLAdvice.of(self.type(20 * 86_400), busy, over: .seconds(20_000)).verdict == .longer(month))
    }
}

/// The natural logarithm of a number in (0, 1], by a series: tests need no C library for it.
private func logarithm(_ value: Double) -> Double {
    // value = m · 2^e with m in [1, 2)
    let exponent = Double(value.exponent)
    let ratio = (value.significand - 1) / (value.significand + 1)
    var term = ratio
    var sum = 0.0
    var index = 1.0
    while abs(term) > 1e-17 {
        sum += term / index
        term *= ratio * ratio
        index += 2
    }
    return 2 * sum + exponent * 0.693_147_180_559_945_3
}
