/// Collects capitalised words that stand together.
struct NameRuns {
    /// No name has more tokens; longer runs are tables and headings.
    static let longest = 14

    /// The run of name parts that begins at `start`, which is one; its end.
    static func end(from start: Int, in text: TokenizedText) -> Int {
        var end = start + 1
        while end < text.count, end - start < Self.longest {
            guard let next = Self.continuation(after: end, start: start, in: text) else { break }
            end = next
        }
        return end
    }

    /// Where the run ends if it goes on after `end`.
    private static func continuation(after end: Int, start: Int, in text: TokenizedText) -> Int? {
        let last = end - 1
        guard !text.has(end, .blockStart), !text.has(end, .taken) else { return nil }
        if text.isNamePart(end), text.has(end, .spaceBefore) {
            return text.has(end, .sentenceStart) ? nil : end + 1
        }
        // "J.", "St.", "Dr.".
        if text.isMark(end, "."), text.isAttached(end), Self.isAbbreviation(last, text) {
            guard text.isNamePart(end + 1), !text.has(end + 1, .blockStart), !text.has(end + 1, .sentenceStart) else { return nil }
            return end + 2
        }
        if text.isMark(end, "&"), text.isNamePart(end + 1), text.has(end, .spaceBefore) { return end + 2 }
        // "Workers' Union", "Children's Hospital": only where an organisation follows.
        if text.isMark(end, "'"), text.isAttached(end) {
            let next = text.has(end + 1, .possessive) ? end + 2 : end + 1
            guard text.isNamePart(next), text.has(next, .spaceBefore),
                (next..<min(next + 3, text.count)).contains(where: { text.isNamePart($0) && text.isOrganizationHead($0) })
            else { return nil }
            return next + 1
        }
        // van der Berg, bin Hassan.
        guard text.isWord(end, .particle), !text.has(end, .capital), text.has(end, .spaceBefore) else { return nil }
        var next = end + 1
        while next < end + 3, text.isWord(next, .particle), !text.has(next, .capital) { next += 1 }
        guard text.isNamePart(next), !text.has(next, .blockStart), !text.isOrganizationHead(last) else { return nil }
        return next + 1
    }

    private static func isAbbreviation(_ index: Int, _ text: TokenizedText) -> Bool {
        text.has(index, .initial)
            || text.isWord(index) && text.tokens[index].end - text.tokens[index].start <= 5
                && text.isWord(index, [.title, .placeHead, .organizationTail])
                && !text.isWord(index, .common)
            || text.isWord(index, among: Self.abbreviated)
    }

    private static let abbreviated: KnownWords =
        "dr mr mrs ms st mt ft wm chas jas thos geo jr sr prof gen col maj capt lt sgt rev hon sen rep gov fr"
}
