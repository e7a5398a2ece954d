/// A name for all values that were made from one thing: `user:42`, `job:7`. Bumping it ends them all, at once and in one write.
///
/// A tag belongs to a tenant, as values do: the same words of two tenants are two tags.
public struct CacheTag: Hashable, Sendable, CustomStringConvertible {
    /// `kind:id`, encoded.
    let text: String

    /// - Parameters:
    ///   - kind: what kind of thing: `user`, `job`, `document`, `graph`.
    ///   - id: which one; any text.
    public init(_ kind: String, _ id: String) { self.text = "\(KeyText.part(kind)):\(KeyText.part(id))" }

    public static func user(_ id: String) -> CacheTag { CacheTag("user", id) }
    public static func job(_ id: String) -> CacheTag { CacheTag("job", id) }
    public static func document(_ uuid: String) -> CacheTag { CacheTag("document", uuid) }
    public static func graph(_ job: String) -> CacheTag { CacheTag("graph", job) }
    /// All of a tenant's documents, for searches over them.
    public static let corpus = CacheTag("corpus", "all")
    /// Who may do what in a tenant.
    public static let access = CacheTag("access", "all")

    public var description: String { self.text }
}
