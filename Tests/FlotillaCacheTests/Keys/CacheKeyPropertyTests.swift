import FlotillaCache
import Testing

/// No two things ever share a key, whatever their names are.
@Suite struct CacheKeyPropertyTests {
    private static let space = CacheKeySpace(namespace: "fernando", environment: "production")

    @Test func `the key is the one of the specification`() {
        let key = CacheKey(.documentHash, tenant: CacheTenant("user123"), "a1b2c3d4e5f6")
        #expect(Self.space.item(key) == "fernando:production:tenant_user123:doc_hash:a1b2c3d4e5f6")
    }

    /// Compared by bytes: strings of Swift are equal when they look equal.
    private struct Name: Hashable {
        let tenant: [UInt8]
        let type: String
        let parts: [[UInt8]]
    }

    /// Pieces that would break keys that are put together carelessly. Few of them, so that the same text comes about in many ways.
    private static let pieces: [String] = [
        "", "a", "b", "A", ":", "::", "%", "%3A", "%25", "~", "~none", "~all", "~lease", "~everyone", "*", "?", "[", "{", "}", "\\", "\0",
        "\n", " ", ".",
        "_", "-", "tenant_", "doc_hash", "user", "\u{E9}", "e\u{301}", "\u{1F469}\u{200D}\u{1F4BB}", "\u{FEFF}", "\u{202E}", "0", "00",
        "None", "null",
        String(repeating: "x", count: 119), String(repeating: "x", count: 120), String(repeating: "x", count: 121),
        String(repeating: ":", count: 40), String(repeating: "y", count: 450),
        // What a name of 121 x becomes.
        "~" + CacheHash.key(String(repeating: "x", count: 121)),
    ]

    private static func text(_ generator: inout SeededGenerator) -> String {
        var text = ""
        let draw = generator.next()
        for index in 0..<[0, 1, 1, 1, 2, 2, 3, 5][Int(draw & 7)] {
            text += self.pieces[Int((draw >> (8 + 9 * UInt64(index))) % UInt64(self.pieces.count))]
        }
        return text
    }

    @Test func `distinct tenants, types and parts never share a key`() {
        #if DEBUG
            // Code that is not optimised takes twenty times as long.
            let count = 60_000
        #else
            let count = 1_000_000
        #endif
        var generator = SeededGenerator(seed: 20_261_121)
        let types: [CacheType] = [.documentHash, .user, .userRBAC, .userList]
        var names: [String: Name] = [:]
        names.reserveCapacity(count)
        var repeated = 0
        for _ in 0..<count {
            let tenant = Self.text(&generator)
            let type = types[Int(generator.next() % 4)]
            let parts = (0...Int(generator.next() % 3)).map { _ in Self.text(&generator) }
            let item = Self.space.item(CacheKey(type, tenant: CacheTenant(tenant), parts))
            let name = Name(tenant: Array(tenant.utf8), type: type.name, parts: parts.map { Array($0.utf8) })
            if let other = names.updateValue(name, forKey: item) {
                repeated += 1
                if other != name { Issue.record("\(name) and \(other) share \(item)") }
            }
            if item.utf8.count > 700 || !item.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
                Issue.record("cannot stand in a command: \(item)")
            }
            if item.utf8.contains(where: { "*?[]{}\\".utf8.contains($0) }) { Issue.record("means something to SCAN or a cluster: \(item)") }
        }
        // The same name did come twice and had the same key: the test compares something.
        #expect(repeated > 1_000)
    }

    @Test func `names that look the same and are not are two tenants`() {
        let composed = CacheTenant("caf\u{E9}")
        let decomposed = CacheTenant("cafe\u{301}")
        #expect(composed != decomposed)
        #expect(CacheKey(.user, tenant: composed, "1") != CacheKey(.user, tenant: decomposed, "1"))
        #expect(CacheKey(.user, tenant: composed, "\u{E9}") != CacheKey(.user, tenant: composed, "e\u{301}"))
        #expect(CacheTag("user", "\u{E9}") != CacheTag("user", "e\u{301}"))
        #expect(Set([composed, decomposed]).count == 2)
        #expect(CacheTenant("Ana") != CacheTenant("ana"))
    }

    @Test func `no id spells a special tenant, and the empty one is nobody's`() {
        for id in ["~none", "~everyone", "%7Enone", "none", "everyone", " "] {
            #expect(CacheTenant(id) != .none && CacheTenant(id) != .everyone)
        }
        #expect(CacheTenant("") == .none)
    }

    @Test func `values, leases, generations and accounts never share a key`() {
        var generator = SeededGenerator(seed: 5)
        var owners: [String: [[UInt8]]] = [:]
        func own(_ key: String, _ kind: String, _ names: String...) {
            let owner = [Array(kind.utf8)] + names.map { Array($0.utf8) }
            if let other = owners.updateValue(owner, forKey: key), other != owner { Issue.record("\(owner) and \(other) share \(key)") }
        }
        for _ in 0..<3_000 {
            let id = Self.text(&generator)
            let tenant = CacheTenant(id)
            let (kind, what) = (Self.text(&generator), Self.text(&generator))
            let key = CacheKey(.user, tenant: tenant, kind, what)
            own(Self.space.item(key), "value", id, kind, what)
            own(Self.space.lease(Self.space.item(key)), "lease", id, kind, what)
            own(Self.space.generation(CacheTag(kind, what), of: tenant), "tag", id, kind, what)
            own(Self.space.generation(of: tenant), "tenant", id)
            own(Self.space.generation(of: tenant, type: .user), "type of", id)
            own(Self.space.generation(of: .user), "type")
            for quota in CachePolicy.QuotaClass.allCases { own(Self.space.account(of: tenant, quota), quota.rawValue, id) }
        }
        own(Self.space.accounts, "accounts")
        own(Self.space.channel, "channel")
    }

    @Test func `namespaces and environments do not run into each other`() {
        let spaces = [("a", "b"), ("a:b", ""), ("", "a:b"), ("a:b", "c"), ("a", "b:c"), ("A", "b"), ("", ""), ("a-b", "c")]
        let roots = spaces.map { CacheKeySpace(namespace: $0.0, environment: $0.1).root }
        #expect(Set(roots).count == roots.count)
        for (index, root) in roots.enumerated() {
            for (other, text) in roots.enumerated() where other != index { #expect(!text.hasPrefix(root)) }
        }
    }
}
