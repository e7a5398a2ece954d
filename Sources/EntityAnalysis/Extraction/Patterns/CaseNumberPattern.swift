/// Numbers under which courts and offices keep a case.
enum CaseNumberPattern {
    static func match(at index: Int, in text: TokenizedText) -> PatternMatch? {
        if let citation = Self.neutralCitation(index, text) ?? Self.docket(index, text) ?? Self.german(index, text)
            ?? Self.european(index, text)
        {
            return Self.found(index..<citation, number: index..<citation, text, 0.95)
        }
        return Self.announced(index, text)
    }

    private static func found(_ tokens: Range<Int>, number: Range<Int>, _ text: TokenizedText, _ confidence: Double) -> PatternMatch {
        PatternMatch(tokens: tokens, type: .caseNumber, normal: text.collapsed(text.span(number)), confidence: confidence)
    }

    // MARK: [2019] EWCA Civ 123

    private static func neutralCitation(_ index: Int, _ text: TokenizedText) -> Int? {
        guard text.isMark(index, "["), let year = text.smallNumber(index + 1), year >= 1800, year < 2100, text.isMark(index + 2, "]") else {
            return nil
        }
        var next = index + 3
        if text.isNumber(next), text.isWord(next + 1) { next += 1 }
        guard text.isWord(next), text.has(next, .hasCapital), text.tokens[next].end - text.tokens[next].start <= 6 else { return nil }
        next += 1
        if text.isMark(next, "("), text.isWord(next + 1), text.isMark(next + 2, ")") { next += 3 }
        if text.isWord(next), text.has(next, .capital), text.isNumber(next + 1) { next += 1 }
        guard text.isNumber(next) else { return nil }
        next += 1
        if text.isMark(next, "("), text.isWord(next + 1), text.has(next + 1, .capital), text.isMark(next + 2, ")") { next += 3 }
        return next
    }

    // MARK: 2:19-cv-04567-ABC

    private static let docketKinds: KnownWords = "cv cr md mc mj bk ap civ crim"

    private static func docket(_ index: Int, _ text: TokenizedText) -> Int? {
        guard text.isNumber(index) else { return nil }
        var next = index
        if text.isMark(index + 1, ":"), text.isAttached(index + 1), text.isAttached(index + 2) { next = index + 2 }
        // The tokenizer gives 19 - cv - 04567.
        guard text.smallNumber(next) != nil, text.isMark(next + 1, "-"), text.isAttached(next + 1),
            text.isWord(next + 2, among: Self.docketKinds),
            text.isAttached(next + 2), text.isMark(next + 3, "-"), text.isNumber(next + 4), text.isAttached(next + 4)
        else { return nil }
        return Self.codeEnd(next + 5, text)
    }

    /// Further parts of a number that touch it: -ABC, /12, (KMW).
    private static func codeEnd(_ index: Int, _ text: TokenizedText) -> Int {
        var next = index
        while next + 1 < text.count, next - index < 10, text.isMark(next, "-") || text.isMark(next, "/") || text.isMark(next, "."),
            text.isAttached(next), text.isAttached(next + 1), text.isNumber(next + 1) || text.isWord(next + 1)
        {
            next += 2
        }
        return next
    }

    // MARK: 1 BvR 16/13, VI ZR 123/20, 3 O 45/21

    private static let registers: KnownWords = """
        bvr bvl bvf bve zr zb za str bgh ars o s u c f t ss owi js ks kls ls ds as az b r p w wf uf ca sa ta ga aza azr bs ce cs k l n e q gs vk ho kart
        """

    private static func german(_ index: Int, _ text: TokenizedText) -> Int? {
        guard
            text.isNumber(index) && text.smallNumber(index) != nil
                || text.isWord(index) && text.has(index, .hasCapital) && Self.isRoman(text.text(index)),
            text.isWord(index + 1), text.has(index + 1, .capital), text.isWord(index + 1, among: Self.registers),
            !text.isAttached(index + 1)
        else { return nil }
        let next = index + 2
        guard let number = text.smallNumber(next) ?? (text.isNumber(next) ? 1 : nil), number > 0, text.isMark(next + 1, "/"),
            text.isAttached(next + 1),
            let year = text.smallNumber(next + 2), text.isAttached(next + 2), text.tokens[next + 2].end - text.tokens[next + 2].start != 3,
            year < 2100
        else { return nil }
        return next + 3
    }

    private static func isRoman(_ word: String) -> Bool { word.utf8.count <= 5 && word.utf8.allSatisfy { "IVX".utf8.contains($0) } }

    // MARK: C-131/12, T-123/15, ECLI:EU:C:2014:317

