/// A name within a scope: equal keys are one form.
struct NameKey: Sendable, Hashable, Comparable {
    var type: String
    var name: String
    /// The document's UUID where a person said that this document means something else by the name, else empty.
    var qualifier = ""

    /// By bytes, so that no locale changes the order.
    static func < (left: Self, right: Self) -> Bool {
        if left.type != right.type { return left.type.utf8.lexicographicallyPrecedes(right.type.utf8) }
        if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
        return left.qualifier.utf8.lexicographicallyPrecedes(right.qualifier.utf8)
    }
}
