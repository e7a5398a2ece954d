/// English numbers in words, as speech transcripts have them.
enum SpokenNumber {
    static let units: [UInt64: Int] = Self.table(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
    static let tens: [UInt64: Int] = Self.table("- - twenty thirty forty fifty sixty seventy eighty ninety").mapValues { $0 * 10 }
    static let ordinals: [UInt64: Int] = Self.table(
        """
        - first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth
        eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh
        twenty-eighth twenty-ninth thirtieth thirty-first
        """)
    private static let hundred = WordHash.of("hundred")
    private static let thousand = WordHash.of("thousand")
    private static let million = WordHash.of("million")
    private static let billion = WordHash.of("billion")
    private static let and = WordHash.of("and")
    private static let point = WordHash.of("point")
    private static let oh: KnownWords = "oh o"

    private static func table(_ words: String) -> [UInt64: Int] {
        var table: [UInt64: Int] = [:]
        for (value, word) in words.split(whereSeparator: \.isWhitespace).enumerated() where word != "-" { table[WordHash.of(word)] = value }
        return table
    }

    /// 1 to 99 in one or two words, or with a hyphen.
    static func belowHundred(at index: Int, in text: TokenizedText) -> (value: Int, end: Int)? {
        guard text.isWord(index) else { return nil }
        let hash = text.tokens[index].hash
        if let unit = Self.units[hash] { return unit > 0 ? (unit, index + 1) : nil }
        guard let ten = Self.tens[hash] else { return nil }
        var next = index + 1
        if text.isMark(next, "-"), text.isAttached(next) { next += 1 }
        if text.isWord(next), let unit = Self.units[text.tokens[next].hash], unit > 0, unit < 10 { return (ten + unit, next + 1) }
        return (ten, index + 1)
    }

    /// The first to the thirty-first.
    static func dayOrdinal(at index: Int, in text: TokenizedText) -> (value: Int, end: Int)? {
        guard text.isWord(index) else { return nil }
        if let ten = Self.tens[text.tokens[index].hash], ten == 20 || ten == 30 {
            let next = text.isMark(index + 1, "-") ? index + 2 : index + 1
            if text.isWord(next), let unit = Self.ordinals[text.tokens[next].hash], unit < 10, ten + unit <= 31 {
                return (ten + unit, next + 1)
            }
        }
        return Self.ordinals[text.tokens[index].hash].map { ($0, index + 1) }
    }

    /// A year as it is spoken: nineteen ninety, nineteen oh five, two thousand and four, twenty twenty four.
    static func year(at index: Int, in text: TokenizedText) -> (value: Int, end: Int)? {
        guard text.isWord(index) else { return nil }
        let hash = text.tokens[index].hash
        if Self.units[hash] == 2, text.isWord(index + 1), text.tokens[index + 1].hash == Self.thousand {
            var next = index + 2
            if text.isWord(next), text.tokens[next].hash == Self.and { next += 1 }
            if let rest = Self.belowHundred(at: next, in: text) { return (2000 + rest.value, rest.end) }
            return (2000, index + 2)
        }
        var century: Int?
        if let unit = Self.units[hash], unit >= 11, unit <= 19 { century = unit }
        if Self.tens[hash] == 20 { century = 20 }
        guard let century else { return nil }
        let next = index + 1
        guard text.isWord(next), !text.has(next, .blockStart) else { return nil }
        if text.tokens[next].hash == Self.hundred { return (century * 100, next + 1) }
        if text.isWord(next, among: Self.oh), let unit = Self.belowHundred(at: next + 1, in: text), unit.value < 10 {
            return (century * 100 + unit.value, unit.end)
        }
        guard let rest = Self.belowHundred(at: next, in: text), rest.value >= 10 else { return nil }
        return (century * 100 + rest.value, rest.end)
    }

    /// An amount: forty, four hundred thousand, four point two million. At most 12 words.
    static func amount(at index: Int, in text: TokenizedText) -> (value: DecimalAmount, end: Int)? {
        var total = 0
        var group = 0
        var decimals = ""
        var position = index
        var found = false
        while position < index + 12, text.isWord(position), position == index || !text.has(position, .blockStart) {
            let hash = text.tokens[position].hash
            if let small = Self.belowHundred(at: position, in: text) {
                group += small.value
                position = small.end
            } else if hash == Self.hundred, found {
                group = max(1, group) * 100
                position += 1
            } else if hash == Self.thousand || hash == Self.million || hash == Self.billion, found {
                let scale = hash == Self.thousand ? 3 : hash == Self.million ? 6 : 9
                if !decimals.isEmpty {
                    return (DecimalAmount(digits: "\(group)" + decimals, decimals: decimals.count).scaled(by: scale), position + 1)
                }
                total += max(1, group) * (scale == 3 ? 1_000 : scale == 6 ? 1_000_000 : 1_000_000_000)
                group = 0
                position += 1
            } else if hash == Self.point, found, text.isWord(position + 1), let digit = Self.units[text.tokens[position + 1].hash],
                digit < 10
            {
                decimals.append("\(digit)")
                position += 2
            } else if hash == Self.and, found, Self.belowHundred(at: position + 1, in: text) != nil {
                position += 1
            } else {
                break
            }
            found = true
            guard group < 1_000_000, total < 1_000_000_000_000_000 else { return nil }
        }
        guard found else { return nil }
        return (DecimalAmount(digits: "\(total + group)" + decimals, decimals: decimals.count), position)
    }
}
