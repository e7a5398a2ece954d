/// How long to wait before the next attempt to connect: 50 ms, doubled each time, at most 2 s, and each shortened by up to a half at random
/// so that a fleet does not return all at once.
struct Backoff {
    static let longest = Duration.seconds(2)
    private var attempts = 0

    mutating func next() -> Duration {
        let milliseconds = min(2000.0, 50.0 * Double(1 << min(self.attempts, 10)))
        self.attempts += 1
        return .microseconds(Int64(milliseconds * Double.random(in: 500...1000)))
    }

    mutating func reset() { self.attempts = 0 }
}
