import FlotillaCache
import Testing

@Suite struct CacheBreakerTests {
    private func expect(
        _ breaker: inout CacheBreaker, admits expected: Bool, at now: Int64, at location: SourceLocation = #_sourceLocation
    ) {
        let admits = breaker.admits(at: now)
        #expect(admits == expected, sourceLocation: location)
    }

    @Test func `five failures in a row open it, four do not`() {
        var breaker = CacheBreaker()
        for _ in 0..<4 { breaker.failed(at: 0) }
        #expect(breaker.isClosed)
        breaker.succeeded()
        for _ in 0..<5 {
            expect(&breaker, admits: true, at: 0)
            breaker.failed(at: 0)
        }
        #expect(!breaker.isClosed)
        expect(&breaker, admits: false, at: 499_999_999)
    }

    @Test func `one call decides whether it closes, and pauses grow to five seconds`() {
        var breaker = CacheBreaker(threshold: 1)
        breaker.failed(at: 0)
        var now: Int64 = 0
        for pause in [500, 1_000, 2_000, 4_000, 5_000] {
            now += Int64(pause) * 1_000_000
            expect(&breaker, admits: false, at: now - 1)
            expect(&breaker, admits: true, at: now)
            expect(&breaker, admits: false, at: now)
            breaker.failed(at: now)
        }
        now += 5_000_000_000
        expect(&breaker, admits: true, at: now)
        breaker.succeeded()
        #expect(breaker.isClosed)
        breaker.failed(at: now)
        expect(&breaker, admits: true, at: now + 500_000_000)
    }

    @Test func `a deciding call that never comes back does not keep it open for ever`() {
        var breaker = CacheBreaker(threshold: 1)
        breaker.failed(at: 0)
        expect(&breaker, admits: true, at: 500_000_000)
        expect(&breaker, admits: false, at: 900_000_000)
        expect(&breaker, admits: true, at: 1_000_000_000)
    }
}
