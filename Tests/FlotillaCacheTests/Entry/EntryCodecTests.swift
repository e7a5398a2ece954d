import FlotillaCache
import Testing

@Suite struct EntryCodecTests {
    static let plain = CachePolicy(timeToLive: .seconds(60), encryption: .never, owner: "tests")
    static let whenKeyed = CachePolicy(timeToLive: .seconds(60), owner: "tests")
    static let required = CachePolicy(timeToLive: .seconds(60), encryption: .required, owner: "tests")
    static let key = "flotilla:production:tenant_user123:doc_hash:a1b2c3d4e5f6"

    static func cipher(_ ids: String...) throws -> CacheCipher {
        try CacheCipher(ids.map { id in try .init(id: id, secret: Array("\(id) is thirty-two bytes, no more no less".utf8.prefix(32))) })
    }

    static func entry(_ bytes: [UInt8]) -> CacheEntry {
        CacheEntry(
            content: .value(bytes), createdMilliseconds: 1_700_000_000_123, freshUntilMilliseconds: 1_700_000_060_123,
            endsMilliseconds: 1_700_000_120_123, load: .nanoseconds(1_234_567), schema: 0xDEAD_BEEF, version: .max)
    }

    /// Text as documents have it: it packs to about a third.
    static func prose(_ count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: 7)
        let words = ["the", "cache", "keeps", "what", "was", "made", "once", "until", "it", "ends", "tenant", "document", "page", "42"]
        var text = ""
        while text.utf8.count < count { text += words.randomElement(using: &generator)! + " " }
        return Array(text.utf8.prefix(count))
    }

    @Test(arguments: [0, 1, 1_023, 1_024, 1_025, 300_000]) func `an entry comes back as it was`(length: Int) throws {
        var generator = SeededGenerator(seed: UInt64(length))
        for bytes in [generator.bytes(length), Self.prose(length), [UInt8](repeating: 0x20, count: length)] {
            for cipher in [nil, try Self.cipher("k1")] {
                let codec = EntryCodec(cipher: cipher)
                for policy in [Self.plain, Self.whenKeyed] + (cipher == nil ? [] : [Self.required]) {
                    let stored = try codec.encode(Self.entry(bytes), key: Self.key, policy: policy)
                    #expect(codec.decode(stored, key: Self.key, policy: policy) == .entry(Self.entry(bytes)))
                }
            }
        }
    }

    @Test func `the absence of a value is not an empty value`() throws {
        for cipher in [nil, try Self.cipher("k1")] {
            let codec = EntryCodec(cipher: cipher)
            let absent = CacheEntry(
                content: .absent, createdMilliseconds: 1, freshUntilMilliseconds: 2, endsMilliseconds: 2, load: .milliseconds(3))
            let stored = try codec.encode(absent, key: "k", policy: Self.whenKeyed)
            #expect(codec.decode(stored, key: "k", policy: Self.whenKeyed) == .entry(absent))
            #expect(try codec.encode(Self.entry([]), key: "k", policy: Self.whenKeyed) != stored)
        }
    }

    /// The format is read by other releases: these bytes must never change, except with the format's number.
    @Test func `the layout is the one in the drawing`() throws {
        let entry = CacheEntry(
            content: .value([1, 2, 3]), createdMilliseconds: 0x0102_0304, freshUntilMilliseconds: 0x0102_0305,
            endsMilliseconds: 0x0102_0306,
            load: .nanoseconds(7), schema: 8, version: 9)
        let stored = try EntryCodec().encode(entry, key: "k", policy: Self.plain)
        let header = hex(
            """
            464345 01 00 00 00000008 0000000001020304 0000000001020305 0000000001020306 0000000000000007 0000000000000009 00000003
            """)
        #expect(Array(stored.prefix(54)) == header)
        #expect(Array(stored.suffix(3)) == [1, 2, 3])
        // Python: zlib.crc32(b"\0\0\0\1k" + header + b"\1\2\3")
        #expect(Array(stored[54..<58]) == hex("fde6f299"))
    }

    @Test func `compression is kept where it saves a tenth, and not tried below its threshold`() throws {
        let codec = EntryCodec()
        func stored(_ bytes: [UInt8]) throws -> Int { try codec.encode(Self.entry(bytes), key: Self.key, policy: Self.plain).count }
        var generator = SeededGenerator(seed: 3)
        #expect(try stored(Self.prose(100_000)) < 40_000)
        #expect(try stored([UInt8](repeating: 0, count: 1_023)) == 1_023 + 58)
        #expect(try stored([UInt8](repeating: 0, count: 1_024)) < 120)
        // 5 % of it packs: not worth the work of unpacking.
        #expect(try stored(generator.bytes(95_000) + [UInt8](repeating: 0, count: 5_000)) == 100_058)
        #expect(try stored(generator.bytes(85_000) + [UInt8](repeating: 0, count: 15_000)) < 86_000)
        var loose = Self.plain
        loose.compresses = false
        #expect(try codec.encode(Self.entry(Self.prose(5_000)), key: Self.key, policy: loose).count == 5_058)
    }

    @Test func `a value that packs a thousandfold is stored at a hundredth of its size and comes back`() throws {
        let codec = EntryCodec()
        for length in [200_000, 10 << 20, 64 << 20] {
            let bytes = [UInt8](repeating: 0, count: length)
            let stored = try codec.encode(Self.entry(bytes), key: Self.key, policy: Self.plain)
            #expect(stored.count == (length + 99) / 100 + 58)
            #expect(codec.decode(stored, key: Self.key, policy: Self.plain) == .entry(Self.entry(bytes)))
        }
    }

    @Test func `what is too large is refused before anything is written`() throws {
        let codec = EntryCodec()
        var generator = SeededGenerator(seed: 4)
        let fits = generator.bytes((1 << 20) - 58)
        #expect(try codec.encode(Self.entry(fits), key: Self.key, policy: Self.plain).count == 1 << 20)
        #expect(
            Self.failure { () throws(CacheError) in try codec.encode(Self.entry(fits + [0]), key: Self.key, policy: Self.plain) }
                == .tooLarge)
        let huge = [UInt8](repeating: 0, count: (64 << 20) + 1)
        #expect(
            Self.failure { () throws(CacheError) in try codec.encode(Self.entry(huge), key: Self.key, policy: Self.plain) } == .tooLarge)
    }

    @Test func `nothing of an encrypted value stands in its bytes`() throws {
        let codec = EntryCodec(cipher: try Self.cipher("k1"))
        let secret = Array("maria.gonzalez@example.org".utf8)
        let stored = try codec.encode(Self.entry(secret), key: Self.key, policy: Self.required)
        #expect(!stored.indices.contains { stored[$0...].starts(with: secret.prefix(4)) })
        // Neither does it say that two values are the same.
        #expect(try codec.encode(Self.entry(secret), key: Self.key, policy: Self.required) != stored)
    }

    @Test func `types that must be encrypted are neither written nor read in the clear`() throws {
        let keyless = EntryCodec()
        let keyed = EntryCodec(cipher: try Self.cipher("k1"))
        #expect(!keyless.accepts(Self.required) && keyed.accepts(Self.required) && keyless.accepts(Self.whenKeyed))
        #expect(
            Self.failure { () throws(CacheError) in try keyless.encode(Self.entry([1]), key: "k", policy: Self.required) } == .notEncrypted)
        let planted = try keyless.encode(Self.entry([1]), key: "k", policy: Self.whenKeyed)
        #expect(keyed.decode(planted, key: "k", policy: Self.required) == .unreadable(reason: .notEncrypted))
        #expect(keyless.decode(planted, key: "k", policy: Self.required) == .unreadable(reason: .notEncrypted))
    }

    @Test func `the first key of encryption does not empty the cache`() throws {
        let before = try EntryCodec().encode(Self.entry([1]), key: "k", policy: Self.whenKeyed)
        let keyed = EntryCodec(cipher: try Self.cipher("k1"))
        #expect(keyed.decode(before, key: "k", policy: Self.whenKeyed) == .entry(Self.entry([1])))
        let after = try keyed.encode(Self.entry([1]), key: "k", policy: Self.whenKeyed)
        #expect(EntryCodec().decode(after, key: "k", policy: Self.whenKeyed) == .unreadable(reason: .unknownKey))
        // A type that was encrypted yesterday and is not today is read for as long as the key is there.
        #expect(keyed.decode(after, key: "k", policy: Self.plain) == .entry(Self.entry([1])))
    }

    @Test func `keys are changed without losing values`() throws {
        let old = EntryCodec(cipher: try Self.cipher("old"))
        let both = EntryCodec(cipher: try Self.cipher("new", "old"))
        let new = EntryCodec(cipher: try Self.cipher("new"))
        let before = try old.encode(Self.entry([1]), key: "k", policy: Self.required)
        #expect(both.decode(before, key: "k", policy: Self.required) == .entry(Self.entry([1])))
        let after = try both.encode(Self.entry([2]), key: "k", policy: Self.required)
        #expect(new.decode(after, key: "k", policy: Self.required) == .entry(Self.entry([2])))
        #expect(new.decode(before, key: "k", policy: Self.required) == .unreadable(reason: .unknownKey))
        #expect(old.decode(after, key: "k", policy: Self.required) == .unreadable(reason: .unknownKey))
    }

    @Test func `a value moved to another key is none`() throws {
        let mine = "flotilla:production:tenant_a:billing:42"
        let theirs = "flotilla:production:tenant_b:billing:42"
        let keyed = EntryCodec(cipher: try Self.cipher("k1"))
        let sealed = try keyed.encode(Self.entry([1]), key: mine, policy: Self.required)
        #expect(keyed.decode(sealed, key: theirs, policy: Self.required) == .unreadable(reason: .forged))
        let plain = try keyed.encode(Self.entry([1]), key: mine, policy: Self.plain)
        #expect(keyed.decode(plain, key: theirs, policy: Self.plain) == .unreadable(reason: .damaged))
    }

    @Test func `times out of order cannot be written`() {
        let entry = CacheEntry(
            content: .absent, createdMilliseconds: -5, freshUntilMilliseconds: .max, endsMilliseconds: 3, load: .seconds(-1))
        #expect(entry.createdMilliseconds == 0)
        #expect(entry.freshUntilMilliseconds == 1 << 53 - 1)
        #expect(entry.endsMilliseconds == 1 << 53 - 1)
        #expect(entry.load == .zero)
    }

    @Test func `freshness changes at its times, not after them`() {
        let entry = Self.entry([])
        #expect(entry.freshness(at: entry.freshUntilMilliseconds - 1) == .fresh)
        #expect(entry.freshness(at: entry.freshUntilMilliseconds) == .stale)
        #expect(entry.freshness(at: entry.endsMilliseconds - 1) == .stale)
        #expect(entry.freshness(at: entry.endsMilliseconds) == .ended)
    }

    private static func failure(_ body: () throws(CacheError) -> [UInt8]) -> CacheError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }
}
