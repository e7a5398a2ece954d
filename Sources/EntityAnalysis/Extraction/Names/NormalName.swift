/// The normal form of a name: single spaces, no possessive, capitals as in running text.
enum NormalName {
    static func normal(_ tokens: Range<Int>, in text: TokenizedText) -> String {
        var name = text.collapsed(text.span(tokens))
        // "Inc." and "Inc" are one company; "B.V." keeps its stops.
        if name.hasSuffix("."), let last = tokens.last, text.isMark(last, ".") { name.removeLast() }
        let words = tokens.filter { text.isWord($0) }
        let isShouted = words.contains { text.has($0, .shouted) }
        let isSmall = words.allSatisfy { !text.has($0, .hasCapital) }
        guard isShouted || isSmall else { return name }
        var result = ""
        for (position, word) in name.split(separator: " ").enumerated() {
            if !result.isEmpty { result += " " }
            result += Self.cased(String(word), isFirst: position == 0, keepsShort: isShouted)
        }
        return result
    }

    private static func cased(_ word: String, isFirst: Bool, keepsShort: Bool) -> String {
        let small = word.lowercased()
        let classes = Lexicon.shared.classes(of: WordHash.of(small))
        if !isFirst, !classes.isDisjoint(with: [.particle, .joiner]) || classes.contains(.function) && small.utf8.count <= 3 {
            return small
        }
        // LLC, SA and the like are written in capitals anyway.
        if keepsShort, classes.contains(.organizationTail), small.utf8.count <= 3 { return word }
        var result = ""
        var raises = true
        for scalar in small.unicodeScalars {
            if raises { result += scalar.properties.titlecaseMapping } else { result.unicodeScalars.append(scalar) }
            raises = scalar == "-" || scalar == "'" && result.utf8.count == 2
        }
        return result
    }
}
