/// Telephone numbers: with a country code, in brackets, in the groups of a country, or after a word that announces one.
enum PhonePattern {
    static func match(at index: Int, in text: TokenizedText) -> PatternMatch? {
        let token = text.tokens[index]
        let plus = token.kind == .mark && token.mark == "+"
        let bracket = token.kind == .mark && token.mark == "("
        guard plus || bracket || token.kind == .number, !text.isAttached(index) || !Self.isBound(index - 1, text) else { return nil }
        guard let groups = Self.groups(from: index, in: text) else { return nil }
        let digits = groups.digits
        guard digits.count >= 6, digits.count <= 15, Set(digits.utf8).count > 1 else { return nil }
        let confidence: Double
        if plus {
            guard digits.count >= 8 else { return nil }
            confidence = 0.97
        } else if Self.isAnnounced(index, text) {
            confidence = 0.9
        } else if Self.hasNationalShape(groups, bracket: bracket) {
            confidence = 0.8
        } else {
            return nil
        }
        let normal =
            plus
            ? "+" + Self.withoutTrunkZero(groups, digits) : digits.hasPrefix("00") && digits.count > 9 ? "+" + digits.dropFirst(2) : digits
        return PatternMatch(tokens: index..<groups.end, type: .phone, normal: normal, confidence: confidence)
    }

    private struct Groups {
        var parts: [String]
        var end: Int
        /// Index in `parts` of a part "(0)".
        var trunkZero: Int?
        var digits: String { self.parts.joined() }
    }

    /// Digits with single spaces, hyphens, full stops, slashes and brackets between them.
    private static func groups(from start: Int, in text: TokenizedText) -> Groups? {
        var groups = Groups(parts: [], end: start, trunkZero: nil)
        var index = start
        var open = false
        while index < text.count, index - start < 24, index == start || !text.has(index, .lineStart), !text.has(index, .taken) {
            let token = text.tokens[index]
            if index > start, token.start - text.tokens[index - 1].end > 2 { break }
            if token.kind == .number {
                let written = text.text(index)
                guard !written.contains(","), !written.contains("'") else { break }
                // A letter that touches the digits makes it a code of something else.
                if index + 1 < text.count, text.isAttached(index + 1), text.isWord(index + 1) { return nil }
                let parts = written.split(separator: ".").map { String($0) }
                if open, parts == ["0"] { groups.trunkZero = groups.parts.count }
                groups.parts.append(contentsOf: parts)
                guard groups.parts.reduce(0, { $0 + $1.utf8.count }) <= 15 else { return nil }
                index += 1
                if !open { groups.end = index }
                continue
            }
            guard token.kind == .mark else { break }
            switch token.mark {
            case "+" where index == start: break
            case "(" where !open && index + 1 < text.count && text.isNumber(index + 1): open = true
            case ")" where open:
                open = false
                groups.end = index + 1
            case "-" where index > start, "/" where index > start, "." where index > start && text.isAttached(index):
                guard text.isNumber(index + 1) || text.isMark(index + 1, "(") else { index = text.count; continue }
            default: index = text.count; continue
            }
            index += 1
        }
        guard !groups.parts.isEmpty, !open else { return nil }
        return groups
    }

    /// +44 (0)117: the zero is dialled only within the country.
    private static func withoutTrunkZero(_ groups: Groups, _ digits: String) -> String {
        guard let zero = groups.trunkZero else { return digits }
        return groups.parts.enumerated().filter { $0.offset != zero }.map(\.element).joined()
    }

    private static func isBound(_ index: Int, _ text: TokenizedText) -> Bool {
        let token = text.tokens[index]
        return token.kind == .word || token.kind == .number
            || token.kind == .mark && ["-", "/", "#", "_", "€", "$", "£", "§", "="].contains(token.mark)
    }

    /// "Tel.: 030 …", "call me on …".
    private static func isAnnounced(_ index: Int, _ text: TokenizedText) -> Bool {
        var before = index - 1
        var words = 0
        while before >= 0, index - before <= 6, words < 4 {
            if text.has(before + 1, .blockStart) { return false }
            if text.isWord(before, .phoneWord) { return true }
            if text.tokens[before].kind == .word { words += 1 }
            if text.tokens[before].kind == .number { return false }
            before -= 1
        }
        return false
    }

    private static func hasNationalShape(_ groups: Groups, bracket: Bool) -> Bool {
        let sizes = groups.parts.map(\.utf8.count)
        let total = sizes.reduce(0, +)
        guard let first = groups.parts.first else { return false }
        // North America, with or without the 1 of long distance.
        let american = sizes.first == 1 && first == "1" ? Array(sizes.dropFirst()) : sizes
        if american == [3, 3, 4] { return true }
        if bracket { return total >= 8 && sizes.count >= 2 && (sizes[0] >= 2 && sizes[0] <= 5) }
        // France: five pairs. Britain, Germany, Spain and others: a zero, an area code, the number.
        if sizes == [2, 2, 2, 2, 2], first.hasPrefix("0") { return true }
        if first.hasPrefix("00"), sizes.count >= 3 { return total >= 10 }
        return first.hasPrefix("0") && sizes.count >= 2 && sizes[0] >= 3 && total >= 9 && total <= 12
    }
}
