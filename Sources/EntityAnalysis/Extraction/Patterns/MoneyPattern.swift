/// Amounts of money: a currency sign, code or word before or after a number, in digits or words.
enum MoneyPattern {
    private static let signs: [Unicode.Scalar: String] = [
        "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₴": "UAH", "₦": "NGN",
        "\u{FF04}": "USD", "\u{FFE1}": "GBP", "\u{FFE5}": "JPY", "฿": "THB", "₫": "VND", "₱": "PHP",
    ]
    /// Letters that stand before a dollar sign.
    private static let dollars: [String: String] = [
        "us": "USD", "u.s.": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "can": "CAD", "nz": "NZD", "hk": "HKD", "s": "SGD",
        "r": "BRL",
        "nt": "TWD", "mx": "MXN",
    ]
    private static let codes: Set<String> = [
        "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "RMB", "INR", "RUB", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "AUD", "CAD", "NZD", "HKD",
        "SGD",
        "ZAR", "BRL", "MXN", "TRY", "ILS", "AED", "KRW", "THB", "IDR", "MYR", "PHP", "EGP", "NGN", "KES", "SAR", "QAR", "UAH", "RON", "BGN",
        "ISK",
    ]
    private static let words: [UInt64: String] = {
        let names = [
            "EUR": "euro euros", "USD": "dollar dollars dolares", "GBP": "pound pounds sterling libras livres", "JPY": "yen", "CNY": "yuan",
            "INR": "rupee rupees", "RUB": "rouble roubles ruble rubles", "CHF": "franc francs franken", "SEK": "kronor krona",
            "NOK": "kroner krone",
            "PLN": "zloty", "MXN": "peso pesos", "BRL": "reais", "KRW": "won", "ILS": "shekel shekels", "ZAR": "rand",
            "AED": "dirham dirhams",
        ]
        var table: [UInt64: String] = [:]
        for (code, list) in names { for word in list.split(separator: " ") { table[WordHash.of(word)] = code } }
        return table
    }()
    private static let magnitudes: [UInt64: Int] = {
        let names = [
            2: "hundred", 3: "thousand k tausend mille mil tsd", 6: "million millions m mn mio millionen millon millones",
            9: "billion billions bn milliarde milliarden milliard milliards mrd", 12: "trillion tn",
        ]
        var table: [UInt64: Int] = [:]
        for (exponent, list) in names { for word in list.split(separator: " ") { table[WordHash.of(word)] = exponent } }
        return table
    }()

    static func match(at index: Int, in text: TokenizedText, context: PatternContext) -> PatternMatch? {
        if let (code, next) = Self.leadingCurrency(at: index, in: text), text.isNumber(next), !text.has(next, .blockStart),
            let (amount, end) = Self.amount(at: next, in: text, isMoney: true)
        {
            return PatternMatch(tokens: index..<end, type: .money, normal: "\(code) \(amount.description)", confidence: 0.97)
        }
        if text.isNumber(index), let (amount, next) = Self.amount(at: index, in: text, isMoney: false),
            let (code, end) = Self.trailingCurrency(at: next, in: text, context: context)
        {
            return PatternMatch(tokens: index..<end, type: .money, normal: "\(code) \(amount.description)", confidence: 0.95)
        }
        if text.isWord(index, .numberWord), !text.isWord(index - 1, .numberWord),
            let (amount, next) = SpokenNumber.amount(at: index, in: text),
            let (code, end) = Self.trailingCurrency(at: next, in: text, context: context)
        {
            return PatternMatch(tokens: index..<end, type: .money, normal: "\(code) \(amount.description)", confidence: 0.85)
        }
        return nil
    }

    /// €, US$, EUR before a number.
    private static func leadingCurrency(at index: Int, in text: TokenizedText) -> (String, Int)? {
        let token = text.tokens[index]
        if token.kind == .mark, let code = Self.signs[token.mark] { return (code, index + 1) }
        guard token.kind == .word, token.shape.contains(.capital) else { return nil }
        if text.isMark(index + 1, "$"), text.isAttached(index + 1), let code = Self.dollars[text.lower(index)] { return (code, index + 2) }
        guard token.end - token.start == 3 else { return nil }
        let code = text.text(index)
        return Self.codes.contains(code) ? (code == "RMB" ? "CNY" : code, index + 1) : nil
    }

