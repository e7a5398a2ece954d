/// Whose a cached value is. Part of every key: there is no way to name a value without saying whose it is.
public struct CacheTenant: Hashable, Sendable, CustomStringConvertible {
    /// As it stands in keys. `~` never comes out of an encoded name, so neither special tenant can be spelled by an id.
    let text: String

    /// The tenant of this id, whatever the id contains.
    ///
    /// - Note: The empty id is ``none``.
    public init(_ id: String) {
        self.text = id.isEmpty ? "~none" : KeyText.tenant(id)
    }

    /// Of messages and requests that name no tenant.
    public static let none = CacheTenant(text: "~none")
    /// Everybody: for types of global scope only.
    public static let everyone = CacheTenant(text: "~everyone")

    private init(text: String) { self.text = text }

    /// As it stands in keys, after `tenant_`.
    public var description: String { self.text }
}
