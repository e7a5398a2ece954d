/// Times as people read them.
package enum ClockText {
    /// `0:07`, `12:34`, `1:02:03` of milliseconds, to the nearest second.
    package static func of(_ milliseconds: Int) -> String {
        let seconds = (max(0, milliseconds) + 500) / 1000
        let end = Self.two(seconds % 60)
        return seconds < 3600 ? "\(seconds / 60):\(end)" : "\(seconds / 3600):\(Self.two(seconds / 60 % 60)):\(end)"
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
