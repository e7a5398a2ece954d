/// Decides what runs of capitalised words name, from the words alone and those next to them.
struct NameClassifier {
    let text: TokenizedText
    /// Whether the language writes every noun with a capital, so that a capital says little.
    let capitalizesNouns: Bool
    var findings = NameFindings()

    init(_ text: TokenizedText, capitalizesNouns: Bool) {
        self.text = text
        self.capitalizesNouns = capitalizesNouns
    }

    static func findings(in text: TokenizedText, capitalizesNouns: Bool) -> NameFindings {
        var classifier = Self(text, capitalizesNouns: capitalizesNouns)
        classifier.run()
        return classifier.findings
    }

    mutating func run() {
        var index = 0
        while index < self.text.count {
            guard self.text.isNamePart(index) else {
                index += 1
                continue
            }
            let end = NameRuns.end(from: index, in: self.text)
            index = max(end, self.decide(index..<end))
        }
    }

    mutating func add(_ tokens: Range<Int>, _ type: EntityType, _ confidence: Double) {
        // Words in capitals next to each other prove nothing: only what the lists know counts.
        if confidence < 0.7, tokens.contains(where: { self.text.has($0, .shouted) }) { return }
        self.findings.spans.append(NameSpan(tokens: tokens, type: type, confidence: confidence))
    }

    /// Decides a run, and says where what it decided ends: names of organisations go on after it.
    mutating func decide(_ run: Range<Int>) -> Int {
        if self.text.isWord(run.lowerBound, among: Self.things) { return run.upperBound }
        guard let run = self.trimmed(run) else { return 0 }
        if let end = self.listed(run) { return end }
        if let split = self.innerTitle(run) {
            _ = self.decide(run.lowerBound..<split)
            return self.decide(split..<run.upperBound)
        }
        if let end = self.titled(run) { return end }
        if let end = self.organization(run) { return end }
        if let end = self.place(run) { return end }
        if self.person(run) { return run.upperBound }
        self.findings.undecided.append(run)
        return run.upperBound
    }

    /// Storms and ships have the names of people.
    static let things: KnownWords = "storm hurricane typhoon cyclone tropical ss hms hmcs uss rms mv"

    /// Without words that begin sentences, label lines or say of what nation somebody is.
    func trimmed(_ run: Range<Int>) -> Range<Int>? {
        var start = run.lowerBound
        while start < run.upperBound {
            guard self.text.isWord(start) else {
                start += 1
                continue
            }
            let classes = self.text.tokens[start].classes
            let isLast = !(start + 1..<run.upperBound).contains { self.text.isWord($0) }
            let isOpening =
                self.text.has(start, .sentenceStart) && self.text.isPlainWord(start)
                && !self.text.isWord(start, [.placeHead, .demonym, .title])
            let isLabel = classes.contains(.label) && classes.isDisjoint(with: [.placeHead, .title, .given])
            let hasOrganization = (start + 1..<run.upperBound).contains {
                self.text.isOrganizationHead($0) || self.text.isWord($0, .organizationTail)
            }
            let isNation = classes.contains(.demonym)
            if isLast {
                if self.text.isOrganizationHead(start) && self.joinerEnd(run.upperBound) != nil { break }
                if isLabel && !self.text.isSurname(start) || isNation || isOpening { return nil }
                break
            }
            if hasOrganization && !(isOpening && self.text.isWord(start, .function)) && !(isLabel && self.text.isGiven(start + 1)) { break }
            guard isOpening && !self.text.isOrganizationHead(start) || isLabel || isNation else { break }
            start += 1
        }
        return start < run.upperBound ? start..<run.upperBound : nil
    }

    /// A name of the lists, alone or within the run.
    mutating func listed(_ run: Range<Int>) -> Int? {
        for index in run where self.text.isWord(index, .phraseStart) {
            guard let phrase = self.text.listedPhrase(at: index, before: min(self.text.count, run.upperBound + 6)) else { continue }
            let type: EntityType = phrase.classes.contains(.organization) ? .organization : .place
            let rest = max(phrase.end, index)..<max(run.upperBound, phrase.end)
            // "New York Police Department" is not the city.
            if rest.contains(where: { type == .place && self.text.isOrganizationHead($0) || self.text.isWord($0, .organizationTail) }) {
                return nil
            }
            if rest.contains(where: { self.text.isMark($0, "&") }) { return nil }
            if type == .organization, index > run.lowerBound,
                self.text.isWord(index - 1, [.place, .demonym]) || self.text.isUnknown(index - 1)
            {
                return nil
            }
            if index > run.lowerBound { _ = self.decide(run.lowerBound..<index) }
            let phraseEnd = type == .organization ? self.extended(from: index..<phrase.end) ?? phrase.end : phrase.end
            self.findings.spans.append(NameSpan(tokens: index..<phraseEnd, type: type, confidence: 0.92))
            if phraseEnd > phrase.end { return phraseEnd }
            if let next = rest.first(where: { self.text.isNamePart($0) }) { return max(phrase.end, self.decide(next..<rest.upperBound)) }
            return phrase.end
        }
        return nil
    }

    /// Where a title begins within the run: "Prime Minister | Judge Marcus Bell".
    func innerTitle(_ run: Range<Int>) -> Int? {
        run.dropFirst().first { index in
            self.text.isWord(index, .title) && index + 1 < run.upperBound && !self.text.isSurname(index)
                && !self.text.isWord(index - 1, .title) && !self.text.isOrganizationHead(index + 1)
                && (index + 1..<run.upperBound).contains { self.text.isGiven($0) || self.text.isSurname($0) || self.text.isUnknown($0) }
        }
    }
}
