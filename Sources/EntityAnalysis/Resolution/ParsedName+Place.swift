extension ParsedName {
    /// `Port Alder, Maine`, `Port Alder (ME)`, `St. Petersburg`, `München`.
    mutating func parsePlace(_ all: [NameNormalizer.Word], tokens: inout TokenTable) {
        let words = Self.joiningLetters(all)
        var parts: [[String]] = [[]]
        for word in words {
            if word.before == .comma || word.before == .bracket, !(parts.last?.isEmpty ?? true) { parts.append([]) }
            parts[parts.count - 1].append(word.text)
        }
        var core = parts[0]
        for opening in PlaceWords.openings where core.count > opening.count && core.starts(with: opening) {
            core.removeFirst(opening.count)
            break
        }
        if let canonical = PlaceWords.canonical(core.joined(separator: " ")) { self.canonical = tokens.id("=" + canonical) }
        if core.count > 1, NameWords.articles.contains(core[0]), core[0] != "la", core[0] != "los", core[0] != "las", core[0] != "el" {
            core.removeFirst()
        }
        core = core.map { PlaceWords.abbreviations[$0] ?? $0 }
        if self.canonical == nil, let canonical = PlaceWords.canonical(core.joined(separator: " ")) {
            self.canonical = tokens.id("=" + canonical)
        }
        self.words = core.map { tokens.id($0) }
        self.qualifiers = parts.dropFirst().map { part in
            let whole = PlaceWords.qualifier(part.joined(separator: " "))
            return tokens.id("," + whole)
        }
        self.specificity = core.count * 2 + self.qualifiers.count
    }
}
