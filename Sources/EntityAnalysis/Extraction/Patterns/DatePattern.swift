/// Days, months and years in digits and words. Weekdays and words such as "tomorrow" are no dates: they depend on when they are read.
enum DatePattern {
    static func match(at index: Int, in text: TokenizedText, context: PatternContext) -> PatternMatch? {
        if text.isNumber(index) {
            return Self.iso(index, text) ?? Self.dotted(index, text) ?? Self.slashed(index, text, context) ?? Self.dayMonth(index, text)
                ?? Self.years(index, text)
        }
        if text.isWord(index, .month) { return Self.monthDay(index, text) }
        if text.isWord(index, .numberWord) { return Self.spoken(index, text) }
        return nil
    }

    private static func found(_ tokens: Range<Int>, _ date: CalendarDate?, to end: CalendarDate? = nil, _ confidence: Double)
        -> PatternMatch?
    {
        guard let date else { return nil }
        let normal = end.map { "\(date.description)/\($0.description)" } ?? date.description
        return PatternMatch(tokens: tokens, type: .date, normal: normal, confidence: confidence)
    }

    // MARK: Digits

    /// 2024-03-01, with or without a time of day, which belongs to the mention and not to its normal form.
    private static func iso(_ index: Int, _ text: TokenizedText) -> PatternMatch? {
        guard let year = text.smallNumber(index), text.tokens[index].end - text.tokens[index].start == 4, text.isMark(index + 1, "-"),
            text.isAttached(index + 1), text.isAttached(index + 2), let month = text.smallNumber(index + 2), !text.isMark(index - 1, "-"),
            text.tokens[index + 2].end - text.tokens[index + 2].start == 2
        else { return nil }
        if text.isMark(index + 3, "-"), text.isAttached(index + 3), text.isAttached(index + 4), text.isNumber(index + 4) {
            guard let day = text.smallNumber(index + 4), text.tokens[index + 4].end - text.tokens[index + 4].start == 2,
                !(text.isMark(index + 5, "-") && text.isAttached(index + 5) && text.isAttached(index + 6))
            else { return nil }
            return Self.found(index..<Self.timeEnd(index + 5, text), CalendarDate(year: year, month: month, day: day), 0.99)
        }
        guard year >= 1000, !text.isAttached(index + 3) || text.tokens[index + 3].kind == .mark else { return nil }
        return Self.found(index..<index + 3, CalendarDate(year: year, month: month), 0.7)
    }

    /// After a day: T06:40:00Z or 06:40, with fractions and offset.
    private static func timeEnd(_ index: Int, _ text: TokenizedText) -> Int {
        var next = index
        if text.isWord(next), text.isAttached(next), text.bytes[text.tokens[next].start] | 0x20 == 0x74 {
            // The tokenizer reads T06 as one word.
            next += 1
        } else if let hour = text.smallNumber(next), hour < 24, text.isMark(next + 1, ":"), text.isAttached(next + 1),
            !text.has(next, .blockStart)
        {
            next += 1
        } else {
            return index
        }
        while next < text.count, next - index < 12, text.isAttached(next), text.isMark(next, ":") || text.isNumber(next) { next += 1 }
        if text.isWord(next), text.isAttached(next), text.lower(next) == "z" {
            next += 1
        } else if text.isMark(next, "+") || text.isMark(next, "-"), text.isAttached(next), text.isNumber(next + 1),
            text.isAttached(next + 1)
        {
            next += 2
            if text.isMark(next, ":"), text.isAttached(next), text.isNumber(next + 1), text.isAttached(next + 1) { next += 2 }
        }
        return next
    }

    /// 01.03.2024 and 1.3.24: the day goes first.
    private static func dotted(_ index: Int, _ text: TokenizedText) -> PatternMatch? {
        let parts = text.text(index).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, text.tokens[index].end - text.tokens[index].start <= 10, let day = Int(parts[0]), let month = Int(parts[1]),
            let year = Int(parts[2]), parts[0].utf8.count <= 2, parts[1].utf8.count <= 2,
            parts[2].utf8.count == 4 || parts[2].utf8.count == 2,
            parts[2].utf8.count == 4 || parts[0].utf8.count == 2, !Self.hasNumberSign(before: index, text)
        else { return nil }
        let date = CalendarDate(year: CalendarDate.fullYear(year, digits: parts[2].utf8.count), month: month, day: day)
        return Self.found(index..<index + 1, date, parts[2].utf8.count == 4 ? 0.97 : 0.8)
    }

