/// Finds the pairs of names that are worth comparing: names that share a key. All pairs of 20,000 names would be 200 million.
struct NameBlocks {
    /// Blocks up to this size are compared pair by pair; in larger ones each name meets its neighbours in the order of their keys.
    static let largestBlock = 80
    static let window = 8

    /// Pairs of indices into the names, the lower first, each once.
    private(set) var pairs: [(Int, Int)] = []
    /// Names that did not meet all names which they might be short for. What fits only one of those met may fit others.
    private(set) var isCrowded: [Bool]

    init(_ names: [ParsedName], tokens: TokenTable) {
        var blocks: [String: [Int32]] = [:]
        self.isCrowded = Array(repeating: false, count: names.count)
        var decisive: [String?] = Array(repeating: nil, count: names.count)
        for (index, name) in names.enumerated() where !name.isOpaque {
            let keys = Self.keys(name, tokens)
            decisive[index] = keys.decisive
            for key in Set(keys.all) { blocks[key, default: []].append(Int32(index)) }
        }
        var seen: Set<UInt64> = []
        func add(_ left: Int32, _ right: Int32, _ pairs: inout [(Int, Int)]) {
            let low = Int(min(left, right))
            let high = Int(max(left, right))
            guard low != high, seen.insert(UInt64(low) << 32 | UInt64(high)).inserted else { return }
            pairs.append((low, high))
        }
        for var block in blocks.values where block.count > 1 {
            if block.count <= Self.largestBlock {
                for first in block.indices {
                    for second in block[(first + 1)...] { add(block[first], second, &self.pairs) }
                }
            } else {
                block.sort { names[Int($0)].key < names[Int($1)].key }
                for first in block.indices {
                    for second in block[(first + 1)...].prefix(Self.window) { add(block[first], second, &self.pairs) }
                }
            }
        }
        for (index, key) in decisive.enumerated() {
            if let key, let block = blocks[key], block.count > Self.largestBlock { self.isCrowded[index] = true }
        }
    }

    /// The keys of a name, and the one whose block holds everything that the name may be short for.
    private static func keys(_ name: ParsedName, _ tokens: TokenTable) -> (all: [String], decisive: String?) {
        let prefix = name.type.rawValue.prefix(1)
        var keys: [String] = []
        let joined = NameComparison.joined(name.words, tokens)
        keys.append("w\(prefix)" + name.words.map { tokens[$0].text }.sorted().joined(separator: " "))
        keys.append("j\(prefix)" + joined)
        switch name.type {
        case .person: return Self.personKeys(name, tokens, keys)
        case .organization:
            for id in name.words where !NameComparison.genericWords.contains(tokens[id].text) { keys.append("to" + tokens[id].text) }
            if let acronym = name.acronym { keys.append("ao" + tokens[acronym].text) }
            if !name.initials.isEmpty {
                keys.append("ao" + name.initials)
                keys.append("ao" + name.allInitials)
                if let legal = name.legalForm.first { keys.append("ao" + name.initials + String(legal)) }
            }
            keys += Self.looseKeys(name, joined, tokens, prefix)
            return (keys, name.acronym.map { "ao" + tokens[$0].text } ?? name.words.first.map { "to" + tokens[$0].text })
        default:
            if let canonical = name.canonical { keys.append("cl\(canonical)") }
            keys += Self.looseKeys(name, joined, tokens, prefix)
            return (keys, "j\(prefix)" + joined)
        }
    }

    /// Keys under which misspelt names meet: their sound, their beginning, their end.
    private static func looseKeys(_ name: ParsedName, _ joined: String, _ tokens: TokenTable, _ prefix: Substring) -> [String] {
        let letters = joined.unicodeScalars
        var keys = ["s\(prefix)" + name.words.map { tokens[$0].sound }.joined(separator: " ")]
        if letters.count > 5 {
            keys.append("b\(prefix)" + String(String.UnicodeScalarView(letters.prefix(5))))
            keys.append("e\(prefix)" + String(String.UnicodeScalarView(letters.suffix(5))))
        }
        return keys
    }

    private static func personKeys(_ name: ParsedName, _ tokens: TokenTable, _ common: [String]) -> (all: [String], decisive: String?) {
        var keys = common
        for id in name.words where !tokens[id].isInitial { keys.append("tp" + tokens[id].text) }
        guard let last = name.family.last else {
            if name.given.count > 1 { keys.append("xp" + Self.initials(name.words, tokens)) }
            return (keys, name.given.first.map { "tp" + tokens[$0].text })
        }
        if name.words.count < 5 { keys.append("xp" + Self.initials(name.words, tokens)) }
        let surname = tokens[last]
        keys.append("sp" + surname.sound)
        guard let first = name.given.first, let letter = tokens[first].scalars.first.flatMap(Unicode.Scalar.init) else {
            return (keys, "sp" + surname.sound)
        }
        let given = tokens[first]
        keys.append("ip\(surname.sound)|\(letter)")
        keys.append("gp\(surname.sound)|\(given.spelling)")
        for line in GivenNames.nicknameKeys(given.text) { keys.append("np\(surname.sound)|\(line)") }
        keys.append("pp\(given.text)|\(surname.text.prefix(2))")
        keys.append("hp\(surname.shape)|\(letter)")
        keys.append("ep\(given.text)|\(surname.text.suffix(3))")
        return (keys, given.isInitial ? "ip\(surname.sound)|\(letter)" : "gp\(surname.sound)|\(given.spelling)")
    }

    private static func initials(_ words: [Int], _ tokens: TokenTable) -> String {
        String(String.UnicodeScalarView(words.compactMap { tokens[$0].scalars.first.flatMap(Unicode.Scalar.init) }))
    }
}
