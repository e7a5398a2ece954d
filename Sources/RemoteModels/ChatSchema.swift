public import JSONText

/// The shape of the JSON that a model is asked for: sent along with the question, and held against the answer.
public indirect enum ChatSchema: Sendable, Hashable {
    /// All members must be there.
    case object([Member])
    /// At most so many elements.
    case array(of: ChatSchema, maximum: Int)
    case text
    /// One of these words. An answer with another word still has this shape: it is for the reader to drop, not a reason to lose the rest.
    case choice([String])

    public struct Member: Sendable, Hashable {
        public var name: String
        public var schema: ChatSchema

        public init(_ name: String, _ schema: ChatSchema) {
            self.name = name
            self.schema = schema
        }
    }

    /// As JSON Schema, in the subset that servers with strict schemas accept.
    public var json: JSONValue {
        switch self {
        case .object(let members):
            [
                "type": "object", "properties": .object(members.map { .init($0.name, $0.schema.json) }),
                "required": .array(members.map { .string($0.name) }), "additionalProperties": false,
            ]
        // No `maxItems`: some servers refuse it. The answer is counted instead.
        case .array(let element, _): ["type": "array", "items": element.json]
        case .text: ["type": "string"]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        }
    }

    /// Why a value has another shape, for people; nil when it fits. Members that nobody asked for are no reason.
    public func mismatch(_ value: JSONValue, at path: String = "the answer") -> String? {
        switch self {
        case .object(let members):
            guard value.members != nil else { return "\(path) is no object" }
            for member in members {
                guard let found = value[member.name] else { return "\(path) lacks \"\(member.name)\"" }
                if let reason = member.schema.mismatch(found, at: "\"\(member.name)\"") { return reason }
            }
            return nil
        case .array(let element, let maximum):
            guard let elements = value.array else { return "\(path) is no list" }
            guard elements.count <= maximum else { return "\(path) has \(elements.count) elements, more than \(maximum)" }
            for found in elements {
                if let reason = element.mismatch(found, at: "an element of \(path)") { return reason }
            }
            return nil
        case .text, .choice: return value.string == nil ? "\(path) is no text" : nil
        }
    }
}