    /// "version 1.2.2024" and "No. 1.2.24" are no dates.
    private static func hasNumberSign(before index: Int, _ text: TokenizedText) -> Bool {
        text.isWord(index - 1, among: Self.versions) || text.isMark(index - 1, "§")
    }

    private static let versions: KnownWords = "version v release section chapter clause"

    /// 3/1/2024, 25-12-2023.
    private static func slashed(_ index: Int, _ text: TokenizedText, _ context: PatternContext) -> PatternMatch? {
        guard let first = text.smallNumber(index), first <= 31, text.tokens[index].end - text.tokens[index].start <= 2,
            index + 4 < text.count
        else { return nil }
        let separator: Unicode.Scalar = text.isMark(index + 1, "/") ? "/" : "-"
        guard text.isMark(index + 1, separator), text.isMark(index + 3, separator), (1...4).allSatisfy({ text.isAttached(index + $0) }),
            let second = text.smallNumber(index + 2), second <= 31, let year = text.smallNumber(index + 4),
            !text.isMark(index - 1, separator),
            !(text.isMark(index + 5, separator) && text.isAttached(index + 5))
        else { return nil }
        let digits = text.tokens[index + 4].end - text.tokens[index + 4].start
        guard digits == 4 || digits == 2 && separator == "/" else { return nil }
        let full = CalendarDate.fullYear(year, digits: digits)
        let tokens = index..<index + 5
        if first > 12 { return Self.found(tokens, CalendarDate(year: full, month: second, day: first), 0.95) }
        if second > 12 { return Self.found(tokens, CalendarDate(year: full, month: first, day: second), 0.95) }
        let monthFirst = context.monthFirst && separator == "/"
        return Self.found(tokens, CalendarDate(year: full, month: monthFirst ? first : second, day: monthFirst ? second : first), 0.8)
    }

    /// 1931 after "in", "since", "of"; 1914-1918.
    private static func years(_ index: Int, _ text: TokenizedText) -> PatternMatch? {
        guard let year = Self.plainYear(index, text) else { return nil }
        if text.isMark(index + 1, "-"), let end = Self.plainYear(index + 2, text), end > year, end - year < 200,
            text.isAttached(index + 1) == text.isAttached(index + 2)
        {
            return Self.found(index..<index + 3, CalendarDate(year: year), to: CalendarDate(year: end), 0.7)
        }
        var before = index - 1
        if text.isWord(before, among: Self.theYear) { before -= 1 }
        let afterList =
            (text.isWord(index - 1, among: Self.conjunctions) || text.isMark(index - 1, ",")) && Self.plainYear(index - 2, text) != nil
        guard before != index - 1 || text.isWord(before, .datePreposition) || afterList || text.isMark(index - 1, "("),
            !text.has(index, .blockStart)
        else { return nil }
        if text.isMark(index - 1, "("), !text.isMark(index + 1, ")") && !text.isMark(index + 1, ",") { return nil }
        // "In 1800 tonnes", "about 2000 people", "between 1500 and 1600 euros".
        if text.isWord(index + 1, .unit) || text.isMark(index + 1, "%") || text.isWord(index + 1, .currency)
            || text.isWord(index + 1, .magnitude)
        {
            return nil
        }
        if text.isWord(index + 1, among: Self.conjunctions), text.isNumber(index + 2), text.isWord(index + 3, .unit) { return nil }
        if text.isWord(before, among: Self.vague) && !(1900...2099 ~= year) { return nil }
        return Self.found(index..<index + 1, CalendarDate(year: year), 0.7)
    }

    private static let theYear: KnownWords = "year jahr jahre annee ano anno"
    private static let conjunctions: KnownWords = "and to und bis y et or until a au"
    private static let vague: KnownWords = "of about around by from to between a and for"

