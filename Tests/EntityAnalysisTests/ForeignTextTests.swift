import EntityAnalysis
import Foundation
import Testing

/// The rules on texts that others have labelled. None is part of the repository: `FLOTILLA_CONLL=FILE` names one in the CoNLL format.
@Suite struct ForeignTextTests {
    private static let file = ProcessInfo.processInfo.environment["FLOTILLA_CONLL"]

    @Test(.enabled(if: ForeignTextTests.file != nil, "FLOTILLA_CONLL names no file"))
    func `the rules find names in texts of others`() throws {
        let content = try String(contentsOfFile: try #require(Self.file), encoding: .utf8)
        var score = EntityScore()
        for document in ("-DOCSTART-\n" + content).components(separatedBy: "-DOCSTART-").map({ Self.body($0) }) {
            let (text, expected) = RunningText.of(try LabelledSentence.parse(conll: document))
            let found = EntityExtractor().mentions(in: text, language: "en").filter { Self.names.contains($0.type) }
            score.add(found: found, expected: expected)
        }
        for (type, counts) in score.types.sorted(by: { $0.key < $1.key }) { print(goldLine("foreign \(type.rawValue)", counts)) }
        print(goldLine("foreign all", score.micro))
        #expect(score.micro.expected > 0)
        #expect(score.micro.f1 >= 0.3)
    }

    @Test func `tokens become running text again and names keep their places`() throws {
        let conll =
            "Ann B-PER\nReed I-PER\n( O\nAcme B-ORG\n) O\ndid O\nn't O\nsee O\n\" O\nYork B-LOC\n\" O\n. O\n\nNo O\n, O\nReed B-PER\n's O\n"
        let (text, mentions) = RunningText.of(try LabelledSentence.parse(conll: conll))
        #expect(text == "Ann Reed (Acme) didn't see \"York\".\nNo, Reed's\n")
        #expect(mentions.map(\.text) == ["Ann Reed", "Acme", "York", "Reed"])
        #expect(mentions.map { String(decoding: Array(text.utf8)[$0.bytes], as: UTF8.self) } == mentions.map(\.text))
    }

    private static let names: Set<EntityType> = [.person, .organization, .place]

    /// Without the rest of the line that names the document.
    private static func body(_ part: String) -> String { String(part.drop { $0 != "\n" }) }
}

/// Sentences of tokens, put together as they would have been written.
enum RunningText {
    static func of(_ sentences: [LabelledSentence]) -> (text: String, mentions: [EntityMention]) {
        var text = ""
        var mentions: [EntityMention] = []
        for sentence in sentences {
            var joins = true
            var quoted = false
            for (token, label) in zip(sentence.tokens, sentence.labels) {
                let isQuote = token == "\""
                if !joins, !self.clings(token), !(isQuote && quoted) { text += " " }
                joins = "([$#".contains(token) || (isQuote && !quoted)
                if isQuote { quoted.toggle() }
                let start = text.utf8.count
                text += token
                guard let label else { continue }
                if !label.begins, var last = mentions.popLast() {
                    last.bytes = last.bytes.lowerBound..<text.utf8.count
                    mentions.append(last)
                } else {
                    mentions.append(EntityMention(type: label.type, text: "", bytes: start..<text.utf8.count, normal: "", confidence: 1))
                }
            }
            text += "\n"
        }
        let bytes = Array(text.utf8)
        return (
            text,
            mentions.map { mention in
                var mention = mention
                mention.text = String(decoding: bytes[mention.bytes], as: UTF8.self)
                return mention
            }
        )
    }

    /// Whether there is no space before it.
    private static func clings(_ token: String) -> Bool {
        [".", ",", ";", ":", "!", "?", ")", "]", "%", "n't"].contains(token) || (token.first == "'" && token.count > 1)
    }
}
