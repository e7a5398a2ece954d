import EntityAnalysis
import Testing

@Suite struct NameTaggerTests {
    /// Trained once: the tests only read it.
    private static let trained: Result<NameTagger, any Error> = Result {
        NameTagger.train(try LabelledSentence.parse(conll: goldText("names-train.conll")), iterations: 6)
    }

    private func score(_ label: (LabelledSentence) -> LabelledSentence) throws -> EntityScore {
        var score = EntityScore()
        for sentence in try LabelledSentence.parse(conll: goldText("names-test.conll")) {
            score.add(found: label(sentence), expected: sentence)
        }
        return score
    }

    @Test func `a trained tagger beats guessing from capitals`() throws {
        let tagger = try Self.trained.get()
        let learned = try self.score { LabelledSentence(tokens: $0.tokens, labels: tagger.labels(for: $0.tokens)) }
        // The baseline: every run of capitalised words is a person.
        let baseline = try self.score { sentence in
            var labels: [LabelledSentence.Label?] = []
            for token in sentence.tokens {
                let isName = token.first?.isUppercase == true
                labels.append(isName ? .init(type: .person, begins: (labels.last ?? nil) == nil) : nil)
            }
            return LabelledSentence(tokens: sentence.tokens, labels: labels)
        }
        #expect(learned.micro.f1 >= 0.9)
        #expect(learned.micro.f1 > baseline.micro.f1 + 0.3)
    }

    @Test func `a tagger replaces the rules for names and leaves the rest to them`() throws {
        let text = "Marianne Whitlock, the director of Zephyr Shipping Ltd, was born in Eastmere on 3 May 1970."
        let mentions = EntityExtractor(tagger: try Self.trained.get()).mentions(in: text, language: "en")
        #expect(mentions.map(\.normal) == ["Marianne Whitlock", "Zephyr Shipping Ltd", "Eastmere", "1970-05-03"])
        #expect(mentions.map(\.type) == [.person, .organization, .place, .date])
    }

    @Test func `equal sentences and seed give equal models, another seed another one`() throws {
        let sentences = Array(try LabelledSentence.parse(conll: goldText("names-train.conll")).prefix(60))
        let first = NameTagger.train(sentences, iterations: 3, seed: 5)
        #expect(first.serialized() == NameTagger.train(sentences, iterations: 3, seed: 5).serialized())
        #expect(first.modelID != NameTagger.train(sentences, iterations: 3, seed: 6).modelID)
        var calls: [Int] = []
        _ = NameTagger.train(sentences, iterations: 3) { calls.append($0) }
        #expect(calls == [1, 2, 3])
    }

    @Test func `a model that is read again is the same`() throws {
        let tagger = try Self.trained.get()
        let copy = try NameTagger(serialized: tagger.serialized())
        #expect(copy.modelID == tagger.modelID)
        #expect(copy.modelID.hasPrefix("names-") && copy.modelID.count == 22)
        #expect(copy.serialized() == tagger.serialized())
        for sentence in try LabelledSentence.parse(conll: goldText("names-test.conll")) {
            #expect(copy.labels(for: sentence.tokens) == tagger.labels(for: sentence.tokens))
        }
    }

    @Test func `damaged models are refused`() throws {
        let sentences = Array(try LabelledSentence.parse(conll: goldText("names-train.conll")).prefix(10))
        let bytes = NameTagger.train(sentences, iterations: 1).serialized()
        #expect(throws: NameTaggerError.self) { try NameTagger(serialized: []) }
        #expect(throws: NameTaggerError.self) { try NameTagger(serialized: Array("FLNT".utf8)) }
        for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
            #expect(throws: NameTaggerError.self) { try NameTagger(serialized: Array(bytes.prefix(length))) }
        }
        var random = Random(state: 3)
        for _ in 0..<60 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 + random.next() % 255)
            #expect(throws: NameTaggerError.self) { try NameTagger(serialized: damaged) }
        }
        var later = bytes
        later[4] = 9
        #expect { try NameTagger(serialized: later) } throws: { ($0 as? NameTaggerError)?.code == .unsupportedVersion }
    }

    @Test func `a tagger without sentences finds nothing`() throws {
        let empty = NameTagger.train([])
        #expect(empty.labels(for: ["Margaret", "Hale"]) == [nil, nil])
        #expect(try NameTagger(serialized: empty.serialized()).modelID == empty.modelID)
    }

    @Test func `all three ways of labelling are understood`() throws {
        let iob1 = "Ann I-PER\nSmith I-PER\nof O\nYork I-LOC\nAcme B-LOC\n"
        let iob2 = "Ann B-PER\nSmith I-PER\nof O\nYork B-LOC\nAcme B-LOC\n"
        let bioes = "Ann B-PER\nSmith E-PER\nof O\nYork S-LOC\nAcme S-LOC\n"
        let expected = try LabelledSentence.parse(conll: iob2)
        #expect(try LabelledSentence.parse(conll: iob1) == expected)
        #expect(try LabelledSentence.parse(conll: bioes) == expected)
        #expect(expected.first?.labels[1] == LabelledSentence.Label(type: .person, begins: false))
        #expect(
            try LabelledSentence.parse(
                conll: "-DOCSTART- -X- O\r\n\r\nAnn NNP B-NP B-PER\r\nwon VBD B-VP O\r\n\r\n\r\nCup NNP B-NP B-MISC\r\n"
            ).count == 2)
    }

    @Test(arguments: [("Ann B-PER\nSmith\n", 2), ("Ann PERSON\n", 1), ("a O\n\nb Q-PER\n", 3), ("a O\nb BB-PER\n", 2)])
    func `an error names the line`(text: String, line: Int) {
        #expect { try LabelledSentence.parse(conll: text) } throws: { ($0 as? LabelledTextError)?.line == line }
    }
}
