/// Times as people read them.
enum ClockText {
    /// `0:07`, `12:34`, `1:02:03` of milliseconds.
    static func of(_ milliseconds: Int) -> String {
        let seconds = (milliseconds + 500) / 1000
        let end = Self.two(seconds % 60)
        return seconds < 3600 ? "\(seconds / 60):\(end)" : "\(seconds / 3600):\(Self.two(seconds / 60 % 60)):\(end)"
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
