extension ParsedName {
    /// `Dr. Margaret A. van Hale Jr.`, `Hale, Margaret A.`, `Mrs Hale`, `margaret hale`.
    mutating func parsePerson(_ all: [NameNormalizer.Word], tokens: inout TokenTable) {
        // "Ю. Соколов": an initial is one letter in Latin too.
        var words = all.map { word in
            guard word.length == 1, let first = word.text.unicodeScalars.first else { return word }
            var word = word
            word.text = String(first)
            return word
        }
        self.stripDegrees(&words)
        self.stripGeneration(&words)
        self.stripDegrees(&words)
        self.stripTitles(&words)
        // "Hale, Margaret": the surname stands before the comma.
        if let comma = words.firstIndex(where: { $0.before == .comma }), comma > 0 {
            var given = Array(words[comma...])
            let family = Array(words[..<comma])
            given[0].before = .start
            self.stripTitles(&given)
            self.stripGeneration(&given, keeping: 0)
            words = given + family
            self.isInverted = !given.isEmpty
            self.setPerson(given: given.map(\.text), family: family.map(\.text), tokens: &tokens)
            return
        }
        let texts = words.map(\.text)
        guard texts.count > 1 else {
            let isGiven = texts.first.map { !self.hasTitle && GivenNames.isKnown($0) } ?? false
            self.setPerson(given: isGiven ? texts : [], family: isGiven ? [] : texts, tokens: &tokens)
            return
        }
        // "Smith J.", "Smith J": only initials follow.
        let initials = words.reversed().prefix { $0.length == 1 }.count
        if initials > 0, initials < texts.count, words[0].length > 2 {
            self.setPerson(given: Array(texts.suffix(initials)), family: Array(texts.dropLast(initials)), tokens: &tokens)
            return
        }
        if initials == texts.count {
            self.setPerson(given: texts, family: [], tokens: &tokens)
            return
        }
        var start = texts.count - 1
        while start > 0, NameWords.particles.contains(texts[start - 1]),
            start > 1 || texts.count > 2 || self.hasTitle || texts[0].utf8.count > 1
        {
            start -= 1
        }
        self.setPerson(given: Array(texts[..<start]), family: Array(texts[start...]), tokens: &tokens)
    }

    private mutating func setPerson(given: [String], family: [String], tokens: inout TokenTable) {
        self.given = given.map { tokens.id($0) }
        self.family = family.map { tokens.id($0) }
        self.words = self.given + self.family
        for id in self.given { self.specificity += tokens[id].isInitial ? 2 : 4 }
        self.specificity += self.family.isEmpty ? 0 : 3
        self.specificity += self.generation.isEmpty ? 0 : 1
        if self.given.isEmpty, self.hasTitle { self.specificity += 1 }
    }

    private mutating func stripTitles(_ words: inout [NameNormalizer.Word]) {
        while words.count > 1, let first = words.first {
            // "M. Dupont" may be Monsieur or an initial: it is read as the initial, which fits both.
            if first.length == 1 { return }
            if NameWords.maleTitles.contains(first.text) {
                self.gender = self.gender ?? .male
            } else if NameWords.femaleTitles.contains(first.text) {
                self.gender = self.gender ?? .female
            } else if !NameWords.otherTitles.contains(first.text) {
                return
            }
            // "Don Draper" is a given name where more than a surname would be left bare of one.
            if first.text == "don" || first.text == "count" || first.text == "king" || first.text == "prince" {
                if words.count == 2 {
                    self.gender = nil
                    return
                }
            }
            self.hasTitle = true
            words.removeFirst()
        }
        if let first = words.first, first.before != .start { words[0].before = .start }
    }

    private mutating func stripGeneration(_ words: inout [NameNormalizer.Word], keeping: Int = 1) {
        guard let last = words.last, words.count > max(1, keeping), let generation = NameWords.generations[last.text] else { return }
        // "Hale, Sen" keeps its word: only what a comma does not make a given name.
        self.generation = generation
        words.removeLast()
    }

    private mutating func stripDegrees(_ words: inout [NameNormalizer.Word]) {
        // "Ph.D." came as two words.
        while words.count > 2, let last = words.last {
            if last.before == .dot, NameWords.degrees.contains(words[words.count - 2].text + last.text) {
                words.removeLast(2)
            } else if NameWords.degrees.contains(last.text), last.before == .comma || last.isUppercase || last.text == "phd" {
                words.removeLast()
            } else {
                return
            }
        }
    }
}
