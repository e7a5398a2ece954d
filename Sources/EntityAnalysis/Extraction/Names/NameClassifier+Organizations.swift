/// Legal forms, words such as University and Council, and what joins on to them.
extension NameClassifier {
    mutating func organization(_ run: Range<Int>) -> Int? {
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
    func tail(of run: Range<Int>) -> Int? {
        if self.text.isWord(run.upperBound, among: Self.smallTails), !self.text.has(run.upperBound, .blockStart) { return run.upperBound }
        return run.last {
            self.text.isWord($0, .organizationTail) && $0 > run.lowerBound
                && !(self.text.isWord($0, .function) && self.text.has($0, .shouted))
        }
    }

    static let smallTails: KnownWords = "plc ltd inc llc llp gmbh"

    /// Whether the full stop after "Inc" belongs to it and does not end the sentence.
    func endsWithOwnStop(_ index: Int) -> Bool {
        guard self.text.isMark(index + 1, "."), self.text.isAttached(index + 1),
            self.text.tokens[index].end - self.text.tokens[index].start <= 4,
            index + 2 < self.text.count, !self.text.has(index + 2, .blockStart)
        else { return false }
        return !self.text.has(index + 2, .capital)
    }

    /// Fenwick Rowing Club, University of Nairobi, Ministerio de Hacienda.
    mutating func headed(_ run: Range<Int>) -> Int? {
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
    func isPersonalSurname(_ index: Int, _ run: Range<Int>) -> Bool {
        index == run.upperBound - 1 && index - 1 == run.lowerBound && self.text.isSurname(index) && self.text.isGiven(index - 1)
            && !self.text.isWord(index - 1, [.common, .place]) && !self.text.isWord(index, among: Self.firmHeads)
    }

    static let firmHeads: KnownWords =
        "university college school institute foundation bank trust council hospital police union museum"

    /// Where the name ends that goes on with "of", "for", "de": nil if it does not.
    func extended(from span: Range<Int>) -> Int? {
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

    static let bodies: KnownWords = "board committee office council commission administration company party group team registry"
    static let ands: KnownWords = "and et y und"
    static let articles: KnownWords = "the la le les los las el l"

    /// The name part after "of", "of the", "de la" at `index`.
    func joinerEnd(_ index: Int) -> Int? {
        guard self.text.isWord(index, .joiner), !self.text.has(index, .capital), !self.text.has(index, .blockStart) else { return nil }
        var next = index + 1
        if self.text.isWord(next, among: Self.articles), !self.text.has(next, .capital) { next += 1 }
        if self.text.isMark(next, "'"), self.text.isAttached(next) { next += 1 }
        guard self.text.isNamePart(next), !self.text.has(next, .blockStart) else { return nil }
        return next
    }
}
