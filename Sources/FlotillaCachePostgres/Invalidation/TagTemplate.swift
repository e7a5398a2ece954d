internal import JSONText

/// `kind:id` or `kind:{field}`: which tags a rule ends. There are no wildcards.
struct TagTemplate: Hashable, Sendable {
    enum ID: Hashable, Sendable {
        case literal(String)
        /// The field of the event that holds it.
        case field(String)
    }

    let kind: String
    let id: ID

    /// Nil for any other form. The table checks the same: change `cache_tag_templates_are_valid` with it.
    init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let kind = String(text[..<colon])
        let rest = String(text[text.utf8.index(after: colon)...])
        guard Self.isWord(kind) else { return nil }
        self.kind = kind
        if rest.utf8.first == UInt8(ascii: "{"), rest.utf8.last == UInt8(ascii: "}") {
            let field = String(rest.dropFirst().dropLast())
            guard Self.isWord(field) else { return nil }
            self.id = .field(field)
        } else {
            guard (1...80).contains(rest.utf8.count), rest.utf8.allSatisfy(Self.isPlain) else { return nil }
            self.id = .literal(rest)
        }
    }

    /// The ids that an event's fields give; none where the field is missing, null, or no text or whole number.
    func ids(from fields: JSONValue) -> [String] {
        switch self.id {
        case .literal(let id): [id]
        case .field(let name): (fields[name].map { $0.array ?? [$0] } ?? []).compactMap { $0.string ?? $0.integer.map(String.init) }
        }
    }

    private static func isWord(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 40 else { return false }
        return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