    private static func plainYear(_ index: Int, _ text: TokenizedText) -> Int? {
        guard let year = text.smallNumber(index), year >= 1000, year <= 2099, text.tokens[index].end - text.tokens[index].start == 4 else {
            return nil
        }
        if index + 1 < text.count, text.isAttached(index + 1), text.tokens[index + 1].kind == .word { return nil }
        return year
    }

    // MARK: Names of months

    private static func month(_ index: Int, _ text: TokenizedText) -> Int? {
        guard text.isWord(index, .month) else { return nil }
        // "may" and "mar" in small letters are verbs and seas; a transcript has "may" only beside a number.
        return CalendarDate.months[text.tokens[index].hash]
    }

    /// A year after a month: 2024, ", 2024", "of 2024", "de 2024", '24.
    private static func year(after index: Int, _ text: TokenizedText) -> (value: Int, end: Int)? {
        guard index < text.count, !text.has(index, .blockStart) else { return nil }
        var next = index
        if text.isMark(next, "."), text.isAttached(next) { next += 1 }
        if text.isMark(next, ",") || text.isWord(next, among: Self.ofWords) { next += 1 }
        if let year = Self.plainYear(next, text), !text.isWord(next + 1, .unit) { return (year, next + 1) }
        if text.isMark(next, "'"), let year = text.smallNumber(next + 1), text.isAttached(next + 1), year < 100,
            text.tokens[next + 1].end - text.tokens[next + 1].start == 2
        {
            return (CalendarDate.fullYear(year, digits: 2), next + 2)
        }
        return SpokenNumber.year(at: next, in: text)
    }

    private static let ofWords: KnownWords = "of de del"
    private static let suffixes: KnownWords = "st nd rd th er re e o a"
    private static let dayWords: KnownWords = "day of de the"

    /// A day of the month in digits: 1, 1st, 1., 1er. Gives the token after it.
    private static func day(_ index: Int, _ text: TokenizedText) -> (value: Int, end: Int)? {
        guard let value = text.smallNumber(index), value >= 1, value <= 31, text.tokens[index].end - text.tokens[index].start <= 2 else {
            return nil
        }
        var next = index + 1
        if text.isWord(next, among: Self.suffixes), text.isAttached(next) {
            next += 1
        } else if text.isMark(next, "."), text.isAttached(next) {
            next += 1
        } else if text.isMark(next, "º") || text.isMark(next, "°") {
            next += 1
        }
        return (value, next)
    }

    /// 1 March 2024, 1st of March, 8-12 January 2024, 8 January and 2 February 2024.
    private static func dayMonth(_ index: Int, _ text: TokenizedText) -> PatternMatch? {
        guard let first = Self.day(index, text), !text.isMark(index - 1, "§") else { return nil }
        var last: (value: Int, end: Int)?
        var next = first.end
        if text.isMark(next, "-") || text.isWord(next, among: Self.rangeWords), let second = Self.day(next + 1, text),
            second.value > first.value
        {
            last = second
            next = second.end
        }
        while next < first.end + 5, text.isWord(next, among: Self.dayWords) { next += 1 }
        guard let month = Self.month(next, text), !text.has(next, .blockStart) else { return nil }
        next += 1
        let year = Self.year(after: next, text) ?? Self.yearOfRange(after: next, text).map { ($0, next) }
        let date = CalendarDate(year: year?.value, month: month, day: first.value)
        let end = last.flatMap { CalendarDate(year: year?.value, month: month, day: $0.value) }
        if last != nil, end == nil { return nil }
        // "4 Mar", "2 may": a short or a small word needs a year beside it.
        if year == nil, !text.has(next - 1, .capital), Self.isDoubtful(next - 1, text) { return nil }
        return Self.found(index..<(year?.end ?? next), date, to: end, year == nil ? 0.8 : 0.98)
    }

    private static let rangeWords: KnownWords = "to until bis"

    private static func isDoubtful(_ index: Int, _ text: TokenizedText) -> Bool { text.isWord(index, among: Self.doubtful) }
    private static let doubtful: KnownWords = "may march mar mai mars sep jan dec"

