/// A statement whose `\(values)` are sent as `$n` parameters, never as text.
///
/// ```swift
/// let query: PostgresQuery = "SELECT id FROM job WHERE tenant = \(tenant) AND state = ANY(\(states)) LIMIT \(10)"
/// ```
/// Strings are sent untyped, so that the server reads them as what the place wants (`uuid`, `jsonb`, an enum); where it cannot know, add
/// a cast: `\(text)::text`. Arrays and numbers carry their type. What must be text of the statement itself says so:
/// `\(unescaped: "ORDER BY id")`, `\(identifier: table)`. Another query can be part of it: `\(fragment: condition)`.
public struct PostgresQuery: ExpressibleByStringInterpolation, Sendable {
    /// The statement's text with `$1`, `$2`, … in the places of the values.
    public let sql: String
    /// The text around the values; always one more than there are values.
    let literals: [String]
    let parameters: [PostgresParameter]
    /// Whether the statement is prepared and kept by the connection.
    var isCacheable = true

    public init(stringLiteral value: String) {
        self.init(unescaped: value)
    }

    public init(stringInterpolation: StringInterpolation) {
        self.literals = stringInterpolation.literals + [stringInterpolation.tail]
        self.parameters = stringInterpolation.parameters
        var sql = self.literals[0]
        for index in self.parameters.indices {
            sql += "$\(index + 1)"
            sql += self.literals[index + 1]
        }
        self.sql = sql
    }

    /// A statement from text that the program made: nothing in it is escaped.
    public init(unescaped sql: String) {
        self.sql = sql
        self.literals = [sql]
        self.parameters = []
    }

    /// A statement from a file, with `$1`, `$2`, … in its text, and its parameters in that order.
    public init(file sql: String, _ parameters: any PostgresEncodable...) {
        self.sql = sql
        self.literals = [sql]
        self.parameters = parameters.map { $0.postgresParameter }
    }

    /// The same statement, parsed anew each time: for text that is never the same twice.
    public func uncached() -> PostgresQuery {
        var copy = self
        copy.isCacheable = false
        return copy
    }

    /// What a string literal with `\(…)` becomes.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var literals: [String] = []
        var tail = ""
        var parameters: [PostgresParameter] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            self.literals.reserveCapacity(interpolationCount)
            self.parameters.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) {
            self.tail += literal
        }

        /// Sends `value` as a parameter.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            self.append(value.postgresParameter)
        }

        /// Sends `value` as a parameter, NULL for nil.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            self.append(value.postgresParameter)
        }

        /// Puts text into the statement as it is. Never text from outside the program.
        public mutating func appendInterpolation(unescaped text: String) {
            self.tail += text
        }

        /// Puts a name into the statement, quoted.
        public mutating func appendInterpolation(identifier name: String) {
            self.tail += quotedIdentifier(name)
        }

        /// Puts another query, with its parameters, into this one. One made by ``PostgresQuery/init(file:_:)`` with parameters cannot be
        /// used here.
        public mutating func appendInterpolation(fragment query: PostgresQuery) {
            precondition(query.literals.count == query.parameters.count + 1, "a query from a file with parameters cannot be a fragment")
            for (literal, parameter) in zip(query.literals, query.parameters) {
                self.tail += literal
                self.append(parameter)
            }
            self.tail += query.literals[query.literals.count - 1]
        }

        private mutating func append(_ parameter: PostgresParameter) {
            self.literals.append(self.tail)
            self.tail = ""
            self.parameters.append(parameter)
        }
    }
}

extension PostgresQuery: CustomStringConvertible {
    /// The statement's text; parameters are not shown.
    public var description: String { self.sql }
}

/// `name` in double quotes, with its own doubled.
func quotedIdentifier(_ name: String) -> String {
    var quoted = "\""
    for character in name.unicodeScalars where character != "\0" {
        if character == "\"" { quoted += "\"" }
        quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
}

/// `value` as a literal in single quotes, whatever `standard_conforming_strings` says.
func quotedLiteral(_ value: String) -> String {
    var quoted = ""
    var hasBackslash = false
    for character in value.unicodeScalars where character != "\0" {
        if character == "'" { quoted += "'" }
        if character == "\\" {
            quoted += "\\"
            hasBackslash = true
        }
        quoted.unicodeScalars.append(character)
    }
    return (hasBackslash ? " E'" : "'") + quoted + "'"
}
