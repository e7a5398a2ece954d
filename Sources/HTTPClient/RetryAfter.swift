/// The value of a `Retry-After` header.
enum RetryAfter {
    /// Seconds, or a date such as `Wed, 21 Oct 2026 07:28:00 GMT`; a date that has passed is no wait at all.
    static func parse(_ text: String, now: Int64) -> Duration? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // An absurd number is a long wait, not none.
            return .seconds(min(Int64(text) ?? .max, 100 * 365 * 86_400))
        }
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" || $0 == "-" })
        guard fields.count == 8, fields[7] == "GMT", let day = Int64(fields[1]), let month = Self.months.firstIndex(of: String(fields[2])),
            let year = Int64(fields[3]), let hour = Int64(fields[4]), let minute = Int64(fields[5]), let second = Int64(fields[6]),
            (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second)
        else { return nil }
        let seconds = Self.days(year: year, month: Int64(month) + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second
        return .seconds(max(0, seconds - now))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Days from 1970-01-01; years begin in March here, so that the leap day comes last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
