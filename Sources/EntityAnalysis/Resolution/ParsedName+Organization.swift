extension ParsedName {
    /// `The Port Alder Harbour Authority`, `Hale & Söhne GmbH`, `P.A.H.A.`, `p a h a`, `ООО Ромашка`.
    mutating func parseOrganization(_ all: [NameNormalizer.Word], tokens: inout TokenTable) {
        var words = Self.joiningLetters(all)
        // Spelt letters of a transcript: "p a h a".
        if words.count > 2, words.allSatisfy({ $0.length == 1 }) {
            var joined = words[0]
            joined.text = words.map(\.text).joined()
            joined.length = words.count
            words = [joined]
        }
        while words.count > 1, NameWords.articles.contains(words[0].text) { words.removeFirst() }
        // "Hale Ltd (UK)", "Acme, Inc.": what stands in brackets last is kept, commas mean nothing.
        if words.count > 1, NameWords.leadingLegalForms.contains(words[0].text), let form = NameWords.legalForms[words[0].text] {
            self.legalForm = form
            words.removeFirst()
        }
        var forms: [String] = []
        while words.count > 1, let last = words.last {
            if let form = NameWords.legalForms[last.text] {
                // "Sp. z o.o.": three words in front of the last.
                forms.append(form)
            } else if !(last.text == "and" || last.text == "z" || last.text == "sp") || forms.isEmpty {
                break
            }
            words.removeLast()
        }
        if self.legalForm.isEmpty { self.legalForm = forms.reversed().joined(separator: " ") }
        var core: [String] = []
        for word in words where !(NameWords.connectives.contains(word.text) && words.count > 1 && word.length > 1) {
            core.append(NameWords.organizationWords[word.text] ?? word.text)
        }
        if core.isEmpty { core = words.map(\.text) }
        self.words = core.map { tokens.id($0) }
        self.specificity = core.count * 3 + (self.legalForm.isEmpty ? 0 : 1)
        if core.count > 1 {
            self.initials = Self.firstLetters(core)
            self.allInitials = Self.firstLetters(words.map(\.text))
        } else if let only = words.first, words.count == 1, (2...8).contains(only.length), only.text.utf8.count <= 12 {
            self.acronym = self.words.first
            self.specificity = 1
        }
    }

    private static func firstLetters(_ words: [String]) -> String {
        String(String.UnicodeScalarView(words.compactMap(\.unicodeScalars.first)))
    }
}
