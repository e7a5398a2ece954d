/// Delimited tables: the delimiter is found out, quoted fields may hold line ends.
enum CSVReader {
    static func read(_ bytes: [UInt8], charset: String? = nil, guess: String? = nil, limits: FormatLimits) throws(FormatError)
        -> FormatDocument
    {
        let decoded = try Charset.decode(bytes, declared: charset, guess: guess)
        var pages = PageBuilder(limits)
        if let warning = decoded.warning { pages.warn(warning) }
        let text = Array(decoded.text.utf8)
        let delimiter = Self.delimiter(text) ?? 0x2C
        for row in Rows(bytes: text, delimiter: delimiter) {
            var cells = row
            while cells.last?.isEmpty == true { cells.removeLast() }
            if !cells.isEmpty { pages.row(cells.joined(separator: " | ")) }
        }
        return pages.finish()
    }

    /// The delimiter that cuts the first lines into the same number of fields, at least two. Nil when none does.
    static func delimiter(_ bytes: [UInt8]) -> UInt8? {
        let head = Array(bytes.prefix(64 << 10))
        var best: (delimiter: UInt8, score: Int)?
        for delimiter in [0x2C, 0x3B, 0x09, 0x7C] as [UInt8] {
            var counts: [Int: Int] = [:]
            var rows = 0
            for row in Rows(bytes: head, delimiter: delimiter).prefix(50) where row.count > 1 || row.first?.isEmpty == false {
                counts[row.count, default: 0] += 1
                rows += 1
            }
            guard rows > 1, let common = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), common.key > 1,
                common.value * 10 >= rows * 8
            else { continue }
            let score = common.value * 100 / rows + min(common.key, 20)
            if score > best?.score ?? 0 { best = (delimiter, score) }
        }
        return best?.delimiter
    }

    /// RFC 4180, and its common violations.
    private struct Rows: Sequence, IteratorProtocol {
        let bytes: [UInt8]
        let delimiter: UInt8
        var position = 0

        init(bytes: [UInt8], delimiter: UInt8) {
            self.bytes = bytes
            self.delimiter = delimiter
        }

        mutating func next() -> [String]? {
            guard self.position < self.bytes.count else { return nil }
            var row: [String] = []
            var field: [UInt8] = []
            var isQuoted = false
            while self.position < self.bytes.count {
                let byte = self.bytes[self.position]
                self.position += 1
                if isQuoted {
                    if byte != 0x22 {
                        field.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte)
                    } else if self.position < self.bytes.count, self.bytes[self.position] == 0x22 {
                        field.append(0x22)
                        self.position += 1
                    } else {
                        isQuoted = false
                    }
                } else if byte == 0x22 && field.allSatisfy({ $0 == 0x20 }) {
                    field = []
                    isQuoted = true
                } else if byte == self.delimiter {
                    row.append(normalizedLine(String(decoding: field, as: UTF8.self)))
                    field = []
                } else if byte == 0x0A || byte == 0x0D {
                    if byte == 0x0D, self.position < self.bytes.count, self.bytes[self.position] == 0x0A { self.position += 1 }
                    break
                } else {
                    field.append(byte)
                }
            }
            row.append(normalizedLine(String(decoding: field, as: UTF8.self)))
            return row
        }
    }
}
