/// Laws and their sections: by name, by number, by letters.
enum LawPattern {
    /// What begins with a number, a section sign, or a word such as Section, Article, Regulation, Ley.
    static func match(at index: Int, in text: TokenizedText) -> PatternMatch? {
        if let end = Self.federal(index, text) ?? Self.numbered(index, text) { return Self.found(index..<end, text, 0.95) }
        if let reference = Self.reference(index, text) {
            if let end = Self.law(after: reference.end, text) { return Self.found(index..<end, text, 0.95) }
            if text.isMark(index, "§") { return Self.found(index..<reference.end, text, 0.8) }
            return nil
        }
        if text.isWord(index, .lawAcronym), text.has(index, .hasCapital), Self.standsAlone.contains(text.tokens[index].hash),
            text.has(index, .allCapitals)
        {
            return Self.found(index..<index + 1, text, 0.8)
        }
        return nil
    }

    /// A law by its name: Data Protection Act 2018, Civil Rights Act of 1964, Treaty of Lisbon, Civil Code, Bundesdatenschutzgesetz.
    ///
    /// Tried at each capitalised word, so that the name is found from its first word; nothing before the token `floor` belongs to it.
    static func named(at index: Int, in text: TokenizedText, floor: Int) -> PatternMatch? {
        guard index >= floor, text.has(index, .capital), !text.isWord(index, .function), let end = Self.name(from: index, text), end > index
        else { return nil }
        return Self.found(index..<end, text, 0.85)
    }

    private static let standsAlone: KnownWords = "gdpr dsgvo rgpd hipaa foia ccpa erisa dmca bdsg ferpa tfeu echr fcra tcpa unclos"

    private static func found(_ tokens: Range<Int>, _ text: TokenizedText, _ confidence: Double) -> PatternMatch {
        PatternMatch(tokens: tokens, type: .law, normal: text.collapsed(text.span(tokens)), confidence: confidence)
    }

    // MARK: 18 U.S.C. § 1001, 29 C.F.R. Part 1614

    private static let federalCodes: KnownWords = "usc cfr u.s.c c.f.r"

    private static func federal(_ index: Int, _ text: TokenizedText) -> Int? {
        guard text.smallNumber(index) != nil, text.isWord(index + 1) else { return nil }
        let word = text.lower(index + 1).filter { $0 != "." }
        guard word == "usc" || word == "cfr" else { return nil }
        var next = index + 2
        if text.isMark(next, "."), text.isAttached(next) { next += 1 }
        while text.isMark(next, "§") { next += 1 }
        if text.isWord(next, among: Self.parts) { next += 1 }
        return Self.number(next, text)
    }

    private static let parts: KnownWords = "part section sec s"

    // MARK: Regulation (EU) 2016/679, Directive 95/46/EC, Ley 39/2015, Pub. L. No. 107-56, Loi n° 78-17

    private static let acts: KnownWords = """
        regulation directive decision ley loi decreto decret real verordnung richtlinie reglement reglamento reglement directiva directive lei lov ordonnance
        """
    private static let actExtensions: KnownWords =
        "organica decreto legislativo ley no nr n num numero implementing delegated council commission de du federal eu ec eg eec ue ce"

    private static func numbered(_ index: Int, _ text: TokenizedText) -> Int? {
        guard text.isWord(index) else { return nil }
        if text.isWord(index, among: Self.publicWords), text.has(index, .capital) { return Self.publicLaw(index, text) }
        guard text.isWord(index, among: Self.acts) else { return nil }
        var next = index + 1
        var steps = 0
        while steps < 8, next < text.count, !text.has(next, .blockStart) {
            if text.isNumber(next) { break }
            let isGlue =
                text.isMark(next, "(") || text.isMark(next, ")") || text.isMark(next, ".") || text.isMark(next, "°")
                || text.isMark(next, "º")
            guard isGlue || text.isWord(next, among: Self.actExtensions) else { return nil }
            next += 1
            steps += 1
        }
        guard text.isNumber(next), text.isMark(next + 1, "/") || text.isMark(next + 1, "-"), text.isAttached(next + 1),
            text.isNumber(next + 2),
            text.isAttached(next + 2)
        else { return nil }
        next += 3
        // 95/46/EC
        if text.isMark(next, "/"), text.isAttached(next), text.isWord(next + 1), text.isAttached(next + 1), text.has(next + 1, .capital) {
            next += 2
        }
        return next
    }

    private static let publicWords: KnownWords = "public pub"

