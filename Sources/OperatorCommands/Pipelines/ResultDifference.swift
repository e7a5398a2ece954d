import AudioStages
import Corpus
import Flotilla

/// What differs between two outputs of one stage, in the things that the stage is about. A pure value.
struct ResultDifference: Sendable, Hashable {
    /// In a fixed order; a name such as `words_added`, and how many.
    private(set) var facts: [(name: String, count: Int)] = []

    /// Whether the outputs say the same.
    var isEmpty: Bool { self.facts.allSatisfy { $0.count == 0 } }

    /// `12 words added, 3 words removed`; what is 0 is left out.
    var text: String {
        self.facts.filter { $0.count != 0 }.map { fact in
            let words = fact.name.split(separator: "_").map(String.init)
            return "\(fact.count) \(words.joined(separator: " "))"
        }.joined(separator: ", ")
    }

    /// Outputs that this version cannot read give one fact, that they differ.
    init(_ stage: StageName, _ old: [UInt8], _ new: [UInt8]) {
        guard old != new else { return }
        do {
            try self.compare(stage, old, new)
        } catch {
            self.facts = []
        }
        // Such as a confidence, a time or an engine's name.
        if self.isEmpty { self.add("details_changed", 1) }
    }

    static func == (left: Self, right: Self) -> Bool { left.facts.elementsEqual(right.facts) { $0 == $1 } }

    func hash(into hasher: inout Hasher) {
        for fact in self.facts {
            hasher.combine(fact.name)
            hasher.combine(fact.count)
        }
    }

    private mutating func compare(_ stage: StageName, _ old: [UInt8], _ new: [UInt8]) throws {
        switch stage {
        case "extract_text": try self.comparePages(ExtractedDocument(bytes: old), ExtractedDocument(bytes: new))
        case "clean_text": self.compareWords(try CleanedDocument(bytes: old).text, try CleanedDocument(bytes: new).text)
        case "transcribe":
            self.compareWords(
                try Transcript(bytes: old).segments.map(\.text).joined(separator: " "),
                try Transcript(bytes: new).segments.map(\.text).joined(separator: " "))
        case "ocr_frames":
            self.compareWords(
                try ScreenText(bytes: old).spans.map(\.text).joined(separator: " "),
                try ScreenText(bytes: new).spans.map(\.text).joined(separator: " "))
        case "keyframes":
            self.compare("frames", try VideoFrames(bytes: old).frames.map(\.time), try VideoFrames(bytes: new).frames.map(\.time))
        case "chunk":
            self.compare("chunks", try ChunkedDocument(bytes: old).chunks.map(\.text), try ChunkedDocument(bytes: new).chunks.map(\.text))
        case "summarize":
            self.compare(
                "sentences", try DocumentSummary(bytes: old).sentences.map(\.text), try DocumentSummary(bytes: new).sentences.map(\.text))
        case "index": self.compare("vectors", try ChunkVectors(bytes: old).vectors, try ChunkVectors(bytes: new).vectors)
        case "translate":
            self.compare(
                "chunks", try DocumentTranslation(bytes: old).chunks.map(\.text), try DocumentTranslation(bytes: new).chunks.map(\.text))
        case "extract_entities": try self.compare("mentions", Self.mentions(old), Self.mentions(new))
        case "resolve_entities": try self.compare("names", Self.names(old), Self.names(new))
        case "build_relationships": try self.compare("relations", Self.relations(old), Self.relations(new))
        default: break
        }
    }

    private mutating func comparePages(_ old: ExtractedDocument, _ new: ExtractedDocument) {
        self.add("pages_added", max(0, new.pages.count - old.pages.count))
        self.add("pages_removed", max(0, old.pages.count - new.pages.count))
        let before = Dictionary(old.pages.map { ($0.number, $0.text) }) { first, _ in first }
        self.add("pages_changed", new.pages.count { page in before[page.number].map { $0 != page.text } ?? false })
        self.compareWords(old.pages.map(\.text).joined(separator: " "), new.pages.map(\.text).joined(separator: " "))
    }

    private mutating func compareWords(_ old: String, _ new: String) {
        self.compare("words", old.split { $0.isWhitespace }, new.split { $0.isWhitespace })
    }

    /// Wherever they stand: what is only in another place counts as equal.
    private mutating func compare<Element: Hashable>(_ name: String, _ old: [Element], _ new: [Element]) {
        var counts: [Element: Int] = [:]
        for element in old { counts[element, default: 0] -= 1 }
        for element in new { counts[element, default: 0] += 1 }
        self.add("\(name)_added", counts.values.reduce(0) { $0 + max(0, $1) })
        self.add("\(name)_removed", counts.values.reduce(0) { $0 + max(0, -$1) })
    }

    private mutating func add(_ name: String, _ count: Int) { self.facts.append((name, count)) }

    private static func mentions(_ bytes: [UInt8]) throws -> [[String]] {
        try DocumentMentions(bytes: bytes).mentions.map { [$0.type, $0.normal, $0.text] }
    }

    private static func names(_ bytes: [UInt8]) throws -> [[String]] { try DocumentNames(bytes: bytes).names.map { [$0.type, $0.name] } }

    private static func relations(_ bytes: [UInt8]) throws -> [[String]] {
        // By places of mentions, which stand where they stood unless the text has changed.
        try DocumentRelations(bytes: bytes).relations.map { [$0.predicate, "\($0.bytes)", $0.rule] }
    }
}
