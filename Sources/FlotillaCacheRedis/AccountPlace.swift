internal import FlotillaCache

/// Where an account lies in Redis, and what stands for an item in it: its key without what all items of the tenant begin with.
struct AccountPlace: Hashable {
    /// As ``CacheKeySpace/account(of:_:)`` gives it.
    let name: String

    /// Its order, its sizes, and the state of a recount: see `fragment_account.lua`.
    var keys: [String] { [self.name, "\(self.name):sizes", "\(self.name):walk"] }

    /// What the items of its tenant begin with.
    private var prefix: Substring { self.name.firstRange(of: "~account:").map { self.name[..<$0.lowerBound] } ?? "" }

    /// Items of another tenant have their whole key, after a `=`, with which no type begins.
    func member(of item: String) -> String {
        let prefix = self.prefix
        guard !prefix.isEmpty, item.utf8.starts(with: prefix.utf8) else { return "=\(item)" }
        // Bytes, not characters: an accent after the prefix would belong to its last character.
        return String(decoding: item.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    func item(of member: String) -> String {
        member.utf8.first == UInt8(ascii: "=") ? String(decoding: member.utf8.dropFirst(), as: UTF8.self) : self.prefix + member
    }

    /// The accounts in which an item can be: a deletion is not told what it was written to.
    static func candidates(for item: String, in keySpace: CacheKeySpace) -> [AccountPlace] {
        let root = "\(keySpace.root)tenant_"
        guard item.utf8.starts(with: root.utf8) else { return [] }
        let rest = item.utf8.dropFirst(root.utf8.count)
        guard let end = rest.firstIndex(of: UInt8(ascii: ":")) else { return [] }
        let tenant = String(item[..<end])
        return [CachePolicy.QuotaClass.application, .pipeline].map { AccountPlace(name: "\(tenant):~account:\($0.rawValue)") }
    }
}
