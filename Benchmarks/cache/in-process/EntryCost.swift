/// What it costs to turn values into bytes and back.
enum EntryCost {
    static func run() throws {
        print("| value | bytes | stored | encode | decode |")
        print("|---|---|---|---|---|")
        var generator = SeededGenerator(seed: 1)
        let words = ["the", "cache", "keeps", "what", "was", "made", "once", "until", "it", "ends", "tenant", "document", "page", "graph"]
        func prose(_ count: Int) -> [UInt8] {
            var text = ""
            while text.utf8.count < count { text += "\(words.randomElement(using: &generator) ?? "") \(generator.next() % 1_000) " }
            return Array(text.utf8.prefix(count))
        }
        let cipher = try CacheCipher([.init(id: "k1", secret: (0..<32).map { UInt8($0) })])
        for (name, bytes) in [
            ("JSON of a user", prose(300)), ("a page", prose(4_000)), ("a document", prose(100_000)), ("a long document", prose(1_000_000)),
            ("noise", generator.bytes(100_000)), ("spaces", [UInt8](repeating: 0x20, count: 1_000_000)),
        ] {
            try self.row(name, bytes, EntryCodec())
            try self.row(name + ", encrypted", bytes, EntryCodec(cipher: cipher))
        }
    }

    private static func row(_ name: String, _ bytes: [UInt8], _ codec: EntryCodec) throws {
        let entry = CacheEntry(content: .value(bytes), createdMilliseconds: 1, freshUntilMilliseconds: 2, endsMilliseconds: 3)
        let key = "flotilla:production:tenant_user123:doc_summary:0123456789"
        let policy = CachePolicy(timeToLive: .seconds(1), owner: "benchmark")
        let stored = try codec.encode(entry, key: key, policy: policy)
        let rounds = max(5, 20_000_000 / (bytes.count * 40 + 2_000))
        let encode = try CPUTime.measure { for _ in 0..<rounds { _ = try codec.encode(entry, key: key, policy: policy) } }
        let decode = CPUTime.measure { for _ in 0..<rounds { _ = codec.decode(stored, key: key, policy: policy) } }
        let micro = { (time: Duration) in "\((time / .microseconds(1) / Double(rounds) * 10).rounded() / 10) µs" }
        print("| \(name) | \(bytes.count) | \(stored.count) | \(micro(encode)) | \(micro(decode)) |")
    }
}
