/// What looks like a telephone number or an amount and is none: account numbers and network addresses.
enum NonEntities {
    static func take(in text: inout TokenizedText) {
        for index in text.tokens.indices where !text.tokens[index].shape.contains(.taken) {
            if let range = Self.accountNumber(at: index, in: text) ?? Self.networkAddress(at: index, in: text) { text.take(range) }
        }
    }

    /// An IBAN: two capitals, two digits, then 11 to 30 letters and digits, together or in groups of four.
    private static func accountNumber(at index: Int, in text: TokenizedText) -> Range<Int>? {
        let first = text.tokens[index]
        guard first.kind == .word, first.shape.contains(.hasDigit), first.end - first.start >= 4,
            text.bytes[first.start..<first.start + 2].allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }),
            text.bytes[first.start + 2..<first.start + 4].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        var end = index + 1
        var length = first.end - first.start
        while end < text.count, length < 34, text.tokens[end].kind == .number || text.tokens[end].kind == .word && text.has(end, .hasDigit)
        {
            let size = text.tokens[end].end - text.tokens[end].start
            guard size <= 4 || text.isAttached(end), !text.has(end, .blockStart) else { break }
            length += size
            end += 1
        }
        return length >= 15 ? index..<end : nil
    }

    /// 192.168.10.25, with or without a port.
    private static func networkAddress(at index: Int, in text: TokenizedText) -> Range<Int>? {
        let token = text.tokens[index]
        guard token.kind == .number, token.end - token.start <= 15, token.end - token.start >= 7 else { return nil }
        let parts = text.bytes[token.start..<token.end].split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4,
            parts.allSatisfy({ part in
                !part.isEmpty && part.count <= 3 && part.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
                    && part.reduce(0) { $0 * 10 + Int($1) - 0x30 } <= 255
            })
        else { return nil }
        return index..<index + 1
    }
}
