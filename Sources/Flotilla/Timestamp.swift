public import JSONText

/// Times as messages carry them: RFC 3339 text, or seconds since 1970.
public enum Timestamp {
    /// Microseconds since 1970 of `2026-11-21T09:30:00.123Z` (or with `+02:00`), or of a number of seconds; nil if it is neither.
    public static func microseconds(from value: JSONValue) -> Int64? {
        switch value {
        case .string(let text): return self.microseconds(from: text)
        case .integer(let seconds):
            let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            return overflow ? nil : product
        case .number(let seconds): return seconds.magnitude < 9e12 ? Int64(seconds * 1e6) : nil
        default: return nil
        }
    }

    /// Microseconds since 1970 of an RFC 3339 text. A time without an offset is taken as UTC, as Python's `isoformat()` writes it.
    public static func microseconds(from text: String) -> Int64? {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"), let day = reader.number(2),
            reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60
        else { return nil }
        var second = 0
        var fraction = 0
        if reader.take(":") {
            guard let value = reader.number(2), value <= 60 else { return nil }
            second = value
            if reader.take(".") { fraction = reader.fraction() }
        }
        guard let offset = reader.offsetMinutes() else { return nil }
        let days = self.daysSince1970(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        return Int64(seconds) * 1_000_000 + Int64(fraction)
    }

    /// `2026-11-21T09:30:00.123Z`: UTC, to the millisecond.
    public static func text(_ microseconds: Int64) -> String {
        // The years 0000 to 9999 are what RFC 3339 can say.
        let clamped = min(max(microseconds, -62_167_219_200_000_000), 253_402_300_799_999_999)
        let milliseconds = Int(clamped.floorDivided(by: 1_000))
        let seconds = milliseconds.floorDivided(by: 1_000)
        let days = seconds.floorDivided(by: 86_400)
        let (year, month, day) = self.date(daysSince1970: days)
        let ofDay = seconds - days * 86_400
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return
            "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(ofDay / 3600, 2)):\(padded(ofDay / 60 % 60, 2)):\(padded(ofDay % 60, 2)).\(padded(milliseconds - seconds * 1_000, 3))Z"
    }

    // Howard Hinnant's algorithm (chrono-compatible low-level date algorithms): years begin in March, so that the leap day comes last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension FixedWidthInteger {
    fileprivate func floorDivided(by divisor: Self) -> Self {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// Reads the parts of a timestamp.
private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.position < self.bytes.count, UInt32(self.bytes[self.position]) == character.value else { return false }
        self.position += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard self.position < self.bytes.count, (0x30...0x39).contains(self.bytes[self.position]) else { return nil }
        defer { self.position += 1 }
        return Int(self.bytes[self.position]) - 0x30
    }

    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = self.digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Digits after the point, as microseconds; further ones are dropped.
    mutating func fraction() -> Int {
        var value = 0
        var scale = 100_000
        while let digit = self.digit() {
            value += digit * scale
            scale /= 10
        }
        return value
    }

    /// Minutes east of UTC; nil when something else follows.
    mutating func offsetMinutes() -> Int? {
        if self.position == self.bytes.count { return 0 }
        if self.take("Z") || self.take("z") { return self.position == self.bytes.count ? 0 : nil }
        let isWest = self.take("-")
        guard isWest || self.take("+"), let hours = self.number(2) else { return nil }
        _ = self.take(":")
        guard let minutes = self.number(2), self.position == self.bytes.count else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
}
