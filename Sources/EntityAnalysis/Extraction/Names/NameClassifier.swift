/// Decides what runs of capitalised words name, from the words alone and those next to them.
struct NameClassifier {
    private let text: TokenizedText
    /// Whether the language writes every noun with a capital, so that a capital says little.
    private let capitalizesNouns: Bool
    private(set) var findings = NameFindings()

    init(_ text: TokenizedText, capitalizesNouns: Bool) {
        self.text = text
        self.capitalizesNouns = capitalizesNouns
    }

    static func findings(in text: TokenizedText, capitalizesNouns: Bool) -> NameFindings {
        var classifier = Self(text, capitalizesNouns: capitalizesNouns)
        classifier.run()
        return classifier.findings
    }

    private mutating func run() {
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

    private mutating func add(_ tokens: Range<Int>, _ type: EntityType, _ confidence: Double) {
        // Words in capitals next to each other prove nothing: only what the lists know counts.
        if confidence < 0.7, tokens.contains(where: { self.text.has($0, .shouted) }) { return }
        self.findings.spans.append(NameSpan(tokens: tokens, type: type, confidence: confidence))
    }

    // MARK: A run

    /// Decides a run, and says where what it decided ends: names of organisations go on after it.
    private mutating func decide(_ run: Range<Int>) -> Int {
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
    private static let things: KnownWords = "storm hurricane typhoon cyclone tropical ss hms hmcs uss rms mv"

    /// Without words that begin sentences, label lines or say of what nation somebody is.
    private func trimmed(_ run: Range<Int>) -> Range<Int>? {
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
    private mutating func listed(_ run: Range<Int>) -> Int? {
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
    private func innerTitle(_ run: Range<Int>) -> Int? {
        run.dropFirst().first { index in
            self.text.isWord(index, .title) && index + 1 < run.upperBound && !self.text.isSurname(index)
                && !self.text.isWord(index - 1, .title) && !self.text.isOrganizationHead(index + 1)
                && (index + 1..<run.upperBound).contains { self.text.isGiven($0) || self.text.isSurname($0) || self.text.isUnknown($0) }
        }
    }

    // MARK: Persons

    /// Mr Pell, Captain Willem van der Berg.
    private mutating func titled(_ run: Range<Int>) -> Int? {
        var start = run.lowerBound
        while start < run.upperBound, self.text.isWord(start, .title) || self.text.isMark(start, ".") && start > run.lowerBound {
            start += 1
        }
        guard start > run.lowerBound, start < run.upperBound, self.text.isWord(start) else { return nil }
        let rest = start..<run.upperBound
        guard
            !rest.contains(where: {
                self.text.isOrganizationHead($0) && !self.text.isSurname($0) || self.text.isWord($0, .organizationTail)
                    || self.text.isMark($0, "&")
            })
        else { return nil }
        guard !self.text.isPlainWord(start) else { return nil }
        // "Queen Street", "King Island".
        let words = rest.filter { self.text.isWord($0) }
        if words.count <= 2, let last = words.last, self.text.isWord(last, .placeTail),
            !self.text.isGiven(start) || !self.text.isSurname(last)
        {
            return nil
        }
        var end = start
        var count = 0
        for index in rest where self.text.isWord(index) {
            if count > 0, self.text.isPlainWord(index), !self.text.isWord(index, .particle) { break }
            count += 1
            end = index + 1
            if count == 5 { break }
        }
        self.add(start..<end, .person, 0.92)
        if let next = (end..<run.upperBound).first(where: { self.text.isNamePart($0) }) { return self.decide(next..<run.upperBound) }
        return max(end, run.upperBound)
    }

    private mutating func person(_ run: Range<Int>) -> Bool {
        let words = run.filter { self.text.isWord($0) && !self.text.isWord($0, .particle) || self.text.isNamePart($0) }
        guard words.count >= 2 else { return false }
        for (position, index) in words.enumerated().dropLast() {
            guard let (end, confidence) = self.fullName(words, from: position) else { continue }
            var tokens = index..<end
            if self.text.isMark(end, "."), self.text.isWord(end - 1, among: Self.generations) { tokens = index..<end }
            self.add(tokens, .person, confidence)
            // "Ruth Ashworth London": what is left may be named too.
            if let rest = (end..<run.upperBound).first(where: { self.text.isNamePart($0) }), rest + 1 == run.upperBound,
                self.text.isWord(rest, .majorPlace)
            {
                self.add(rest..<rest + 1, .place, 0.6)
            }
            return true
        }
        return self.unlistedName(run, words)
    }

    private static let generations: KnownWords = "jr sr ii iii iv junior senior"

    /// A given name or initials and what follows as a surname; the token after it.
    private func fullName(_ words: [Int], from position: Int) -> (end: Int, confidence: Double)? {
        let first = words[position]
        let isInitial =
            self.text.has(first, .initial)
            || self.text.has(first, .dotted) && self.text.tokens[first].end - self.text.tokens[first].start <= 6
        guard isInitial || self.text.isGiven(first) else {
            // An unlisted given name before a listed surname.
            guard position + 1 < words.count, position == 0, words.count <= 3, let last = words.last, self.text.isSurname(last),
                !self.text.isWord(last, [.common, .place]),
                words.dropLast().allSatisfy({ self.text.isUnknown($0) }), !self.capitalizesNouns || self.text.isUnknown(first)
            else { return nil }
            return (last + 1, self.text.followsPlacePreposition(first) ? 0.5 : 0.75)
        }
        var last: Int?
        var isCertain = false
        for word in words[(position + 1)...].prefix(4) {
            if self.text.isWord(word, among: Self.generations), last != nil { return (word + 1, 0.9) }
            if self.text.has(word, .initial) {
                // "Laura T. Nguyen": a middle initial only with its full stop or before more.
                continue
            }
            // "Martin Bell": words, both of them, but not where a sentence begins.
            let isUsual = !self.text.has(first, .sentenceStart) && self.text.isWord(word, .frequentSurname)
            let isStrong = last != nil || isUsual || !self.text.isWord(first, [.common, .place])
            guard self.isSurnameLike(word, afterStrongGiven: isStrong) else { break }
            isCertain = isCertain || self.text.isSurname(word)
            last = word
        }
        guard let last else { return nil }
        if isInitial, position + 1 < words.count, !isCertain, self.text.isWord(last, .common) { return nil }
        if self.text.isWord(first, .common), !isCertain { return nil }
        if self.text.isWord(first, .place), !isCertain || self.text.isWord(last, .common) { return nil }
        return (last + 1, isCertain ? 0.9 : 0.8)
    }

    private func isSurnameLike(_ index: Int, afterStrongGiven: Bool) -> Bool {
        let classes = self.text.tokens[index].classes
        if classes.contains(.organizationHead) || classes.contains(.organizationTail) {
            return classes.contains(.surname) && !classes.contains(.common)
        }
        if classes.contains(.surname) { return afterStrongGiven || !classes.contains(.common) }
        if classes.contains(.given) { return !classes.contains(.common) || afterStrongGiven }
        return classes.isDisjoint(with: [.common, .function, .label, .demonym, .month, .weekday, .saying, .title])
            && (!classes.contains(.place) || afterStrongGiven)
    }

    /// Two or three capitalised words that no list knows.
    private mutating func unlistedName(_ run: Range<Int>, _ words: [Int]) -> Bool {
        guard words.count <= 3, words.allSatisfy({ self.text.isUnknown($0) && !self.text.has($0, .allCapitals) }) else { return false }
        let isPlace = self.text.followsPlacePreposition(run.lowerBound) || self.precedesPlace(run.upperBound)
        if isPlace, !self.capitalizesNouns {
            self.add(run, .place, 0.6)
            return true
        }
        guard !self.capitalizesNouns || self.isSpokenOf(run) else { return false }
        self.add(run, .person, self.isSpokenOf(run) ? 0.7 : 0.5)
        return true
    }

    /// Whether what stands around the name is said of people.
    private func isSpokenOf(_ run: Range<Int>) -> Bool {
        self.text.isWord(run.upperBound, .saying)
            || self.text.isWord(run.lowerBound - 1, .role) && !self.text.has(run.lowerBound, .sentenceStart)
            || self.text.isMark(run.lowerBound - 1, ",") && self.text.isWord(run.lowerBound - 2, .role)
    }

    /// ", Ohio" after a name.
    private func precedesPlace(_ index: Int) -> Bool {
        self.text.isMark(index, ",") && self.text.isWord(index + 1, .place) && self.text.has(index + 1, .capital)
            && !self.text.has(index + 1, .blockStart)
    }

    // MARK: Organisations

    private mutating func organization(_ run: Range<Int>) -> Int? {
        if let tail = self.tail(of: run) {
            var end = tail + 1
            if self.endsWithOwnStop(tail) { end += 1 }
            // "Co., Ltd."
            if self.text.isMark(end, ","), self.text.isWord(end + 1, .organizationTail), self.text.has(end + 1, .capital),
                !self.text.has(end + 1, .blockStart)
            {
                end += self.endsWithOwnStop(end + 1) ? 3 : 2
            }
            self.add(run.lowerBound..<end, .organization, 0.95)
            if let next = (end..<max(end, run.upperBound)).first(where: { self.text.isNamePart($0) }) {
                return max(end, self.decide(next..<run.upperBound))
            }
            return max(end, run.upperBound)
        }
        // "Harrow Freight, Inc."
        if self.text.isMark(run.upperBound, ","), self.text.isWord(run.upperBound + 1, .organizationTail),
            self.text.has(run.upperBound + 1, .hasCapital),
            !self.text.has(run.upperBound + 1, .blockStart)
        {
            let end = run.upperBound + 2 + (self.endsWithOwnStop(run.upperBound + 1) ? 1 : 0)
            self.add(run.lowerBound..<end, .organization, 0.95)
            return end
        }
        if run.contains(where: { self.text.isMark($0, "&") }), !run.contains(where: { self.text.isWord($0, .function) }) {
            self.add(run, .organization, 0.85)
            return run.upperBound
        }
        return self.headed(run)
    }

    /// The last Ltd or GmbH of the run, or a plc in small letters after it.
    private func tail(of run: Range<Int>) -> Int? {
        if self.text.isWord(run.upperBound, among: Self.smallTails), !self.text.has(run.upperBound, .blockStart) { return run.upperBound }
        return run.last {
            self.text.isWord($0, .organizationTail) && $0 > run.lowerBound
                && !(self.text.isWord($0, .function) && self.text.has($0, .shouted))
        }
    }

    private static let smallTails: KnownWords = "plc ltd inc llc llp gmbh"

    /// Whether the full stop after "Inc" belongs to it and does not end the sentence.
    private func endsWithOwnStop(_ index: Int) -> Bool {
        guard self.text.isMark(index + 1, "."), self.text.isAttached(index + 1),
            self.text.tokens[index].end - self.text.tokens[index].start <= 4,
            index + 2 < self.text.count, !self.text.has(index + 2, .blockStart)
        else { return false }
        return !self.text.has(index + 2, .capital)
    }

    /// Fenwick Rowing Club, University of Nairobi, Ministerio de Hacienda.
    private mutating func headed(_ run: Range<Int>) -> Int? {
        guard let head = run.last(where: { self.text.isOrganizationHead($0) && !self.isPersonalSurname($0, run) }) else { return nil }
        let words = run.filter { self.text.isWord($0) }
        if let last = words.last, last != head, self.text.isWord(last, .placeTail), words.count > 1 { return nil }
        let compound = self.text.isOrganizationCompound(head)
        if words.count == 1 {
            if let end = self.extended(from: run) {
                self.add(run.lowerBound..<end, .organization, 0.85)
                return end
            }
            guard compound else { return nil }
            self.add(run, .organization, 0.7)
            return run.upperBound
        }
        // "Bank Holiday" is no bank; "Banco Santander" is.
        if head == run.lowerBound, self.text.isWord(head, .common) {
            guard let next = words.dropFirst().first, !self.text.isPlainWord(next),
                self.text.isUnknown(next) || self.text.isWord(next, .place)
            else { return nil }
        }
        // After the head: "Durham University Boat Race" ends there unless the rest is a name part of the organisation.
        var end = run.upperBound
        if head + 1 < run.upperBound,
            let title = (head + 1..<run.upperBound).first(where: {
                self.text.isWord($0, .title) || self.text.isGiven($0) && !self.text.isWord($0, [.common, .place])
            })
        {
            end = title
        }
        let span = run.lowerBound..<end
        if words.dropLast(words.last == head ? 1 : 0).allSatisfy({ self.text.isWord($0, .label) && !self.text.isWord($0, .demonym) }),
            words.last == head
        {
            return nil
        }
        let full = end == run.upperBound ? self.extended(from: span) ?? end : end
        let isVague = words.allSatisfy { self.text.isPlainWord($0) || self.text.isWord($0, .organizationHead) } && full == end
        self.add(span.lowerBound..<full, .organization, isVague ? 0.6 : 0.9)
        if end < run.upperBound { return max(full, self.decide(end..<run.upperBound)) }
        return full
    }

    /// "Ruth Church": a head that is the surname after a given name.
    private func isPersonalSurname(_ index: Int, _ run: Range<Int>) -> Bool {
        index == run.upperBound - 1 && index - 1 == run.lowerBound && self.text.isSurname(index) && self.text.isGiven(index - 1)
            && !self.text.isWord(index - 1, [.common, .place]) && !self.text.isWord(index, among: Self.firmHeads)
    }

    private static let firmHeads: KnownWords =
        "university college school institute foundation bank trust council hospital police union museum"

    /// Where the name ends that goes on with "of", "for", "de": nil if it does not.
    private func extended(from span: Range<Int>) -> Int? {
        guard let last = span.last(where: { self.text.isOrganizationHead($0) }) else { return nil }
        let isBody = self.text.isWord(last, among: Self.bodies)
        var end = span.upperBound
        var steps = 0
        while steps < 3, let start = self.joinerEnd(end) {
            var next = NameRuns.end(from: start, in: self.text)
            if let title = (start + 1..<max(start + 1, next)).first(where: {
                self.text.isWord($0, .title) && !self.text.isWord($0, .surname)
            }) {
                next = title
            }
            if let comma = (start..<next).first(where: { self.text.isMark($0, ",") }) { next = comma }
            if isBody, (start..<next).contains(where: { self.text.isOrganizationHead($0) || self.text.isWord($0, .organizationTail) }) {
                break
            }
            if self.text.isGiven(start), next > start + 1, !self.text.isWord(start, [.place, .common]), steps > 0 { break }
            end = next
            steps += 1
            // "of Agriculture and Fisheries".
            if self.text.isWord(end - 1, .common), self.text.isWord(end, among: Self.ands), self.text.isNamePart(end + 1),
                self.text.isWord(end + 1, .common),
                !self.text.isGiven(end + 1)
            {
                end = NameRuns.end(from: end + 1, in: self.text)
            }
        }
        return steps > 0 ? end : nil
    }

    private static let bodies: KnownWords = "board committee office council commission administration company party group team registry"
    private static let ands: KnownWords = "and et y und"
    private static let articles: KnownWords = "the la le les los las el l"

    /// The name part after "of", "of the", "de la" at `index`.
    private func joinerEnd(_ index: Int) -> Int? {
        guard self.text.isWord(index, .joiner), !self.text.has(index, .capital), !self.text.has(index, .blockStart) else { return nil }
        var next = index + 1
        if self.text.isWord(next, among: Self.articles), !self.text.has(next, .capital) { next += 1 }
        if self.text.isMark(next, "'"), self.text.isAttached(next) { next += 1 }
        guard self.text.isNamePart(next), !self.text.has(next, .blockStart) else { return nil }
        return next
    }

    // MARK: Places

    private mutating func place(_ run: Range<Int>) -> Int? {
        let words = run.filter { self.text.isWord($0) }
        guard let first = words.first, let last = words.last else { return nil }
        if words.count == 1 { return self.singlePlace(first) }
        if self.text.isWord(last, .placeTail), words.count <= 4, !self.isPersonalPlaceName(words) {
            let isPlain = words.dropLast().allSatisfy { self.text.isPlainWord($0) }
            guard !isPlain || !self.text.has(first, .sentenceStart) else { return nil }
            self.add(run, .place, isPlain ? 0.6 : 0.85)
            return run.upperBound
        }
        if self.text.isWord(first, .placeHead), words.count <= 3,
            words.dropFirst().allSatisfy({ !self.text.isPlainWord($0) || self.text.isWord(first, among: Self.firmHeadsOfPlaces) })
        {
            let isSaint = self.text.isWord(first, among: Self.saints)
            guard !isSaint || self.text.followsPlacePreposition(first) || self.precedesPlace(run.upperBound) else { return nil }
            let isDirection = self.text.isWord(first, among: Self.directions)
            if isDirection, !words.dropFirst().allSatisfy({ self.text.isWord($0, .place) || self.text.isUnknown($0) }) { return nil }
            self.add(run, .place, isDirection ? 0.7 : 0.85)
            return run.upperBound
        }
        // "London England", "Akron Ohio".
        if words.allSatisfy({ self.text.isWord($0, .place) && !self.text.isWord($0, .common) }),
            !self.text.isGiven(first) || self.text.isWord(first, .majorPlace)
        {
            for word in words { self.add(word..<word + 1, .place, 0.8) }
            return run.upperBound
        }
        return nil
    }

    private static let firmHeadsOfPlaces: KnownWords = "port mount fort cape"
    private static let saints: KnownWords = "st saint san santa"
    private static let directions: KnownWords = "new north south east west upper lower great"

    /// "Laura Hill" is a person, "Market Street" and "Victoria Park" are not.
    private func isPersonalPlaceName(_ words: [Int]) -> Bool {
        guard words.count == 2, self.text.isGiven(words[0]), self.text.isSurname(words[1]), !self.text.isWord(words[0], [.place, .common])
        else { return false }
        return !self.text.followsPlacePreposition(words[0]) && !self.text.isWord(words[1], among: Self.firmTails)
    }

    private static let firmTails: KnownWords = "street road avenue river island islands ocean square county airport bridge valley"

    private mutating func singlePlace(_ index: Int) -> Int? {
        let classes = self.text.tokens[index].classes
        if classes.isDisjoint(with: [.place, .organization]) {
            // Isle of Skye, City of London.
            guard self.text.isWord(index, [.placeTail, .placeHead]), self.text.isWord(index + 1, among: Self.of),
                let start = self.joinerEnd(index + 1),
                self.text.isWord(start, .place) || self.text.isUnknown(start), self.text.isWord(index, among: Self.ofHeads)
            else { return nil }
            let end = NameRuns.end(from: start, in: self.text)
            self.add(index..<end, .place, 0.75)
            return end
        }
        if classes.contains(.organization) {
            let size = self.text.tokens[index].end - self.text.tokens[index].start
            guard
                self.text.has(index, .allCapitals) && !self.text.has(index, .shouted)
                    || size > 4 && classes.isDisjoint(with: [.common, .given, .surname])
            else { return nil }
            self.add(index..<index + 1, .organization, 0.85)
            return index + 1
        }
        let isLocated =
            self.text.followsPlacePreposition(index) || self.precedesPlace(index + 1) || self.text.isWord(index - 1, among: Self.movement)
            || self.text.isMark(index - 1, ",") && self.text.isWord(index - 2, .place) || self.text.isGoverned(index)
        // China is a country in the middle of a sentence, and a ware at its beginning.
        let isMajor =
            classes.contains(.majorPlace) && !classes.contains(.given)
            && (!classes.contains(.common) || !self.text.has(index, .sentenceStart))
        if isLocated || isMajor
            || classes.isDisjoint(with: [.common, .given, .surname])
        {
            self.add(index..<index + 1, .place, isLocated ? 0.9 : 0.8)
            return index + 1
        }
        return nil
    }

    private static let of: KnownWords = "of"
    private static let ofHeads: KnownWords = "isle gulf bay city county strait straits sea lake mount town river cape port"
    private static let movement: KnownWords = "from to leaving left reached between"
}
