/// Times as people read them.
enum ClockTime {
    /// `0:07`, `12:34` or `1:02:03`.
    static func text(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        let end = Self.two(seconds % 60)
        return seconds < 3600 ? "\(seconds / 60):\(end)" : "\(seconds / 3600):\(Self.two(seconds / 60 % 60)):\(end)"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