    private static func publicLaw(_ index: Int, _ text: TokenizedText) -> Int? {
        var next = index + 1
        if text.isMark(next, ".") { next += 1 }
        guard text.isWord(next), ["law", "l"].contains(text.lower(next)) else { return nil }
        next += 1
        if text.isMark(next, ".") { next += 1 }
        if text.isWord(next, .caseWord) { next += text.isMark(next + 1, ".") ? 2 : 1 }
        guard text.isNumber(next), text.isMark(next + 1, "-"), text.isNumber(next + 2) else { return nil }
        return next + 3
    }

    // MARK: Section 12(b) of …, Art. 6 Abs. 1 lit. f …, §§ 823 ff. …

    private struct Reference { var end: Int }

    private static func reference(_ index: Int, _ text: TokenizedText) -> Reference? {
        var next = index
        if text.isMark(index, "§") {
            while text.isMark(next, "§") { next += 1 }
        } else if text.isWord(index, .lawUnit) {
            next += 1
            if text.isMark(next, "."), text.isAttached(next) { next += 1 }
        } else {
            return nil
        }
        guard var end = Self.number(next, text) else { return nil }
        // More sections: "and 12", ", 13", "to 15", "Abs. 1 S. 2 lit. f".
        var steps = 0
        while steps < 12, end < text.count, !text.has(end, .blockStart) {
            steps += 1
            if text.isWord(end, among: Self.subdivisions) {
                var after = end + 1
                if text.isMark(after, "."), text.isAttached(after) { after += 1 }
                if let numbered = Self.number(after, text) {
                    end = numbered
                    continue
                }
                if text.isWord(after), text.tokens[after].end - text.tokens[after].start == 1 {
                    end = after + 1
                    if text.isMark(end, ")"), text.isAttached(end) { end += 1 }
                    continue
                }
                break
            }
            if text.isMark(end, ",") || text.isMark(end, "-") || text.isWord(end, among: Self.lists),
                let more = Self.number(end + 1, text), !text.isWord(more, .month)
            {
                end = more
                continue
            }
            if text.isWord(end, among: Self.following) {
                end += 1
                if text.isMark(end, "."), text.isAttached(end), !text.has(end + 1, .sentenceStart) { end += 1 }
                continue
            }
            break
        }
        return Reference(end: end)
    }

    private static let subdivisions: KnownWords =
        "abs absatz s satz nr lit buchst buchstabe para paragraph subsection unterabs alinea apartado paragraphe"
    private static let lists: KnownWords = "and or to und bis et y oder"
    private static let following: KnownWords = "ff f bis ter"

    /// 12, 12a, 12(b)(6), 230, IV, R. 12.1: the token after it.
    private static func number(_ index: Int, _ text: TokenizedText) -> Int? {
        guard index < text.count, !text.has(index, .blockStart) else { return nil }
        var next = index
        if text.isNumber(next) {
            next += 1
            if text.isWord(next), text.isAttached(next), text.tokens[next].end - text.tokens[next].start <= 2 { next += 1 }
            if text.isMark(next, "-"), text.isAttached(next), text.isNumber(next + 1), text.isAttached(next + 1) { next += 2 }
        } else if text.isWord(next), text.has(next, .capital), Self.isRoman(text.text(next)) {
            next += 1
        } else {
            return nil
        }
        while next + 2 < text.count, text.isMark(next, "("), text.isAttached(next), text.isMark(next + 2, ")"),
            text.tokens[next + 1].end - text.tokens[next + 1].start <= 4
        {
            next += 3
        }
        return next
    }

    private static func isRoman(_ word: String) -> Bool { word.utf8.count <= 6 && word.utf8.allSatisfy { "IVXLC".utf8.contains($0) } }

    /// The end of the law that a section is of, after "of the", "du", "de la", a comma or nothing.
    private static func law(after index: Int, _ text: TokenizedText) -> Int? {
        var next = index
        if text.isMark(next, ",") { next += 1 }
        var steps = 0
        while steps < 3, text.isWord(next, among: Self.ofWords) {
            next += 1
            steps += 1
        }
        if text.isMark(next, "'"), text.isWord(next - 1) { next += 1 }
        guard next < text.count, !text.has(next, .blockStart), text.isWord(next) || text.isNumber(next) else { return nil }
        if let end = Self.federal(next, text) ?? Self.numbered(next, text) { return end }
        if let reference = Self.reference(next, text), steps > 0 {
            // "Article 5 of Chapter II of the Treaty …": one step more.
            return Self.name(from: reference.end + (text.isWord(reference.end, among: Self.ofWords) ? 2 : 0), text)
        }
        if text.isWord(next, .lawAcronym), text.has(next, .hasCapital) { return next + 1 }
        if let end = Self.name(from: next, text) { return end }
        // An unknown law by its letters, directly after its section: "§ 4 XYZG".
        if text.isWord(next), text.has(next, .allCapitals), !text.has(next, .shouted), text.isWord(index, .lawUnit) == false,
            steps == 0 || text.has(next, .allCapitals),
            text.tokens[next].end - text.tokens[next].start <= 8
        {
            return next + 1
        }
        return nil
    }

