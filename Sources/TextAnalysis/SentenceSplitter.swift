/// Splits a paragraph into sentences. Knows abbreviations, initials, numbers, quotation marks and the full stops of other scripts.
public enum SentenceSplitter {
    /// The sentences of `text` as ranges of its UTF-8 bytes, in order, without surrounding spaces. Line feeds count as spaces.
    public static func sentences(in text: String) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { Self.sentences($0, in: 0..<$0.count) }
    }

    static func sentences(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = Self.skipSpaces(bytes, from: range.lowerBound, to: range.upperBound)
        var index = start
        while index < range.upperBound {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            index &+= length
            guard Self.isTerminator(value) else { continue }
            // "?!", "...", closing quotes and brackets belong to the sentence.
            let terminatorEnd = index
            while index < range.upperBound {
                let (next, nextLength) = UTF8Text.scalar(bytes, at: index)
                guard Self.isTerminator(next) || Self.isCloser(next) else { break }
                index += nextLength
            }
            let needsSpace = !UTF8Text.isSpacelessScript(value)
            guard index >= range.upperBound || !needsSpace || bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x09 else {
                continue
            }
            let following = Self.skipSpaces(bytes, from: index, to: range.upperBound)
            if value == 0x2E, following < range.upperBound,
                !Self.endsHere(bytes, sentenceStart: start, stop: terminatorEnd - 1, following: following, hasCloser: index > terminatorEnd)
            {
                continue
            }
            // "Really?" she said.
            if value == 0x3F || value == 0x21, index > terminatorEnd, following < range.upperBound,
                UTF8Text.isLowercase(UTF8Text.scalar(bytes, at: following).value)
            {
                continue
            }
            if index > start { result.append(start..<index) }
            start = following
            index = following
        }
        var end = range.upperBound
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0A || bytes[end - 1] == 0x09 { end -= 1 }
        if end > start { result.append(start..<end) }
        return result
    }

    /// Whether the full stop at `stop` ends a sentence, given that more text follows.
    private static func endsHere(
        _ bytes: UnsafeBufferPointer<UInt8>, sentenceStart: Int, stop: Int, following: Int, hasCloser: Bool
    ) -> Bool {
        let next = UTF8Text.scalar(bytes, at: following).value
        if UTF8Text.isLowercase(next) { return false }
        // The token before the stop: letters, inner stops ("e.g", "U.S") and digits.
        var tokenStart = stop
        while tokenStart > sentenceStart, stop - tokenStart < 24, Self.isTokenByte(bytes[tokenStart - 1]) { tokenStart -= 1 }
        let token = tokenStart..<stop
        guard !token.isEmpty else { return true }
        // "1. Introduction", "2. Buy milk": an item number at the start of the sentence.
        if tokenStart == sentenceStart, token.count <= 3, token.allSatisfy({ bytes[$0] >= 0x30 && bytes[$0] <= 0x39 }) { return false }
        // An initial: "J. Smith". "Plan B. Then" is rarer than a name.
        let scalars = UTF8Text.scalarCount(bytes, in: token)
        if scalars == 1, UTF8Text.isUppercase(UTF8Text.scalar(bytes, at: tokenStart).value), !hasCloser {
            return !UTF8Text.isUppercase(next)
        }
        guard token.count <= 12 else { return true }
        var word: [UInt8] = []
        var index = tokenStart
        while index < stop {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            UTF8Text.append(value < 0x80 || value >= 0x410 ? UTF8Text.folded(value) : value, to: &word)
            index += length
        }
        let text = String(decoding: word, as: UTF8.self)
        if Abbreviations.titles.contains(text) { return false }
        if Abbreviations.others.contains(text) { return hasCloser }
        // "a.m. The", "U.S. Government": inner stops without being listed; a stop follows only if a new sentence plainly starts.
        if text.utf8.contains(0x2E), text.utf8.first.map({ $0 < 0x30 || $0 > 0x39 }) ?? false { return false }
        return true
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == 0x2E || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
    }

    private static func skipSpaces(_ bytes: UnsafeBufferPointer<UInt8>, from index: Int, to end: Int) -> Int {
        var index = index
        while index < end, bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x09 { index += 1 }
        return index
    }

    @inline(__always)
    private static func isTerminator(_ value: UInt32) -> Bool {
        switch value {
        case 0x2E, 0x21, 0x3F, 0x2026, 0x3002, 0xFF01, 0xFF1F, 0xFF61, 0x964, 0x965, 0x61F, 0x6D4, 0x589, 0x1362: true
        default: false
        }
    }

    private static func isCloser(_ value: UInt32) -> Bool {
        switch value {
        case 0x22, 0x27, 0x29, 0x5D, 0x2019, 0x201D, 0xBB, 0x201C, 0x300D, 0x300F, 0xFF09, 0x3011: true
        default: false
        }
    }
}

/// Words that end in a full stop without ending a sentence, lower-cased, without their last stop.
enum Abbreviations {
    /// Always followed by more: a name or a number.
    static let titles: Set<String> = [
        // English
        "mr", "mrs", "ms", "dr", "prof", "st", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "gov", "sen", "rep", "messrs", "mt", "ft",
        "vs", "v", "cf", "e.g", "i.e", "eg", "ie", "viz", "fig", "figs", "eq", "eqs", "sec", "secs", "ch", "chap", "art", "arts", "no",
        "nos",
        "nr", "vol", "vols", "pp", "p", "para", "ref", "refs", "tab", "app", "ed", "eds", "approx", "ca", "c", "al", "op",
        // German
        "hr", "fr", "dipl", "ing", "bzw", "z.b", "z", "d.h", "u.a", "u", "s", "abs", "nr", "bd", "kap", "abb", "vgl", "sog", "ggf", "str",
        "hrsg", "evtl", "inkl", "zzgl", "mind", "max", "min", "ca",
        // French, Spanish, Italian, Portuguese
        "m", "mm", "mme", "mlle", "me", "av", "apr", "env", "ex", "sr", "sra", "srta", "dra", "ud", "uds", "pág", "págs", "núm", "cap",
        "sig", "dott", "ing", "avv", "pag", "pagg", "es", "d", "exmo", "exma",
        // Dutch, Nordic
        "dhr", "mevr", "mw", "drs", "bijv", "blz", "nl", "t.ex", "bl.a", "f.eks", "ca", "kl",
        // Slavic, Hungarian, Turkish, Romanian
        "ul", "np", "tzn", "tj", "tzv", "např", "č", "str", "г", "ул", "д", "т.е", "т.к", "т.д", "т.п", "им", "стр", "рис", "см", "тыс",
        "млн",
        "напр", "проф", "о", "pl", "dl", "dna", "sn", "doç", "alay",
    ]
    /// May end a sentence too; taken as not ending it, which costs a longer sentence rather than a torn one.
    static let others: Set<String> = [
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "dept", "est", "tel", "co", "corp", "bros",
        "ave",
        "blvd", "rd", "okt", "dez", "mrt",
    ]
}
