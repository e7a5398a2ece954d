internal import Corpus

/// Takes out what language models say when they hear nothing: stage directions, and one sentence over and over.
enum HallucinationGuard {
    static func kept(_ segments: [Transcript.Segment]) -> [Transcript.Segment] {
        var result: [Transcript.Segment] = []
        for segment in segments {
            var segment = segment
            let words = Self.withoutDirections(segment.text).split { $0.isWhitespace }.map(String.init)
            segment.text = Repetition.collapsed(words).joined(separator: " ")
            guard segment.text.contains(where: { $0.isLetter || $0.isNumber }) else { continue }
            // The same again, however short: said twice is kept, the third and later are a loop.
            let before = result.suffix(2)
            if before.count == 2, before.allSatisfy({ $0.text == segment.text }) { continue }
            if let last = result.last, Repetition.isSameSentence(last.text, segment.text) { continue }
            result.append(segment)
        }
        return result
    }

    /// Without `[BLANK_AUDIO]`, `(music)`, `*coughs*` and `♪`, when they are all there is; within a sentence they may be part of it.
    private static func withoutDirections(_ text: String) -> String {
        let text = String(text.drop { $0.isWhitespace }.filter { $0 != "♪" && $0 != "\0" })
        let trimmed = text.last?.isWhitespace == true ? String(text.reversed().drop { $0.isWhitespace }.reversed()) : text
        for (open, close) in [("[", "]"), ("(", ")"), ("*", "*")] as [(Character, Character)] {
            if trimmed.first == open, trimmed.last == close, !trimmed.dropFirst().dropLast().contains(open) { return "" }
        }
        return trimmed
    }
}
