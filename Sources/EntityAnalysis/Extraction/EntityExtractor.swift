/// Finds what a text names, offline and deterministically.
///
/// Addresses, dates, money, laws and case numbers are found by their form; people, organisations and places by word lists, titles, the words
/// around them and the rest of the text, or by a trained tagger. The time is linear in the text, whatever it is.
public struct EntityExtractor: Sendable {
    /// Recorded with what the rules found; raised when they change.
    public static let engine = "flotilla-entities 1"

    private let tagger: NameTagger?

    /// With a `tagger`, people, organisations and places are its business and not that of the rules.
    public init(tagger: NameTagger? = nil) {
        self.tagger = tagger
    }

    /// Mentions in the order of the text, not overlapping. Their ranges are UTF-8 bytes of `text` and begin and end between characters.
    ///
    /// `language` is ISO 639-1 or `und`; it decides how 3/1/2024 is read, and whether a capital letter says anything about a word.
    public func mentions(in text: String, language: String = "und") -> [EntityMention] {
        let bytes = Array(text.utf8)
        let addresses = AddressScanner.addresses(in: bytes)
        var tokens = EntityTokenizer.tokenize(bytes, opaque: addresses.map(\.bytes))
        let patterns = PatternScanner.matches(in: &tokens, language: language)
        var mentions = addresses.map { address in
            EntityMention(
                type: address.type, text: tokens.string(address.bytes), bytes: address.bytes,
                normal: AddressScanner.normal(address, in: bytes),
                confidence: 0.99)
        }
        mentions += patterns.map { match in
            let span = tokens.span(match.tokens)
            return EntityMention(
                type: match.type, text: tokens.string(span), bytes: span, normal: match.normal, confidence: match.confidence)
        }
        mentions += self.names(in: tokens, language: language).map { name in
            let span = tokens.span(name.tokens)
            return EntityMention(
                type: name.type, text: tokens.string(span), bytes: span, normal: NormalName.normal(name.tokens, in: tokens),
                confidence: name.confidence)
        }
        return Self.withoutOverlaps(mentions)
    }

    private func names(in text: TokenizedText, language: String) -> [NameSpan] {
        if let tagger = self.tagger { return tagger.names(in: text) }
        if LowercaseNames.applies(to: text) { return LowercaseNames.spans(in: text) }
        let capitalizesNouns = NounCapitals.areUsual(in: text, language: language)
        let findings = NameClassifier.findings(in: text, capitalizesNouns: capitalizesNouns)
        return NameConsistency.resolve(findings, in: text, capitalizesNouns: capitalizesNouns)
    }

    /// Of two that overlap, the one of more confidence; of equals, the first.
    private static func withoutOverlaps(_ mentions: [EntityMention]) -> [EntityMention] {
        var result: [EntityMention] = []
        result.reserveCapacity(mentions.count)
        for mention in mentions.sorted(by: { ($0.bytes.lowerBound, -$0.confidence) < ($1.bytes.lowerBound, -$1.confidence) }) {
            if let last = result.last, mention.bytes.lowerBound < last.bytes.upperBound {
                if mention.confidence > last.confidence { result[result.count - 1] = mention }
            } else {
                result.append(mention)
            }
        }
        return result
    }
}
