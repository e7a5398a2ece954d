internal import Threading

/// A moment, as PostgreSQL's `timestamptz` stores it: microseconds since 1970-01-01T00:00:00Z.
public struct PostgresTimestamp: Hashable, Comparable, Sendable {
    /// May be negative. `Int64.max` stands for `infinity`, `Int64.min` for `-infinity`.
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The time now by this host's clock.
    public static var now: Self { Self(microseconds: WallClock.microseconds) }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}

/// PostgreSQL counts from 2000-01-01.
private let epochDifference: Int64 = 946_684_800_000_000

extension PostgresTimestamp: PostgresScalar {
    public static var postgresElementType: UInt32 { 1184 }
    public static var postgresElementArrayType: UInt32 { 1185 }
    public func appendPostgresBinary(to bytes: inout [UInt8]) -> String? {
        var value = self.microseconds
        if value != .max, value != .min { value = value.subtractingReportingOverflow(epochDifference).partialValue }
        bytes.appendBigEndian(UInt64(bitPattern: value))
        return nil
    }
}

extension PostgresTimestamp: PostgresDecodable {
    /// Reads the ISO form, `2026-11-21 09:08:37.123456+05:30`, also `infinity` and a trailing `BC`. Without a zone it is taken as UTC.
    public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
        if text.elementsEqual("infinity".utf8) {
            self.init(microseconds: .max)
            return
        }
        if text.elementsEqual("-infinity".utf8) {
            self.init(microseconds: .min)
            return
        }
        var reader = DigitReader(text: text)
        guard var year = reader.number(), reader.skip("-"), let month = reader.number(), reader.skip("-"), let day = reader.number(),
            (1...12).contains(month), (1...31).contains(day), year < 1_000_000
        else { return nil }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if reader.skip(" ") || reader.skip("T") {
            guard let hour = reader.number(), reader.skip(":"), let minute = reader.number(), hour <= 24, minute < 60 else { return nil }
            seconds = hour * 3_600 + minute * 60
            if reader.skip(":") {
                guard let second = reader.number(), second <= 60 else { return nil }
                seconds += second
            }
            if reader.skip(".") {
                guard let parsed = reader.fraction() else { return nil }
                fraction = parsed
            }
            let isEast = reader.skip("+")
            if isEast || reader.skip("-") {
                guard let hours = reader.number(), hours < 25 else { return nil }
                var offset = hours * 3_600
                if reader.skip(":") {
                    guard let minutes = reader.number(), minutes < 60 else { return nil }
                    offset += minutes * 60
                }
                if reader.skip(":") {
                    guard let rest = reader.number(), rest < 60 else { return nil }
                    offset += rest
                }
                seconds -= isEast ? offset : -offset
            } else {
                _ = reader.skip("Z")
            }
        }
        if reader.skip(" ") {
            guard reader.skip("B"), reader.skip("C") else { return nil }
            year = 1 - year
        }
        guard reader.isAtEnd else { return nil }
        // PostgreSQL's own times end in the year 294276; what microseconds in 64 bits cannot say is none of them.
        let total = (daysSinceEpoch(year: year, month: month, day: day) * 86_400 + seconds)
        let (whole, isTooFar) = total.multipliedReportingOverflow(by: 1_000_000)
        let (microseconds, overflows) = whole.addingReportingOverflow(fraction)
        guard !isTooFar, !overflows else { return nil }
        self.init(microseconds: microseconds)
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years start in March, so that the leap day is the last.
private func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

private struct DigitReader {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { self.position == self.text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard self.position < self.text.count, self.text[self.position] == UInt8(ascii: character) else { return false }
        self.position += 1
        return true
    }

    /// At most nine digits, so that nothing can overflow.
    mutating func number() -> Int64? {
        let start = self.position
        var value: Int64 = 0
        while self.position < self.text.count, self.position - start < 9, case 0x30...0x39 = self.text[self.position] {
            value = value * 10 + Int64(self.text[self.position] - 0x30)
            self.position += 1
        }
        return self.position == start ? nil : value
    }

    /// Digits after the point, as microseconds.
    mutating func fraction() -> Int64? {
        let start = self.position
        guard var value = self.number() else { return nil }
        var digits = self.position - start
        while digits < 6 {
            value *= 10
            digits += 1
        }
        while digits > 6 {
            value /= 10
            digits -= 1
        }
        return value
    }
}
