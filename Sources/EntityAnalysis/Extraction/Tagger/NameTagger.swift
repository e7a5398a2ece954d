/// Averaged perceptron over tokens: finds people, organisations and places as the labelled sentences that it was trained on do.
public struct NameTagger: Sendable {
    /// `names-` and a digest of the weights: recorded as the engine of what the tagger found.
    public let modelID: String
    let features: FeatureTable

    init(features: FeatureTable, digest: UInt64) {
        self.features = features
        let hex = String(digest, radix: 16)
        self.modelID = "names-" + String(repeating: "0", count: 16 - hex.count) + hex
    }

    /// The names in a sentence of tokens. One label for each token.
    public func labels(for tokens: [String]) -> [LabelledSentence.Label?] {
        self.predict(tokens.map { TaggerWord($0.utf8) }).map(TaggerLabel.label)
    }

    /// Label numbers, from left to right, each the best one after those before it.
    func predict(_ words: [TaggerWord]) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(words.count)
        var features: [UInt64] = []
        var scores = [Float](repeating: 0, count: TaggerLabel.count)
        for index in words.indices {
            let previous = result.last ?? 0
            let second = result.count > 1 ? result[result.count - 2] : 0
            TaggerFeatures.fixed(words, at: index, into: &features)
            features.append(contentsOf: TaggerFeatures.labelDependent(words[index], previous, second))
            for label in scores.indices { scores[label] = 0 }
            for feature in features {
                guard let row = self.features.row(of: feature) else { continue }
                for label in 0..<TaggerLabel.count { scores[label] += self.features.weights[row * TaggerLabel.count + label] }
            }
            result.append(Self.best(scores, after: previous))
        }
        return result
    }

    static func best(_ scores: [Float], after previous: Int) -> Int {
        var best = TaggerLabel.none
        for label in 1..<scores.count where TaggerLabel.mayFollow(label, previous) && scores[label] > scores[best] { best = label }
        return best
    }
}

extension NameTagger {
    /// A sentence longer than this is cut.
    private static let longestSentence = 400
    static let confidence = 0.8

    /// The names in a text, sentence by sentence.
    func names(in text: TokenizedText) -> [NameSpan] {
        var spans: [NameSpan] = []
        var start = 0
        while start < text.count {
            var end = start + 1
            while end < text.count, end - start < Self.longestSentence, !text.has(end, .sentenceStart) { end += 1 }
            self.names(in: text, start..<end, into: &spans)
            start = end
        }
        return spans
    }

    private func names(in text: TokenizedText, _ sentence: Range<Int>, into spans: inout [NameSpan]) {
        // "J" and "." are one token in labelled files.
        var groups: [Range<Int>] = []
        for index in sentence {
            if text.isMark(index, "."), text.isAttached(index), text.has(index - 1, .initial), index > sentence.lowerBound {
                groups[groups.count - 1] = groups[groups.count - 1].lowerBound..<index + 1
            } else if text.has(index, .possessive), text.isWord(index), !groups.isEmpty {
                groups[groups.count - 1] = groups[groups.count - 1].lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
        }
        let labels = self.predict(groups.map { TaggerWord(text.bytes[text.span($0)]) })
        let labelled = LabelledSentence(tokens: groups.map { _ in "" }, labels: labels.map(TaggerLabel.label))
        for span in labelled.spans {
            let tokens = groups[span.tokens.lowerBound].lowerBound..<groups[span.tokens.upperBound - 1].upperBound
            guard !tokens.contains(where: { text.has($0, .taken) || text.tokens[$0].kind == .opaque }),
                tokens.contains(where: { text.isWord($0) })
            else { continue }
            spans.append(NameSpan(tokens: tokens, type: span.type, confidence: Self.confidence))
        }
    }
}
