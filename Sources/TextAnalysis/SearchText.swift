/// What a person typed into a search box: words, "phrases in quotes" and -excluded words.
public struct SearchText: Sendable, Hashable {
    /// The words and phrases that are wanted, without quotes and excluded words; what is embedded and ranked.
    public let wanted: String
    /// Phrases that must occur, as typed.
    public let phrases: [String]
    /// Words that must not occur, as typed.
    public let excluded: [String]
    /// The wanted terms, each once.
    public let terms: [UInt64]

    private static let longest = 2000

    /// Reads at most the first 2,000 bytes. A quote that is never closed is a plain character.
    public init(_ text: String) {
        var wanted = ""
        var phrases: [String] = []
        var excluded: [String] = []
        let parts = String(decoding: text.utf8.prefix(Self.longest), as: UTF8.self).unicodeScalars
            .map { "\u{201C}\u{201D}\u{201E}".unicodeScalars.contains($0) ? "\"" : $0 }
            .split(separator: "\"", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            var piece = String(String.UnicodeScalarView(part.filter { $0 != "\0" }))
            if index % 2 == 1, index < parts.count - 1 {
                if FoldedWords(piece).isEmpty { continue }
                phrases.append(piece)
                wanted += " " + piece
                continue
            }
            var kept: [Substring] = []
            for word in piece.split(whereSeparator: \.isWhitespace) {
                if word.utf8.count > 1, word.utf8.first == 0x2D, !FoldedWords(String(word.dropFirst())).isEmpty {
                    excluded.append(String(word.dropFirst()))
                } else {
                    kept.append(word)
                }
            }
            piece = kept.joined(separator: " ")
            if !piece.isEmpty { wanted += " " + piece }
        }
        self.wanted = String(wanted.drop(while: \.isWhitespace))
        self.phrases = phrases
        self.excluded = excluded
        var seen: Set<UInt64> = []
        self.terms = TermTokenizer.terms(self.wanted).filter { seen.insert($0).inserted }
    }

    /// Whether a text has every phrase and no excluded word.
    public func allows(_ text: String) -> Bool {
        if self.phrases.isEmpty, self.excluded.isEmpty { return true }
        let words = FoldedWords(text)
        return self.phrases.allSatisfy { words.contains($0) } && !self.excluded.contains { words.contains($0) }
    }
}

extension FoldedWords {
    var isEmpty: Bool { self.count == 0 }

    /// Whether the words of `phrase` stand next to each other in this text.
    func contains(_ phrase: String) -> Bool {
        let words = FoldedWords(phrase).folded
        return words.isEmpty || self.count(of: words) > 0
    }
}
