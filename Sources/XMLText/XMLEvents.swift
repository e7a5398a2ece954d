/// A name with its namespace resolved.
public struct XMLName: Hashable, Sendable {
    /// The namespace URI, or empty.
    public let namespace: String
    public let local: String
}

/// The attributes of one element, in document order.
public struct XMLAttributes: Sendable {
    var items: [(name: XMLName, value: String)]

    /// The value of the first attribute with this local name, whatever its namespace.
    public subscript(_ local: String) -> String? {
        for item in self.items where item.name.local == local { return item.value }
        return nil
    }

    /// The value of the attribute with this local name in a namespace that ends with `namespace`.
    public subscript(_ local: String, namespace namespace: String) -> String? {
        for item in self.items where item.name.local == local && item.name.namespace.hasSuffix(namespace) { return item.value }
        return nil
    }
}

/// Receives what a parser meets, in document order.
public protocol XMLEventHandler: AnyObject {
    func start(_ name: XMLName, _ attributes: XMLAttributes)
    func end(_ name: XMLName)
    /// Text between two tags; may come in several pieces.
    func characters(_ text: String)
}

/// What untrusted XML may cost.
public struct XMLLimits: Sendable {
    /// Levels of nesting.
    public var depth: Int
    /// Elements in all.
    public var elements: Int

    public init(depth: Int = 256, elements: Int = 50_000_000) {
        self.depth = depth
        self.elements = elements
    }
}

/// Why a text was not read to its end. Events before the fault were delivered.
public struct XMLError: Error, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        private enum Kind { case malformed, entityDeclared, tooDeep, tooLarge }
        private let kind: Kind
        /// Not well-formed.
        public static let malformed = Self(kind: .malformed)
        /// It declares entities, which no document format we read needs and bombs are made of.
        public static let entityDeclared = Self(kind: .entityDeclared)
        public static let tooDeep = Self(kind: .tooDeep)
        public static let tooLarge = Self(kind: .tooLarge)
    }
    public let code: Code
    public let line: Int
    public let description: String

    init(_ code: Code, line: Int, _ description: String) {
        self.code = code
        self.line = line
        self.description = description
    }
}