    private static func trailingCurrency(at index: Int, in text: TokenizedText, context: PatternContext) -> (String, Int)? {
        guard index < text.count, !text.has(index, .blockStart) else { return nil }
        let token = text.tokens[index]
        if token.kind == .mark {
            // "100 $5" is two things: the sign goes with the number that it touches.
            guard let code = Self.signs[token.mark], !(text.isNumber(index + 1) && text.isAttached(index + 1)) else { return nil }
            return (code, index + 1)
        }
        guard token.kind == .word else { return nil }
        var next = index
        if text.isWord(index, among: Self.partitives), index + 1 < text.count { next += 1 }
        if text.isWord(next, among: Self.american), text.isWord(next + 1, among: Self.dollarWords) { return ("USD", next + 2) }
        if text.isWord(next, among: Self.canadian), text.isWord(next + 1, among: Self.dollarWords) { return ("CAD", next + 2) }
        if text.isWord(next, among: Self.australian), text.isWord(next + 1, among: Self.dollarWords) { return ("AUD", next + 2) }
        guard text.isWord(next) else { return nil }
        if var code = Self.words[text.tokens[next].hash] {
            if code == "NOK", context.language == "da" { code = "DKK" }
            return (code, text.isWord(next + 1, among: Self.sterling) ? next + 2 : next + 1)
        }
        guard text.tokens[next].end - text.tokens[next].start == 3, Self.codes.contains(text.text(next)) else { return nil }
        return (text.text(next) == "RMB" ? "CNY" : text.text(next), next + 1)
    }

    private static let sterling: KnownWords = "sterling"
    private static let partitives: KnownWords = "de d of"
    private static let american: KnownWords = "us u.s. american"
    private static let canadian: KnownWords = "canadian"
    private static let australian: KnownWords = "australian"
    private static let dollarWords: KnownWords = "dollar dollars"

    /// A number with its groups and its "million". `isMoney` allows a short "m" or "k" that touches the number or not.
    private static func amount(at index: Int, in text: TokenizedText, isMoney: Bool) -> (DecimalAmount, Int)? {
        var written = text.text(index)
        var next = index + 1
        // 1 200 000,50: groups with one space between them.
        let head = written
        if head.utf8.count <= 3, head.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            while next < text.count, next - index < 6, text.isNumber(next), Self.isGroup(text.text(next)), !text.has(next, .lineStart),
                text.tokens[next].start - text.tokens[next - 1].end <= 3, text.tokens[next].start > text.tokens[next - 1].end
            {
                let group = text.text(next)
                written += "'" + group.prefix(3)
                next += 1
                if group.utf8.count > 3 {
                    return Self.scaled(written, decimals: String(group.dropFirst(4)), at: next, in: text, isMoney: isMoney)
                }
            }
        }
        // 1.200,- and 500.- mean no cents.
        return Self.scaled(written, decimals: "", at: next, in: text, isMoney: isMoney)
    }

    private static func isGroup(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3, bytes.prefix(3).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return false }
        return bytes.count == 3
            || bytes.count <= 6 && (bytes[3] == 0x2C || bytes[3] == 0x2E) && bytes.dropFirst(4).allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private static func scaled(_ written: String, decimals: String, at index: Int, in text: TokenizedText, isMoney: Bool) -> (
        DecimalAmount, Int
    )? {
        var next = index
        if text.isMark(next, ",") || text.isMark(next, "."), text.isAttached(next), text.isMark(next + 1, "-"), text.isAttached(next + 1) {
            next += 2
        }
        if text.isMark(next, "-"), text.isWord(next + 1, .magnitude), text.isAttached(next), text.isAttached(next + 1) { next += 1 }
        let exponent = text.isWord(next) && !text.has(next, .blockStart) ? Self.magnitudes[text.tokens[next].hash] : nil
        let whole =
            decimals.isEmpty
            ? DecimalAmount(written: written, isScaled: exponent != nil)
            : DecimalAmount(written: written.filter { $0 != "'" } + "." + decimals, isScaled: true)
        guard let whole else { return nil }
        guard let exponent else { return (whole, next) }
        next += 1
        // "Mio." has a full stop of its own, if something follows it.
        if text.isMark(next, "."), text.isAttached(next), text.isWord(next + 1, .currency) || text.isMark(next + 1, "€") { next += 1 }
        return (whole.scaled(by: exponent), next)
    }
}
