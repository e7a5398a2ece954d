import TextAnalysis

/// A stretch of text that is read by itself: a sentence, or a whole transcript that has no marks.
struct RelationSegment {
    /// Words of a window, where a transcript has no sentences.
    static let window = 30

    var tokens: Range<Int>
    var bytes: Range<Int>
    /// Has no sentences: what is said is looked for within ``window`` words.
    var isTranscript = false
    var isQuestion = false

    /// Sentences, torn at blank lines and never within a mention.
    static func segments(
        _ text: String, _ bytes: UnsafeBufferPointer<UInt8>, tokens: [RelationToken], mentions: [(index: Int, bytes: Range<Int>)]
    ) -> [RelationSegment] {
        var ranges: [Range<Int>] = []
        var mention = 0
        for sentence in SentenceSplitter.sentences(in: text) {
            for part in Self.paragraphs(bytes, in: sentence) {
                while mention < mentions.count, mentions[mention].bytes.upperBound <= part.lowerBound { mention += 1 }
                if let last = ranges.last, mention < mentions.count, mentions[mention].bytes.lowerBound < last.upperBound {
                    ranges[ranges.count - 1] = last.lowerBound..<part.upperBound
                } else {
                    ranges.append(part)
                }
            }
        }
        var token = 0
        return ranges.map { range in
            while token < tokens.count, tokens[token].bytes.lowerBound < range.lowerBound { token += 1 }
            let start = token
            var marks = 0
            while token < tokens.count, tokens[token].bytes.lowerBound < range.upperBound {
                if tokens[token].isMark { marks += 1 }
                token += 1
            }
            return RelationSegment(
                tokens: start..<token, bytes: range, isTranscript: token - start > 50 && marks * 25 < token - start,
                isQuestion: bytes[range.upperBound - 1] == 0x3F)
        }
    }

    private static func paragraphs(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == 0x0A else {
                index += 1
                continue
            }
            let end = index
            var feeds = 0
            while index < range.upperBound, bytes[index] == 0x0A || bytes[index] == 0x20 || bytes[index] == 0x0D || bytes[index] == 0x09 {
                if bytes[index] == 0x0A { feeds += 1 }
                index += 1
            }
            if feeds > 1, end > start {
                parts.append(start..<end)
                start = index
            }
        }
        if start < range.upperBound { parts.append(start..<range.upperBound) }
        return parts
    }
}
