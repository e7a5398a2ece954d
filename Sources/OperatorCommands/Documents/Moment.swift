import Corpus

/// Times in recordings, as people read them.
enum Moment {
    /// `3:07` or `1:02:45`.
    static func text(_ milliseconds: Int) -> String {
        let seconds = max(0, milliseconds) / 1_000
        let minutes = seconds / 60 % 60
        let end = Self.padded(seconds % 60)
        return seconds >= 3_600 ? "\(seconds / 3_600):\(Self.padded(minutes)):\(end)" : "\(minutes):\(end)"
    }

    /// `3:07-3:15`.
    static func text(_ range: TimeRange) -> String { "\(self.text(range.start))-\(self.text(range.end))" }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
