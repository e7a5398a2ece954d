/// Sorts documents into categories by words and structure. Deterministic: the same text always gives the same answer and reasons.
///
/// Words are looked for in English, German, French and Spanish, in the first 64 KiB. Meant for filing and filtering, not for decisions
/// about people: expect one in five documents of everyday offices to be filed elsewhere than a person would.
public struct DocumentCategorizer: Sendable {
    private static let sampleLimit = 65_536
    /// Evidence below this is none.
    private static let floor = 3.0

    public init() {}

    /// - Parameters:
    ///   - text: the document's cleaned text.
    ///   - mimeType: what the file was, where known: slides and spreadsheets tell much.
    ///   - pageCount: pages or slides, where known.
    public func categorize(_ text: String, mimeType: String? = nil, pageCount: Int? = nil) -> CategoryGuess {
        var sample = String(decoding: text.utf8.prefix(Self.sampleLimit), as: UTF8.self)
        let features = sample.withUTF8 { StructureFeatures($0) }
        let words = FoldedWords(sample)
        var evidence: [DocumentCategory: [(weight: Double, reason: String)]] = [:]
        for rule in CategoryRules.phrases {
            let count = words.count(of: rule.phrase)
            guard count > 0 else { continue }
            evidence[rule.category, default: []].append((rule.weight * min(2, 1 + 0.25 * Double(count - 1)), "\"\(rule.phrase)\""))
        }
        for (category, weight, reason) in CategoryRules.structure(features, mimeType: mimeType, pageCount: pageCount) {
            evidence[category, default: []].append((weight, reason))
        }
        let totals = evidence.mapValues { $0.reduce(0.0) { $0 + $1.weight } }
        let all = totals.values.filter { $0 > 0 }.reduce(0, +)
        // In the order of the cases, so that equal evidence is decided alike every time.
        var best: (category: DocumentCategory, total: Double)?
        for category in DocumentCategory.allCases {
            if let total = totals[category], total >= Self.floor, total > best?.total ?? 0 { best = (category, total) }
        }
        guard let best, all > 0 else { return CategoryGuess(category: .other, score: 0, reasons: []) }
        let reasons = (evidence[best.category] ?? []).filter { $0.weight > 0 }
            .sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.reason < $1.reason }
        return CategoryGuess(
            category: best.category, score: min(1, best.total / all) * min(1, best.total / (2 * Self.floor)),
            reasons: reasons.prefix(6).map(\.reason))
    }
}

/// The text in lower case with single spaces, for finding phrases at word boundaries.
struct FoldedWords {
    private let bytes: [UInt8]

    /// Bytes of the words, without the spaces around them.
    var count: Int { max(0, self.bytes.count - 2) }
    /// The words, a space between them.
    var folded: String { String(decoding: self.bytes.dropFirst().dropLast(), as: UTF8.self) }

    init(_ text: String) {
        var text = text
        self.bytes = text.withUTF8 { source in
            var output: [UInt8] = [0x20]
            var index = 0
            while index < source.count {
                let (value, length) = UTF8Text.scalar(source, at: index)
                index += length
                if UTF8Text.isLetter(value) || UTF8Text.isDigit(value) || value == 0x40 {
                    UTF8Text.append(UTF8Text.folded(value), to: &output)
                } else if output.last != 0x20 {
                    output.append(0x20)
                }
            }
            if output.last != 0x20 { output.append(0x20) }
            return output
        }
    }

    /// How often `phrase` (folded words, single spaces) occurs; counts up to 9.
    func count(of phrase: String) -> Int {
        let needle = [0x20] + Array(phrase.utf8) + [0x20]
        guard needle.count <= self.bytes.count else { return 0 }
        return self.bytes.withUnsafeBufferPointer { bytes in
            var found = 0
            var index = 0
            let last = bytes.count - needle.count
            while index <= last {
                if bytes[index] == 0x20, bytes[index + 1] == needle[1] {
                    var offset = 2
                    while offset < needle.count, bytes[index + offset] == needle[offset] { offset += 1 }
                    if offset == needle.count {
                        found += 1
                        if found >= 9 { return found }
                    }
                }
                index &+= 1
            }
            return found
        }
    }
}

/// Counts of shapes in a text.
struct StructureFeatures {
    private(set) var lines = 0
    private(set) var tableLines = 0
    private(set) var listLines = 0
    private(set) var fieldLines = 0
    private(set) var blankFields = 0
    private(set) var amounts = 0
    private(set) var headings = 0
    private(set) var numberedHeadings = 0
    private(set) var shortLines = 0
    private(set) var citations = 0
    private(set) var mailHeaders = 0
    private(set) var words = 0
    private(set) var sentencesEnd = 0

    private static let mailNames = [
        "from", "to", "subject", "date", "cc", "sent", "von", "an", "betreff", "gesendet", "de", "objet", "asunto", "para",
    ]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        for line in Lines.split(bytes, in: 0..<bytes.count) {
            let shape = LineShape(bytes, line: line)
            if shape.isBlank { continue }
            self.lines += 1
            if shape.isTable { self.tableLines += 1 }
            if shape.isListItem { self.listLines += 1 }
            if shape.length <= 60 { self.shortLines += 1 }
            if shape.lastScalar == 0x2E { self.sentencesEnd += 1 }
            if let heading = HeadingShape(bytes, shape) {
                self.headings += 1
                if bytes[heading.title.lowerBound] >= 0x30, bytes[heading.title.lowerBound] <= 0x39 { self.numberedHeadings += 1 }
            }
            self.inspect(bytes, shape)
        }
    }

    private mutating func inspect(_ bytes: UnsafeBufferPointer<UInt8>, _ shape: LineShape) {
        var underscores = 0
        var colon: Int?
        var inWord = false
        var index = shape.content.lowerBound
        let end = shape.content.upperBound
        while index < end {
            let byte = bytes[index]
            let isWord = byte >= 0x80 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
            if isWord, !inWord { self.words += 1 }
            inWord = isWord
            switch byte {
            case 0x5F: underscores += 1
            case 0x3A where colon == nil: colon = index
            case 0x5B where index + 2 < end && bytes[index + 1] >= 0x30 && bytes[index + 1] <= 0x39: self.citations += 1
            case 0x2E, 0x2C:
                // A number with two decimals: an amount.
                if index > shape.content.lowerBound, index + 2 < end + 0, Self.isDigit(bytes[index - 1]), Self.isDigit(bytes[index + 1]),
                    index + 2 < end, Self.isDigit(bytes[index + 2]), index + 3 >= end || !Self.isDigit(bytes[index + 3])
                {
                    self.amounts += 1
                }
            default: break
            }
            index += 1
        }
        if underscores >= 4 { self.blankFields += 1 }
        if let colon, colon - shape.content.lowerBound <= 40, shape.length <= 120 {
            self.fieldLines += 1
            if self.lines <= 12 {
                let name = bytes[shape.content.lowerBound..<colon].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
                if Self.mailNames.contains(String(decoding: name, as: UTF8.self)) { self.mailHeaders += 1 }
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
