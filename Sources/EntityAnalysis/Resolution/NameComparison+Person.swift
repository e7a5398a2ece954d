extension NameComparison {
    static func people(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        if let first = Self.gender(left, tokens), let second = Self.gender(right, tokens), first != second,
            left.gender != nil || right.gender != nil
        {
            return NameComparison(score: 0, reasons: .differentTitles)
        }
        if left.generation != right.generation, !left.generation.isEmpty, !right.generation.isEmpty {
            return NameComparison(score: 0, reasons: .differentGenerations)
        }
        var result = Self.peopleByNames(left, right, tokens: &tokens)
        if left.generation != right.generation, result.score > 0 {
            result.score = min(result.score, 0.86)
            result.isForReview = true
            result.isPartial = true
            result.reasons.insert(.oneGeneration)
        }
        return result
    }

    private static func gender(_ name: ParsedName, _ tokens: TokenTable) -> Gender? {
        name.gender ?? name.given.first.flatMap { GivenNames.gender(tokens[$0].text) }
    }

    private static func peopleByNames(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        switch (left.given.isEmpty, right.given.isEmpty, left.family.isEmpty, right.family.isEmpty) {
        case (false, false, false, false): return Self.fullNames(left, right, tokens: &tokens)
        case (_, _, true, true): return Self.givenOnly(left, right, tokens: &tokens)
        case (_, _, true, false): return Self.givenAndMore(left, right, tokens: &tokens)
        case (_, _, false, true): return Self.givenAndMore(right, left, tokens: &tokens)
        case (true, true, _, _): return Self.surnames(left, right, tokens: &tokens)
        case (true, false, _, _): return Self.surnameAndFull(left, right, tokens: &tokens)
        case (false, true, _, _): return Self.surnameAndFull(right, left, tokens: &tokens)
        }
    }

    /// Both have a given name or initials and a surname.
    private static func fullNames(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        let family = Self.families(left, right, tokens: &tokens)
        guard family.score >= 0.8 else { return Self.otherArrangement(left, right, tokens: &tokens) }
        let given = Self.givenNames(left.given, right.given, tokens: &tokens)
        guard given.score >= 0.8 else {
            let other = Self.otherArrangement(left, right, tokens: &tokens)
            if other.score >= 0.8 { return other }
            return NameComparison(score: min(0.6, given.score * family.score), reasons: .differentGivenNames)
        }
        // Two other spellings speak for one another; an initial beside a misspelt surname does not.
        let isProduct = !given.reason.isDisjoint(with: [.initials, .nickname, .misspelt, .missingNames])
        let lower = min(family.score, given.score) - (family.score < 1 && given.score < 1 ? 0.01 : 0)
        var result = NameComparison(
            score: isProduct ? family.score * given.score : lower, reasons: family.reason.union(given.reason))
        result.isPartial = !given.reason.isDisjoint(with: [.initials, .missingNames])
        // A nickname of several names fits each of them.
        if given.reason.contains(.nickname) { result.isPartial = true }
        if result.reasons.isEmpty { result.reasons = .sameWords }
        return result
    }

    /// The last words decide; particles and further surnames may be missing in one of them.
    private static func families(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> WordLikeness {
        if left.family == right.family { return .equal }
        let first = left.family.filter { !NameWords.particles.contains(tokens[$0].text) }
        let second = right.family.filter { !NameWords.particles.contains(tokens[$0].text) }
        guard let firstLast = first.last, let secondLast = second.last else {
            return WordLikeness(score: Self.joined(left.family, tokens) == Self.joined(right.family, tokens) ? 0.96 : 0, reason: .joined)
        }
        if Self.joined(left.family, tokens) == Self.joined(right.family, tokens) { return WordLikeness(score: 0.97, reason: .joined) }
        var likeness =
            first.count == second.count
            ? Self.aligned(first[...], second[...], tokens: &tokens) : tokens.likeness(firstLast, secondLast)
        let particles = (left.family.count - first.count, right.family.count - second.count)
        if particles.0 > 0, particles.1 > 0, left.family.prefix(particles.0) != right.family.prefix(particles.1) {
            likeness.score *= 0.9
        } else if first.count != second.count || particles.0 != particles.1 {
            likeness.score *= 0.98
        }
        return likeness
    }

    private static func givenNames(_ left: [Int], _ right: [Int], tokens: inout TokenTable) -> WordLikeness {
        var result = WordLikeness.equal
        for (first, second) in zip(left, right) {
            let likeness = Self.givenName(first, second, tokens: &tokens)
            result.score = min(result.score, likeness.score) - (result.score < 1 && likeness.score < 1 ? 0.005 : 0)
            result.reason.formUnion(likeness.reason)
            if result.score < 0.75 { break }
        }
        if left.count != right.count {
            // "Mary Ann" and "Maryann".
            if result.score < 0.9, Self.joined(left, tokens) == Self.joined(right, tokens) {
                return WordLikeness(score: 0.97, reason: .joined)
            }
            result.reason.insert(.missingNames)
            result.score *= 0.985
        }
        return result
    }

    private static func givenName(_ left: Int, _ right: Int, tokens: inout TokenTable) -> WordLikeness {
        if left == right { return .equal }
        let first = tokens[left]
        let second = tokens[right]
        if first.isInitial || second.isInitial {
            let short = first.isInitial ? first : second
            let long = first.isInitial ? second : first
            guard !long.isInitial, let letter = short.scalars.first else { return WordLikeness(score: 0, reason: .differentGivenNames) }
            if letter != long.scalars.first {
                // "R. Kowalski" may be Bob Kowalski.
                // "Ю. Соколов" became "Y", "Juri Sokolow" has a J: no evidence, but no objection either.
                if first.spelling.first == second.spelling.first { return WordLikeness(score: 0.81, reason: .initials) }
                guard GivenNames.initials(long.text).contains(letter) else { return WordLikeness(score: 0, reason: .differentGivenNames) }
                return WordLikeness(score: 0.88, reason: [.initials, .nickname])
            }
            return WordLikeness(score: 0.95, reason: .initials)
        }
        if GivenNames.areNicknames(first.text, second.text) { return WordLikeness(score: 0.96, reason: .nickname) }
        let likeness = tokens.likeness(left, right)
        // "Joan" is no misspelling of "John".
        if likeness.score < 0.97, GivenNames.isKnown(first.text), GivenNames.isKnown(second.text) {
            return WordLikeness(score: 0.3, reason: .differentGivenNames)
        }
        if likeness.score < 0.97, let one = GivenNames.gender(first.text), let other = GivenNames.gender(second.text), one != other {
            return WordLikeness(score: 0.3, reason: .differentGivenNames)
        }
        // "Martin" and "Martina": a vowel at the end makes another name.
        if Self.differInLastVowel(first.text, second.text) { return WordLikeness(score: 0.3, reason: .differentGivenNames) }
        // "Anna" and "Anne", "Marta" and "Marty": short names differ by a letter too often.
        if likeness.reason == .misspelt || likeness.reason == .sound, min(first.scalars.count, second.scalars.count) < 5 {
            return WordLikeness(score: min(likeness.score, 0.82), reason: likeness.reason)
        }
        return likeness
    }

    private static func differInLastVowel(_ left: String, _ right: String) -> Bool {
        func stem(_ name: String) -> Substring {
            name.utf8.last.map { [0x61, 0x65, 0x6F].contains($0) } ?? false ? name.dropLast() : name[...]
        }
        return left != right && stem(left) == stem(right)
    }

    /// The same words put another way: turned round, joined, or two surnames of which one name has both.
    private static func otherArrangement(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        if Self.joined(left.words, tokens) == Self.joined(right.words, tokens) { return NameComparison(score: 0.95, reasons: .joined) }
        if left.words.count == right.words.count, left.words.sorted() == right.words.sorted() {
            return NameComparison(score: left.isInverted || right.isInverted ? 0.93 : 0.87, reasons: .reordered)
        }
        let short = left.words.count < right.words.count ? left : right
        let long = left.words.count < right.words.count ? right : left
        guard short.words.count >= 2, short.words.count < long.words.count, !short.words.contains(where: { tokens[$0].isInitial }) else {
            return .conflict
        }
        if long.words.suffix(short.words.count) == short.words[...] {
            var result = NameComparison(score: 0.93, reasons: .shortened)
            result.isPartial = true
            return result
        }
        if long.words.starts(with: short.words) || long.given.dropFirst().first == short.given.first && long.family == short.family {
            // Of two surnames the first is used alone; "John Paul" is not John Paul Jones.
            let isSurname = short.family.last.map { !GivenNames.isKnown(tokens[$0].text) } ?? false
            var result = NameComparison(score: isSurname ? 0.9 : 0.85, reasons: .shortened)
            result.isPartial = true
            return result
        }
        return .conflict
    }

    private static func surnames(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        let likeness = Self.families(left, right, tokens: &tokens)
        var result = NameComparison(score: likeness.score * 0.97, reasons: likeness.reason.union(.surnameOnly))
        result.isPartial = true
        return result
    }

    /// `Hale` or `Dr Hale`, and `Margaret Hale`.
    private static func surnameAndFull(_ surname: ParsedName, _ full: ParsedName, tokens: inout TokenTable) -> NameComparison {
        let likeness = Self.families(surname, full, tokens: &tokens)
        var result = NameComparison(score: likeness.score * 0.94, reasons: likeness.reason.union(.surnameOnly))
        result.isPartial = true
        result.needsDocument = !surname.hasTitle
        if likeness.score < 0.8, surname.words.count == 1, let only = surname.words.first, !surname.hasTitle, full.given.contains(only) {
            // "Margaret" that no list knows for a given name.
            result = NameComparison(score: 0.82, reasons: .givenOnly)
            result.isPartial = true
            result.needsDocument = true
        }
        return result
    }

    /// Neither has a surname: given names or initials only.
    private static func givenOnly(_ left: ParsedName, _ right: ParsedName, tokens: inout TokenTable) -> NameComparison {
        let likeness = Self.givenNames(left.given, right.given, tokens: &tokens)
        var result = NameComparison(score: likeness.score * 0.9, reasons: likeness.reason.union(.givenOnly))
        result.isPartial = true
        result.needsDocument = true
        return result
    }

    /// `Margaret`, `J. S.` and a name with a surname.
    private static func givenAndMore(_ short: ParsedName, _ long: ParsedName, tokens: inout TokenTable) -> NameComparison {
        // "Margaret" and "Dr Hale" say nothing about each other.
        if long.given.isEmpty {
            var result = NameComparison()
            result.isCompatible = true
            result.isPartial = true
            return result
        }
        var result: NameComparison
        if short.given.count > 1, short.given.allSatisfy({ tokens[$0].isInitial }) {
            let initials = short.given.map { tokens[$0].scalars.first }
            let isSame = initials == long.words.map { tokens[$0].scalars.first }
            result = NameComparison(score: isSame ? 0.86 : 0, reasons: .initials)
        } else {
            let likeness = Self.givenNames(short.given, long.given, tokens: &tokens)
            result = NameComparison(score: likeness.score * 0.87, reasons: likeness.reason.union(.givenOnly))
        }
        result.isPartial = true
        result.needsDocument = true
        return result
    }
}
