/// A day, a month or a year of the Gregorian calendar, as ISO 8601 writes it.
struct CalendarDate: Hashable {
    var year: Int?
    var month: Int?
    var day: Int?

    /// nil where no calendar has the date.
    init?(year: Int?, month: Int? = nil, day: Int? = nil) {
        if let year { guard year >= 1, year <= 2999 else { return nil } }
        if let month { guard month >= 1, month <= 12 else { return nil } }
        if let day {
            guard let month, day >= 1, day <= Self.days(month, year: year) else { return nil }
        }
        (self.year, self.month, self.day) = (year, month, day)
    }

    private static func days(_ month: Int, year: Int?) -> Int {
        switch month {
        case 2:
            guard let year else { return 29 }
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    /// A year of two digits: 00 to 49 are of this century.
    static func fullYear(_ value: Int, digits: Int) -> Int { digits == 2 ? value + (value < 50 ? 2000 : 1900) : value }

    /// `2024-03-01`, `2024-03`, `2024`, or `--03-01` and `--03` without a year.
    var description: String {
        let head = self.year.map { Self.padded($0, 4) } ?? "-"
        return head + (self.month.map { "-" + Self.padded($0, 2) } ?? "") + (self.day.map { "-" + Self.padded($0, 2) } ?? "")
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Months by name, in the languages of the word list.
    static let months: [UInt64: Int] = {
        let names = [
            "january jan januar janner janvier enero gennaio janeiro januari",
            "february feb februar fevrier febrero febbraio fevereiro februari",
            "march mar marz maerz mars marzo marco maart", "april apr avril abril aprile", "may mai mayo maggio maio mei",
            "june jun juni juin junio giugno junho", "july jul juli juillet julio luglio julho", "august aug aout agosto augustus",
            "september sep sept septembre septiembre setiembre settembre setembro",
            "october oct oktober okt octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro", "december dec dezember dez decembre diciembre dicembre dezembro",
        ]
        var table: [UInt64: Int] = [:]
        for (index, list) in names.enumerated() { for word in list.split(separator: " ") { table[WordHash.of(word)] = index + 1 } }
        return table
    }()
}
