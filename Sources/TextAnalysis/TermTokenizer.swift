/// Turns text into the terms by which it is compared: folded, stemmed words as 64-bit hashes; pairs of characters where a script
/// writes no spaces. The same hash on every machine and in every release: stored models hold these values.
public enum TermTokenizer {
    /// The terms of `text` in order, without English stop words.
    ///
    /// A text of stop words only keeps them, so that "to be or not to be" can be found.
    public static func terms(_ text: String) -> [UInt64] {
        let terms = Self.allTerms(text)
        let content = terms.filter { !StopWords.hashes.contains($0) }
        return content.isEmpty ? terms : content
    }

    static func allTerms(_ text: String) -> [UInt64] {
        var terms: [UInt64] = []
        Self.forEachTerm(text) { hash, _ in terms.append(hash) }
        return terms
    }

    /// Calls `body` with the hash of each term and the range of UTF-8 bytes it was read from.
    static func forEachTerm(_ text: String, _ body: (UInt64, Range<Int>) -> Void) {
        var text = text
        text.withUTF8 { bytes in
            var stemmer = Stemmer()
            var word: [UInt8] = []
            var index = 0
            while index < bytes.count {
                let (value, length) = UTF8Text.scalar(bytes, at: index)
                if Self.isPaired(value) {
                    index = Self.pairs(bytes, from: index, body)
                    continue
                }
                guard UTF8Text.isLetter(value) || UTF8Text.isDigit(value) else {
                    index &+= length
                    continue
                }
                let start = index
                word.removeAll(keepingCapacity: true)
                var isPlain = true
                var scalars = 0
                while index < bytes.count {
                    let (next, nextLength) = UTF8Text.scalar(bytes, at: index)
                    if next >= 0x300 && next < 0x370 {
                        index &+= nextLength  // a mark that did not compose: folded away like the composed ones
                        continue
                    }
                    guard UTF8Text.isLetter(next) && !Self.isPaired(next) || UTF8Text.isDigit(next) else { break }
                    let folded = UTF8Text.folded(next)
                    if folded == 0xDF {
                        word.append(0x73)
                        word.append(0x73)
                    } else {
                        UTF8Text.append(folded, to: &word)
                    }
                    if folded != 0xDF, folded >= 0x80 || folded < 0x61 { isPlain = false }
                    scalars &+= 1
                    index &+= nextLength
                }
                // Longer runs are encoded data, not words.
                guard scalars <= 48 else { continue }
                // "it's": the s after an apostrophe is no word.
                if scalars == 1, word[0] == 0x73 || word[0] == 0x74, start > 0, bytes[start - 1] == 0x27 || bytes[start - 1] == 0x99 {
                    continue
                }
                body(isPlain ? Self.hash(stemmer.stem(word)) : Self.hash(word[...]), start..<index)
            }
        }
    }

    /// Hash of a word that is already folded and stemmed.
    static func hash(_ word: ArraySlice<UInt8>) -> UInt64 {
        var hash = Hash64()
        for byte in word { hash.combine(byte) }
        return hash.value
    }

    /// Emits each two neighbours of a run without spaces; a single character by itself.
    private static func pairs(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (UInt64, Range<Int>) -> Void) -> Int {
        var index = start
        var previous: (value: UInt32, start: Int)?
        var count = 0
        while index < bytes.count {
            let (value, length) = UTF8Text.scalar(bytes, at: index)
            guard Self.isPaired(value) else { break }
            if let previous {
                var hash = Hash64()
                hash.combine(previous.value)
                hash.combine(value)
                body(hash.value, previous.start..<index + length)
            }
            previous = (value, index)
            count += 1
            index += length
        }
        if count == 1, let previous {
            var hash = Hash64()
            hash.combine(previous.value)
            body(hash.value, start..<index)
        }
        return index
    }

    /// Han, kana, Hangul and Thai letters: matched by pairs, since their words are not marked by spaces or carry endings without end.
    @inline(__always)
    private static func isPaired(_ value: UInt32) -> Bool {
        guard value >= 0xE01 else { return false }
        if value <= 0xEDF { return UTF8Text.isLetter(value) || value >= 0xE31 && value <= 0xE4E }
        return value >= 0x3041 && value <= 0x30FF && UTF8Text.isLetter(value) || value >= 0x3400 && value <= 0x4DBF
            || value >= 0x4E00 && value <= 0x9FFF || value >= 0xAC00 && value <= 0xD7A3 || value >= 0xF900 && value <= 0xFAD9
            || value >= 0x20000 && value <= 0x3134F
    }
}

/// English words that carry no topic. Other languages' are left to their low weight.
enum StopWords {
    static let english = """
        a about above after again against all also am an and any are as at be because been before being below between both but by can could did \
        do does doing down during each few for from further had has have having he her here hers herself him himself his how i if in into is it \
        its itself just me more most my myself no nor not now of off on once only or other our ours ourselves out over own same she should so \
        some such than that the their theirs them themselves then there these they this those through to too under until up upon very was we \
        were what when where which while who whom why will with would you your yours yourself yourselves
        """
    static let hashes: Set<UInt64> = {
        var stemmer = Stemmer()
        return Set(english.utf8.split(separator: 0x20).map { TermTokenizer.hash(stemmer.stem(Array($0))) })
    }()
}
