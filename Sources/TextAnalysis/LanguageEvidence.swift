/// The profiles as one table: for a hash of a letter group or small word, what it says for or against each language.
struct ProfileTable: Sendable {
    static let shared = ProfileTable()

    let codes: [String]
    let latin: [Int]
    let cyrillic: [Int]
    private let rows: [UInt64: Int]
    /// Row by language: log of the frequency over its mean in the candidate languages, damped.
    private let scores: [Float]

    struct Evidence {
        var scores: [Float]
        var letters = 0
        var words = 0
    }

    private static let groupWeight: Float = 1
    private static let wordWeight: Float = 5
    private static let letterWeight: Float = 2
    /// A group that is not among a language's 400 is about as rare as the last of them, or rarer.
    private static let missing = 0.000_4

    private init() {
        let codes = LanguageProfiles.groups.map(\.code)
        let cyrillicCodes: Set<String> = ["ru", "uk", "bg", "sr"]
        self.codes = codes
        self.cyrillic = codes.indices.filter { cyrillicCodes.contains(codes[$0]) }
        self.latin = codes.indices.filter { !cyrillicCodes.contains(codes[$0]) }
        var frequencies: [UInt64: [Double]] = [:]
        for (language, profile) in LanguageProfiles.groups.enumerated() {
            for item in profile.groups.utf8.split(separator: 0x20) where item.count >= 3 {
                guard let level = item.last else { continue }
                // 1/8 · 0.75^level
                var frequency = 0.125
                for _ in 0..<max(0, Int(level) - 0x61) { frequency *= 0.75 }
                frequencies[Self.hash(group: item.dropLast()), default: [Double](repeating: Self.missing, count: codes.count)][language] =
                    max(Self.missing, frequency)
            }
        }
        var rows: [UInt64: Int] = [:]
        var scores: [Float] = []
        for (hash, row) in frequencies {
            let isCyrillic = self.cyrillic.contains { row[$0] > Self.missing }
            let group = isCyrillic ? self.cyrillic : self.latin
            let mean = group.reduce(0.0) { $0 + row[$1] } / Double(group.count)
            rows[hash] = rows.count
            for language in codes.indices { scores.append(Self.groupWeight * Float(Logarithm.log(row[language] / mean))) }
        }
        for (code, words) in FunctionWords.lists {
            guard let language = codes.firstIndex(of: code) else { continue }
            for word in Set(words.split(separator: " ")) {
                let hash = Self.hash(word: Array(word.utf8)[...])
                let row: Int
                if let found = rows[hash] {
                    row = found
                } else {
                    row = rows.count
                    rows[hash] = row
                    scores.append(contentsOf: repeatElement(0, count: codes.count))
                }
                scores[row * codes.count + language] = 1
            }
        }
        // A word of many languages says little for each of them.
        var wordRows: Set<Int> = []
        for (_, words) in FunctionWords.lists {
            for word in words.split(separator: " ") { if let row = rows[Self.hash(word: Array(word.utf8)[...])] { wordRows.insert(row) } }
        }
        for row in wordRows {
            let range = row * codes.count..<(row + 1) * codes.count
            let owners = scores[range].reduce(0, +)
            for index in range { scores[index] = scores[index] > 0 ? Self.wordWeight / (1 + 0.35 * (owners - 1)) : -0.3 }
        }
        for (code, letters) in FunctionWords.letters {
            guard let language = codes.firstIndex(of: code) else { continue }
            for letter in letters.unicodeScalars {
                let hash = Self.hash(group: String(letter).utf8)
                let row = rows[hash] ?? rows.count
                if rows[hash] == nil {
                    rows[hash] = row
                    scores.append(contentsOf: repeatElement(-0.4, count: codes.count))
                }
                scores[row * codes.count + language] = Self.letterWeight
            }
        }
        self.rows = rows
        self.scores = scores
    }

    /// Adds up what every word of the text says.
    func evidence(_ bytes: UnsafeBufferPointer<UInt8>) -> Evidence {
        var evidence = Evidence(scores: [Float](repeating: 0, count: self.codes.count))
        var word: [UInt8] = []
        var starts: [Int] = []
        var index = 0
        while index < bytes.count {
            var (value, length) = UTF8Text.scalar(bytes, at: index)
            guard UTF8Text.isLetter(value) else {
                index &+= length
                continue
            }
            word.removeAll(keepingCapacity: true)
            starts.removeAll(keepingCapacity: true)
            starts.append(0)
            word.append(0x5F)
            while UTF8Text.isLetter(value) {
                starts.append(word.count)
                UTF8Text.append(Self.lower(value), to: &word)
                index &+= length
                guard index < bytes.count else { break }
                (value, length) = UTF8Text.scalar(bytes, at: index)
            }
            starts.append(word.count)
            word.append(0x5F)
            let letters = starts.count - 2
            guard letters <= 30 else { continue }
            evidence.letters += letters
            evidence.words += 1
            self.add(Self.hash(word: word[1..<word.count - 1]), to: &evidence)
            for size in 1...5 where starts.count >= size {
                for first in 0...starts.count - size {
                    let end = first + size < starts.count ? starts[first + size] : word.count
                    if size > 1 || end - starts[first] > 1 { self.add(Self.hash(group: word[starts[first]..<end]), to: &evidence) }
                }
            }
        }
        return evidence
    }

    private func add(_ hash: UInt64, to evidence: inout Evidence) {
        guard let row = self.rows[hash] else { return }
        let start = row * self.codes.count
        for language in self.codes.indices { evidence.scores[language] += self.scores[start + language] }
    }

    private static func lower(_ value: UInt32) -> UInt32 {
        if value < 0x80 { return value >= 0x41 && value <= 0x5A ? value | 0x20 : value }
        if value >= 0xC0 && value <= 0xDE && value != 0xD7 || value >= 0x410 && value <= 0x42F { return value + 0x20 }
        guard let scalar = Unicode.Scalar(value), scalar.properties.isUppercase else { return value }
        return scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? value
    }

    private static func hash(group: some Sequence<UInt8>) -> UInt64 {
        var hash = Hash64()
        for byte in group { hash.combine(byte) }
        return hash.value
    }

    private static func hash(word: ArraySlice<UInt8>) -> UInt64 {
        var hash = Hash64()
        hash.combine(UInt8(2))
        for byte in word { hash.combine(byte) }
        return hash.value
    }
}
