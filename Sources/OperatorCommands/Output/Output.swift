import JSONText

/// What a verb found or did: for people and for programs, and how the program ends.
struct Output: Sendable {
    /// The `kind` of the JSON document, such as `QueueList`.
    let kind: String
    /// Its members, after `apiVersion` and `kind`.
    var json: [JSONValue.Member]
    /// What people see.
    var blocks: [Block] = []
    /// What belongs to no data, such as hints: standard error.
    var messages: [String] = []
    var exit = ExitCode.success
    /// A verb that printed as it went on leaves nothing to print.
    var isPrinted = false

    init(_ kind: String, _ json: KeyValuePairs<String, JSONValue> = [:]) {
        self.kind = kind
        self.json = json.map { JSONValue.Member($0.key, $0.value) }
    }

    /// One part of what people see.
    enum Block: Sendable {
        /// A line; data in it is made harmless when it is printed.
        case line(String)
        case heading(String)
        case table(Table)
        /// Names and values below each other.
        case fields([(String, String)])
        /// Text of several lines from a stranger.
        case text(String)
        /// Bytes exactly as they are. Only when asked for, and never on a terminal.
        case raw([UInt8])
    }

    var document: JSONValue {
        .object([.init("apiVersion", "v1"), .init("kind", .string(self.kind))] + self.json)
    }

    mutating func set(_ name: String, _ value: JSONValue) { self.json.append(.init(name, value)) }
    mutating func line(_ text: String) { self.blocks.append(.line(text)) }
    mutating func heading(_ text: String) { self.blocks.append(.heading(text)) }
    mutating func table(_ table: Table) { self.blocks.append(.table(table)) }
    mutating func fields(_ fields: [(String, String?)]) {
        self.blocks.append(.fields(fields.compactMap { name, value in value.map { (name, $0) } }))
    }
}

extension JSONValue {
    /// A string, or null.
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    static func optional(_ number: Int?) -> JSONValue { number.map { .integer(Int64($0)) } ?? .null }
    static func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
}