    /// In "8 January and 2 February 2024" and "March to May 2024" the year of the second counts for the first.
    private static func yearOfRange(after index: Int, _ text: TokenizedText) -> Int? {
        guard text.isMark(index, "-") || text.isWord(index, among: Self.conjunctions) else { return nil }
        var next = index + 1
        if let day = Self.day(next, text), !text.isWord(next, .month) { next = day.end }
        guard Self.month(next, text) != nil else { return nil }
        next += 1
        if let day = Self.day(next, text), Self.plainYear(next, text) == nil { next = day.end }
        return Self.year(after: next, text)?.value
    }

    /// March 1st, 2024; March 2024; march nineteen ninety; March 14. A month alone is no date.
    private static func monthDay(_ index: Int, _ text: TokenizedText) -> PatternMatch? {
        guard let month = Self.month(index, text) else { return nil }
        // "30 February 2024" was no date, and half of it is none.
        if let number = text.smallNumber(index - 1), number < 100, !text.isAttached(index), !text.has(index, .blockStart) { return nil }
        var next = index + 1
        if text.isMark(next, "."), text.isAttached(next), text.tokens[index].end - text.tokens[index].start <= 4 { next += 1 }
        if let year = Self.year(after: next, text) {
            return Self.found(index..<year.end, CalendarDate(year: year.value, month: month), 0.95)
        }
        if text.isWord(next, among: Self.dayWords) { next += 1 }
        if let day = Self.day(next, text) ?? SpokenNumber.dayOrdinal(at: next, in: text) ?? Self.spokenDay(next, text),
            !text.has(next, .blockStart)
        {
            var end = day.end
            // The full stop after "March 14." ends the sentence.
            if text.isMark(end - 1, "."), text.isNumber(end - 2) { end -= 1 }
            if text.isMark(end, ","), let year = Self.year(after: end, text) {
                return Self.found(index..<year.end, CalendarDate(year: year.value, month: month, day: day.value), 0.98)
            }
            if let year = Self.year(after: end, text) {
                return Self.found(index..<year.end, CalendarDate(year: year.value, month: month, day: day.value), 0.97)
            }
            guard text.has(index, .capital) || !Self.isDoubtful(index, text), !text.isMark(end, "/"), !text.isWord(end, .unit) else {
                return nil
            }
            return Self.found(index..<end, CalendarDate(year: Self.yearOfRange(after: end, text), month: month, day: day.value), 0.8)
        }
        guard let year = Self.yearOfRange(after: index + 1, text) else { return nil }
        return Self.found(index..<index + 1, CalendarDate(year: year, month: month), 0.8)
    }

    /// "march three nineteen ninety": a cardinal only where a year follows.
    private static func spokenDay(_ index: Int, _ text: TokenizedText) -> (value: Int, end: Int)? {
        guard let day = SpokenNumber.belowHundred(at: index, in: text), day.value <= 31, SpokenNumber.year(at: day.end, in: text) != nil
        else { return nil }
        return day
    }

    /// The ninth of april nineteen ninety one; the ninth day of April, 1962; a year alone after a preposition.
    private static func spoken(_ index: Int, _ text: TokenizedText) -> PatternMatch? {
        if let day = SpokenNumber.dayOrdinal(at: index, in: text) {
            var next = day.end
            while next < day.end + 4, text.isWord(next, among: Self.dayWords) { next += 1 }
            if let month = Self.month(next, text), !text.has(next, .blockStart) {
                let year = Self.year(after: next + 1, text)
                return Self.found(index..<(year?.end ?? next + 1), CalendarDate(year: year?.value, month: month, day: day.value), 0.9)
            }
        }
        guard text.isWord(index - 1, .datePreposition), let year = SpokenNumber.year(at: index, in: text), year.value >= 1100,
            !text.isWord(year.end, .unit), !text.isWord(year.end, .magnitude), !text.isWord(year.end, .currency)
        else { return nil }
        return Self.found(index..<year.end, CalendarDate(year: year.value), 0.6)
    }

}
