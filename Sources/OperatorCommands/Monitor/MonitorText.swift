import Threading

/// Figures as the live pages write them: short, and `-` for what is not known.
enum MonitorText {
    /// A number a second: `0`, `0.25`, `3.1`, `128`, `13k`.
    static func rate(_ perSecond: Double?) -> String {
        guard let perSecond, perSecond.isFinite else { return "-" }
        switch perSecond {
        case ..<0.005: return "0"
        case ..<1: return self.decimal(perSecond)
        case ..<99.95: return "\((perSecond * 10).rounded() / 10)"
        case ..<9_999.5: return "\(Int(perSecond.rounded()))"
        default: return perSecond < 1e15 ? "\(Int((perSecond / 1_000).rounded()))k" : "?"
        }
    }

    /// With two digits after the point.
    static func decimal(_ number: Double) -> String {
        guard number.isFinite, number.magnitude < 1e12 else { return "?" }
        let hundredths = Int((number * 100).rounded())
        let fraction = String(abs(hundredths) % 100)
        return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
    }

    /// A part in per cent, without rounding up to all of it or down to nothing.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let share = Double(part) / Double(whole)
        if part > 0, share < 0.01 { return "<1 %" }
        if part < whole, share > 0.99 { return ">99 %" }
        return "\(Int((min(share, 1_000) * 100).rounded())) %"
    }

    static func span(_ duration: Duration?) -> String { duration.map { HumanTime.span($0) } ?? "-" }

    /// With microseconds: `85us`, `1.2ms`, `450ms`; from a second on as ``span(_:)``.
    static func brief(_ duration: Duration?) -> String {
        guard let duration else { return "-" }
        let microseconds = duration.inNanoseconds / 1_000
        switch microseconds {
        case ..<1_000: return "\(microseconds)us"
        case ..<10_000: return "\(microseconds / 1_000).\(microseconds % 1_000 / 100)ms"
        default: return HumanTime.span(duration)
        }
    }
}
