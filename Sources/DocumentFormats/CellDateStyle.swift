/// How a spreadsheet shows a serial number as a point in time.
enum CellDateStyle {
    case date
    case time
    case dateTime

    /// Nil for a format that shows a number.
    init?(formatID: Int, code: String?) {
        if let code {
            var hasDate = false
            var hasTime = false
            var isQuoted = false
            var isBracketed = false
            for byte in code.utf8 {
                switch byte {
                case 0x22: isQuoted.toggle()
                case 0x5B: isBracketed = true
                case 0x5D: isBracketed = false
                case _ where isQuoted || isBracketed: break
                case 0x79, 0x59, 0x64, 0x44: hasDate = true
                case 0x68, 0x48, 0x73, 0x53: hasTime = true
                case 0x30, 0x23:
                    // Digits of a number, unless they follow seconds: "ss.00".
                    if !hasTime { return nil }
                default: break
                }
            }
            guard hasDate || hasTime else { return nil }
            self = hasDate ? (hasTime ? .dateTime : .date) : .time
            return
        }
        switch formatID {
        case 14...17, 27...31, 34...36, 50...58: self = .date
        case 18...21, 32, 33, 45...47: self = .time
        case 22: self = .dateTime
        default: return nil
        }
    }

    /// ISO 8601 of the serial number in `text`, or nil when it is none.
    func text(of text: String, startsIn1904: Bool) -> String? {
        guard let serial = Double(trimmed(text)), serial >= 0, serial < 2_958_466 else { return nil }
        var seconds = Int((serial * 86_400).rounded())
        var days = seconds / 86_400
        seconds %= 86_400
        // Serial 60 is 29 February 1900, a day that never was.
        if !startsIn1904 && days < 60 { days += 1 }
        let time = "\(Self.two(seconds / 3_600)):\(Self.two(seconds / 60 % 60))" + (seconds % 60 == 0 ? "" : ":\(Self.two(seconds % 60))")
        let date = Self.civil(days - (startsIn1904 ? 24_107 : 25_569))
        switch self {
        case .date: return date
        case .time: return time
        case .dateTime: return "\(date) \(time)"
        }
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// The calendar date of a day counted from 1970-01-01 (Hinnant's civil_from_days).
    private static func civil(_ day: Int) -> String {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return "\(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))-\(Self.two(month))-\(Self.two(dayOfYear - (153 * monthIndex + 2) / 5 + 1))"
    }
}