    private static func european(_ index: Int, _ text: TokenizedText) -> Int? {
        guard text.isWord(index) else { return nil }
        if text.has(index, .initial), ["C", "T", "F"].contains(text.text(index)), text.isMark(index + 1, "-"), text.isAttached(index + 1),
            text.smallNumber(index + 2) != nil, text.isMark(index + 3, "/"), text.isAttached(index + 3), text.smallNumber(index + 4) != nil
        {
            return Self.codeEnd(index + 5, text)
        }
        if text.has(index, .allCapitals), text.text(index) == "ECLI" {
            var next = index + 1
            while next + 1 < text.count, next - index < 12, text.isMark(next, ":"), text.isAttached(next), text.isAttached(next + 1) {
                next += 2
            }
            return next - index >= 7 ? next : nil
        }
        return nil
    }

    // MARK: Case No. 21-1234, Docket 12-345, File No. 2023/881, Aktenzeichen: 12 C 34/20, No. 21-1234

    private static let number: KnownWords = "no nos nr n num number numero nummer"
    private static let kinds: KnownWords = """
        case docket file aktenzeichen az claim appeal application cause index matter complaint petition rechtssache affaire asunto expediente pourvoi
        dossier rg zaak procedimiento autos gz geschaftszeichen writ suit civil criminal action proceeding
        """
    /// These need no "No." after them.
    private static let selfSufficient: KnownWords =
        "case docket aktenzeichen az rechtssache affaire asunto expediente pourvoi zaak procedimiento autos gz geschaftszeichen"

    private static func announced(_ index: Int, _ text: TokenizedText) -> PatternMatch? {
        guard text.isWord(index, .caseWord) || text.isWord(index, among: Self.kinds) else { return nil }
        var next = index + 1
        var hasKind = text.isWord(index, among: Self.kinds)
        var hasNumber = text.isWord(index, among: Self.number) && !hasKind
        if hasKind, text.isWord(next, among: Self.kinds) || text.isWord(next, among: Self.second) { next += 1 }
        if text.isMark(next, "."), text.isAttached(next) { next += 1 }
        if hasKind, text.isWord(next, among: Self.number) {
            hasNumber = true
            next += 1
            if text.isMark(next, "."), text.isAttached(next) { next += 1 }
        }
        if text.isMark(next, "º") || text.isMark(next, "°") { (next, hasNumber) = (next + 1, true) }
        if text.isMark(next, "#") { (next, hasNumber) = (next + 1, true) }
        if text.isMark(next, ":") { next += 1 }
        guard next < text.count, !text.has(next, .blockStart) else { return nil }
        if !hasKind, !text.has(index, .capital) { return nil }
        let end: Int
        if let special = Self.docket(next, text) ?? Self.german(next, text) ?? Self.european(next, text) {
            end = special
            hasKind = true
        } else if let plain = Self.code(next, text, isShortAllowed: hasKind && hasNumber) {
            end = plain
        } else {
            return nil
        }
        guard hasKind && (hasNumber || text.isWord(index, among: Self.selfSufficient)) || !hasKind && Self.isDocketLike(next..<end, text)
        else { return nil }
        return Self.found(index..<end, number: next..<end, text, hasKind ? 0.9 : 0.75)
    }

    private static let second: KnownWords = "action number file reference"

    /// A number with parts: 21-1234, 12345/06, HQ12X01234, 2023/881.
    private static func code(_ index: Int, _ text: TokenizedText, isShortAllowed: Bool) -> Int? {
        guard text.isNumber(index) || text.isWord(index) && text.has(index, .hasCapital) else { return nil }
        let end = Self.codeEnd(index + 1, text)
        let hasDigit = (index..<end).contains { text.isNumber($0) || text.has($0, .hasDigit) }
        let attachedWord = text.isWord(end) && text.isAttached(end) ? end + 1 : end
        guard hasDigit, attachedWord - index >= 2 || text.has(index, .hasDigit) || isShortAllowed else { return nil }
        return Self.codeEnd(attachedWord, text)
    }

    /// 21-1234 and not 5 or 3-4: two digits, a hyphen, at least two more.
    private static func isDocketLike(_ tokens: Range<Int>, _ text: TokenizedText) -> Bool {
        guard tokens.count >= 3, let first = text.smallNumber(tokens.lowerBound), text.isMark(tokens.lowerBound + 1, "-"),
            text.isNumber(tokens.lowerBound + 2)
        else { return tokens.count > 3 && text.isWord(tokens.lowerBound + 2, among: Self.docketKinds) }
        let size = text.tokens[tokens.lowerBound].end - text.tokens[tokens.lowerBound].start
        let rest = text.tokens[tokens.lowerBound + 2].end - text.tokens[tokens.lowerBound + 2].start
        return size == 2 && first < 100 && rest >= 2 || size == 4 && rest >= 3
    }
}