    private static let ofWords: KnownWords = "of the de la del du des el l d les der das dem"

    /// A run of capitalised words with a word such as Act or Code in it, and what follows: a year, "of 1964", "of Fundamental Rights".
    private static func name(from start: Int, _ text: TokenizedText) -> Int? {
        var index = start
        var head: Int?
        while index < text.count, index - start < 10, !text.has(index, .taken), index == start || !text.has(index, .blockStart) {
            if text.isWord(index),
                text.has(index, .hasCapital) || text.isWord(index, .lawHead) && index == start || Self.isStatuteCompound(index, text)
            {
                if text.isWord(index, .function), index == start { return nil }
                if text.isWord(index, .lawHead) && !text.isWord(index, .placeTail) || Self.isStatuteCompound(index, text) { head = index }
                // "Code civil": the head goes first in French and Spanish.
                if head == index, text.isWord(index + 1, among: Self.adjectives) { head = index + 1; index += 1 }
                index += 1
            } else if text.isMark(index, "'"), text.isWord(index - 1) || text.has(index, .possessive) {
                index += 1
            } else if text.has(index, .possessive) {
                index += 1
            } else if text.isWord(index, among: Self.inner), text.isWord(index + 1),
                text.has(index + 1, .hasCapital) || text.isWord(index + 1, among: Self.inner),
                index > start
            {
                index += 1
            } else if text.isMark(index, "("), text.isWord(index + 1), text.isMark(index + 2, ")"), text.has(index + 1, .capital),
                head == nil, index > start
            {
                index += 3
            } else {
                break
            }
        }
        guard let head else { return nil }
        let single = head == start
        var end = head + 1
        if text.isWord(head, among: Self.treaties), text.isWord(end, among: Self.inner) {
            // Treaty of Lisbon, Charter of Fundamental Rights, Convention on the Law of the Sea.
            end = index
            while end > head + 1, text.isWord(end - 1, among: Self.inner) { end -= 1 }
        } else if single, !Self.isStatuteCompound(head, text), !text.isWord(head, among: Self.adjectives) {
            return nil
        }
        if text.isWord(end, among: Self.yearOf), let year = text.smallNumber(end + 1), year > 1000 { return end + 2 }
        if text.isMark(end, ","), let year = text.smallNumber(end + 1), year > 1000, year < 2100, text.isWord(head, among: Self.act) {
            return end + 2
        }
        if let year = text.smallNumber(end), year > 1000, year < 2100 { return end + 1 }
        if Self.isGeneric(start..<end, text) { return nil }
        return end
    }

    private static let act: KnownWords = "act"
    private static let treaties: KnownWords =
        "treaty charter convention constitution code act protocol statute declaration law codigo ley constitucion"
    private static let inner: KnownWords = "of the for on and to in against de la del du des relating by"
    private static let yearOf: KnownWords = "of de"
    private static let adjectives: KnownWords = "civil penal travail commerce"
    private static let vague: KnownWords = """
        this that the such an any said new no bill order rules public regulations real lo article section ley qr zip dress area source postal law amendment
        promo access building sharia bar post country error morse
        """

    /// "The Act", "New Rules", "ZIP Code", "Court Order", "Bill Smith": capitals, but no law that anybody could look up.
    private static func isGeneric(_ tokens: Range<Int>, _ text: TokenizedText) -> Bool {
        if tokens.count == 1 { return !Self.isStatuteCompound(tokens.lowerBound, text) }
        let last = tokens.upperBound - 1
        if text.isWord(last, among: Self.weak) { return true }
        return tokens.dropLast().allSatisfy { text.isWord($0, among: Self.vague) || text.isWord($0, .function) }
    }

    private static let weak: KnownWords =
        "order bill rules law public real lo directive regulation amendment regulations ley protocol ordinance"

    /// Bundesdatenschutzgesetz, Strafgesetzbuch, Zivilprozessordnung.
    private static func isStatuteCompound(_ index: Int, _ text: TokenizedText) -> Bool {
        guard text.isWord(index), text.has(index, .capital), text.tokens[index].end - text.tokens[index].start >= 11 else { return false }
        let word = text.lower(index)
        return ["gesetz", "gesetzbuch", "gesetzes", "prozessordnung", "grundverordnung"].contains { word.hasSuffix($0) }
    }
}
