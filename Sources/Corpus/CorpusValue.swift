public import JSONText

/// A value that one stage writes and another reads: one JSON object.
public protocol CorpusValue: Sendable, Hashable {
    var json: JSONValue { get }
    /// - Throws: ``CorpusError`` when a member is missing or of another type.
    init(json: JSONValue) throws(CorpusError)
}

extension CorpusValue {
    /// The body of a stage's output.
    public var bytes: [UInt8] { self.json.jsonBytes }

    /// Reads the body of a stage's output.
    public init(bytes: [UInt8]) throws(CorpusError) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw CorpusError("not JSON: \(error)")
        }
        try self.init(json: json)
    }
}

/// A stored output does not have the shape that this version reads.
public struct CorpusError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Members of an object, with the types they must have.
extension JSONValue {
    func required<Value>(_ name: String, _ read: (JSONValue) -> Value?) throws(CorpusError) -> Value {
        guard let member = self[name], let value = read(member) else { throw CorpusError("\"\(name)\" is missing or of another type") }
        return value
    }

    func text(_ name: String) throws(CorpusError) -> String { try self.required(name, \.string) }

    func count(_ name: String) throws(CorpusError) -> Int {
        try self.required(name) { $0.integer.flatMap { Int(exactly: $0) } }
    }

    func flag(_ name: String) -> Bool { self[name]?.bool ?? false }

    func texts(_ name: String) -> [String] { self[name]?.array?.compactMap(\.string) ?? [] }

    func list<Value>(_ name: String, _ read: (JSONValue) throws(CorpusError) -> Value) throws(CorpusError) -> [Value] {
        var values: [Value] = []
        for element in try self.required(name, \.array) { values.append(try read(element)) }
        return values
    }

    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
    static func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
