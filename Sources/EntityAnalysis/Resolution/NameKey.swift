/// A name within a scope: equal keys are one form.
package struct NameKey: Sendable, Hashable, Comparable {
    package var type: String
    package var name: String
    /// The document's UUID where a person said that this document means something else by the name, else empty.
    package var qualifier: String

    package init(type: String, name: String, qualifier: String = "") {
        self.type = type
        self.name = name
        self.qualifier = qualifier
    }

    /// By bytes, so that no locale changes the order.
    package static func < (left: Self, right: Self) -> Bool {
        if left.type != right.type { return left.type.utf8.lexicographicallyPrecedes(right.type.utf8) }
        if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
        return left.qualifier.utf8.lexicographicallyPrecedes(right.qualifier.utf8)
    }
}
