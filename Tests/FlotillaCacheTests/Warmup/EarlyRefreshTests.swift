import FlotillaCache
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct EarlyRefreshTests {
    @Test(arguments: [(0.4, 1.0, 0.4), (0.4, 1.0, 1.0), (2.0, 1.0, 1.0), (0.2, 2.0, 1.0), (0.05, 1.0, 0.01), (1.0, 0.5, 2.0)])
    func `the chance is exp(-t / (beta * delta))`(load: Double, beta: Double, left: Double) {
        var generator = SeededGenerator(seed: 42)
        let draws = 200_000
        let due = (0..<draws).count { _ in
            // (0, 1], as it asks for.
            let random = Double((generator.next() >> 11) + 1) / 0x1p53
            return EarlyRefresh.isDue(load: .seconds(load), timeLeft: .seconds(left), beta: beta, random: random)
        }
        let chance = exp(-left / (beta * load))
        // Five standard deviations.
        #expect(abs(Double(due) / Double(draws) - chance) < 5 * (chance * (1 - chance) / Double(draws)).squareRoot() + 1e-6)
    }

    @Test func `the draw decides exactly at the formula's point`() {
        let (load, left) = (Duration.milliseconds(400), Duration.seconds(1))
        let point = exp(-1 / 0.4)
        #expect(EarlyRefresh.isDue(load: load, timeLeft: left, beta: 1, random: point * 0.999_999))
        #expect(!EarlyRefresh.isDue(load: load, timeLeft: left, beta: 1, random: point * 1.000_001))
        // Ten seconds before the end it is 1 in 10^11, whatever some say.
        #expect(!EarlyRefresh.isDue(load: load, timeLeft: .seconds(10), beta: 1, random: 1.5e-11))
        #expect(EarlyRefresh.isDue(load: load, timeLeft: .seconds(10), beta: 1, random: 1.3e-11))
    }

    @Test func `at its end a value is due, and without a load or beta never before`() {
        for left in [Duration.zero, .seconds(-1)] { #expect(EarlyRefresh.isDue(load: .zero, timeLeft: left, beta: 0, random: 1)) }
        for random in [0, Double.leastNonzeroMagnitude, 0.5, 1] {
            #expect(!EarlyRefresh.isDue(load: .zero, timeLeft: .milliseconds(1), beta: 1, random: random))
            #expect(!EarlyRefresh.isDue(load: .seconds(1), timeLeft: .milliseconds(1), beta: 0, random: random))
            #expect(!EarlyRefresh.isDue(load: .seconds(-1), timeLeft: .milliseconds(1), beta: 1, random: random))
        }
        // A draw of 0 has no logarithm; it is taken for the smallest there is.
        #expect(EarlyRefresh.isDue(load: .seconds(1), timeLeft: .seconds(700), beta: 1, random: 0))
        #expect(!EarlyRefresh.isDue(load: .seconds(1), timeLeft: .seconds(800), beta: 1, random: 0))
    }

    @Test func `jitter stays within its part and spreads over all of it`() {
        var generator = SeededGenerator(seed: 1)
        var tenths = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            let life = EarlyRefresh.jittered(.seconds(100), by: 0.1, using: &generator) / .seconds(1)
            #expect(life >= 90 && life < 110)
            tenths[min(9, Int((life - 90) / 2))] += 1
        }
        #expect(tenths.allSatisfy { (800...1_200).contains($0) })
    }

    @Test func `jitter has no surprises at its ends`() {
        #expect(EarlyRefresh.jittered(.seconds(100), by: 0.1, random: 0.5) == .seconds(100))
        #expect(EarlyRefresh.jittered(.seconds(100), by: 0, random: 0.9) == .seconds(100))
        #expect(EarlyRefresh.jittered(.zero, by: 0.1, random: 0) == .zero)
        #expect(EarlyRefresh.jittered(.seconds(-5), by: 0.1, random: 0) == .zero)
        #expect(EarlyRefresh.jittered(.seconds(100), by: 7, random: 0) == .zero)
        #expect(EarlyRefresh.jittered(.nanoseconds(Int64.max), by: 0.1, random: 0.99) == .nanoseconds(Int64.max))
    }
}
