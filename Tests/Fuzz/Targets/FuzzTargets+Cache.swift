#if DEBUG || FUZZ
    @testable import FlotillaCache
    @testable import FlotillaCachePostgres
    @testable import FlotillaCacheRedis
    import JSONText
    @testable import StageCaching

    /// What a cache finds in Redis, where anybody may have written, and what its rules say.
    extension FuzzTargets {
        static let cache = [entry, sealedEntry, storedEntry, endMessage, cacheKeys, manifest, stageEntry, cacheCipher, invalidationRules]

        private static let place = "flotilla:production:tenant_a:graph:x"

        private static func entry(of value: [UInt8]) -> CacheEntry {
            CacheEntry(
                content: .value(value), createdMilliseconds: 1_000, freshUntilMilliseconds: 2_000, endsMilliseconds: 3_000,
                load: .milliseconds(5),
                schema: 7, version: 9)
        }

        private static func codec(encrypted: Bool) throws -> EntryCodec {
            var options = EntryCodec.Options()
            options.compressionThreshold = 64
            options.maximumInflatedBytes = 1 << 20
            guard encrypted else { return EntryCodec(options: options) }
            return EntryCodec(options: options, cipher: try CacheCipher([try CacheCipher.Key(id: "k1", secret: Array(1...32))]))
        }

        /// Bytes are either an entry that was written for this key, which is written again as it was, or a reason why not.
        private static func entryTarget(_ name: String, encrypted: Bool, policy: @escaping @Sendable () -> CachePolicy) -> FuzzTarget {
            FuzzTarget(
                name, cost: 2, dictionary: ["FCE\u{1}", "FCE\u{1}\0\0", "\u{1}", "\u{2}", "\u{4}", "\u{2}k1"],
                corpus: {
                    let values: [[UInt8]] = [[], Array("value".utf8), [UInt8](repeating: 65, count: 60_000), Array(0...255)]
                    // Without a cipher the types that must be encrypted are refused: then there is nothing to begin with.
                    return values.compactMap { value in
                        try? codec(encrypted: encrypted).encode(entry(of: value), key: place, policy: policy())
                    }
                },
                prepare: {
                    let codec = try codec(encrypted: encrypted)
                    let policy = policy()
                    return { bytes, _ in
                        _ = EntryFacts(reading: bytes)
                        guard case .entry(let entry) = codec.decode(bytes, key: place, policy: policy) else { return }
                        if case .value(let value) = entry.content { try promise(value.count <= 1 << 20, "a value of \(value.count) bytes") }
                        try promise(entry.createdMilliseconds <= entry.freshUntilMilliseconds, "fresh before it was made")
                        try promise(entry.freshUntilMilliseconds <= entry.endsMilliseconds, "ends before it is stale")
                        let again = try codec.encode(entry, key: place, policy: policy)
                        try promise(codec.decode(again, key: place, policy: policy) == .entry(entry), "another entry came back")
                        let elsewhere = codec.decode(bytes, key: place + "y", policy: policy)
                        if case .entry = elsewhere { throw BrokenPromise("an entry can be read under another key") }
                    }
                })
        }

        private static let entry = entryTarget("cache-entry", encrypted: false) { CacheType.graph.policy }
        private static let sealedEntry = entryTarget("cache-entry-sealed", encrypted: true) { CacheType.session.policy }

        private static let storedEntry = FuzzTarget(
            "stored-entry",
            corpus: {
                [[0] + [UInt8](repeating: 1, count: 8) + Array("FCE".utf8), [2] + [UInt8](repeating: 0xFF, count: 24), Array("12".utf8)]
            },
            prepare: {
                { bytes, _ in
                    let first = bytes.first ?? 0
                    guard let entry = StoredEntry(bytes) else {
                        return try promise(
                            bytes.isEmpty || !StoredEntry.isPlausible(length: Int64(bytes.count), first: first), "plausible, but no entry")
                    }
                    try promise(StoredEntry.isPlausible(length: Int64(bytes.count), first: first), "an entry, but not plausible")
                    try promise(entry.generations.count == Int(first), "another count of generations")
                    let again = bytes.prefix(9) + entry.generations.flatMap(\.bigEndian) + entry.bytes
                    try promise(Array(again) == bytes, "bytes were lost")
                }
            })

        private static let endMessage = FuzzTarget(
            "end-message", dictionary: ["i\0\0\0\u{4}", "G\0\0\0\u{1}", "flotilla:production:"],
            corpus: {
                let message = EndMessage(root: "flotilla:production:")
                return [
                    message.encode(.item("flotilla:production:tenant_a:graph:x")), message.encode(.generation("elsewhere:é")),
                    [0x69, 0xFF, 0xFF, 0xFF, 0xFF, 0x61],
                ]
            },
            prepare: {
                { bytes, _ in
                    let message = EndMessage(root: "flotilla:production:")
                    guard let ends = message.decode(bytes) else { return }
                    try promise(ends.count * 5 <= bytes.count, "\(ends.count) ends of \(bytes.count) bytes")
                    try promise(message.decode(ends.flatMap { message.encode($0) }) == ends, "other ends came back")
                }
            })

        /// Two different names never give the same key, no name leaves its tenant, and a key finds its accounts.
        private static let cacheKeys = FuzzTarget(
            "cache-keys", cost: 4, dictionary: [":", "~", "%3A", "tenant_", "~account:", "{", "}", "*"],
            texts: ["tenant-1\na\nb", "A\u{301}:\n~x\n", String(repeating: "é", count: 300)]
        ) { bytes, random in
            let words = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
            let space = CacheKeySpace()
            let tenant = CacheTenant(words[0])
            let parts = words.count > 1 ? Array(words.dropFirst()) : ["x"]
            let key = CacheKey(.graph, tenant: tenant, parts, tags: [CacheTag(parts[0], parts[parts.count - 1])])
            let item = space.item(key)
            try promise(item.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a key with a byte that is not plain: \(item)")
            try promise(item.utf8.count <= 700, "a key of \(item.utf8.count) bytes")
            try promise(item.hasPrefix(space.items(of: tenant, type: .graph)), "the key is not its tenant's: \(item)")
            let accounts = AccountPlace.candidates(for: item, in: space)
            try promise(accounts.contains { $0.name == space.account(of: tenant, .application) }, "its account is not found: \(item)")
            for account in accounts { try promise(account.item(of: account.member(of: item)) == item, "an account loses the item") }
            var other = parts
            other[random.below(other.count)] += random.one(of: ["x", ":", "~", "\0", "%", "\u{301}"])
            try promise(space.item(CacheKey(.graph, tenant: tenant, other)) != item, "two names, one key")
            _ = space.generations(of: key)
        }

        private static let manifest = FuzzTarget(
            "cache-manifest", dictionary: ["FCM\u{1}"],
            corpus: { [CacheManifest.split(Array(0...255), partBytes: 100).manifest.encode(), CacheManifest.split([]).manifest.encode()] },
            prepare: {
                { bytes, _ in
                    guard let manifest = CacheManifest(decoding: bytes) else { return }
                    try promise(manifest.encode() == bytes, "another manifest came back")
                    try promise(
                        manifest.join([[UInt8]?](repeating: [0], count: manifest.count)) == nil || manifest.rawBytes == 0,
                        "foreign parts were joined")
                }
            })

        private static let stageEntry = FuzzTarget(
            "cache-stage", dictionary: ["9\n", "{\"ms\":1}", "\"parts\":1", "\"metrics\":{", "FCM\u{1}", "-1\n", "99999999999\n"],
            corpus: {
                [
                    StoredStage(milliseconds: 5, metrics: ["a": 1.5], body: .whole(Array("body".utf8))).cacheBytes(),
                    StoredStage(milliseconds: 5, metrics: [:], body: .parts(CacheManifest.split(Array(0...255)).manifest)).cacheBytes(),
                ]
            },
            prepare: {
                { bytes, _ in
                    let stage = try StoredStage(cacheBytes: bytes)
                    let again: StoredStage
                    do { again = try StoredStage(cacheBytes: stage.cacheBytes()) } catch {
                        throw BrokenPromise("what was written cannot be read: \(error)")
                    }
                    try promise(
                        again.milliseconds == stage.milliseconds && again.metrics.count <= stage.metrics.count, "another stage came back")
                }
            })

        private static let cacheCipher = FuzzTarget(
            "cache-cipher-keys", maximumBytes: 512, dictionary: ["k:", ",", "=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
            texts: ["a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, b2:" + String(repeating: "0f", count: 32), "", "a:", ":x", " , "]
        ) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                _ = try CacheCipher(parsing: text)
            } catch {
                // A secret must not come out in the words about its mistake.
                for word in text.split(separator: ":") where word.utf8.count > 20 {
                    try promise(!"\(error)".contains(word), "the secret is shown")
                }
                throw error
            }
        }

        /// A rule that was accepted plans no more than its tags and fields say, and never postpones what must end at once.
        private static let invalidationRules = FuzzTarget(
            "invalidation-rules", dictionary: ["job:{job_id}", "user:", ":{", "}", "corpus:all", "graph", "session", "*"],
            texts: [
                "job:{job_id}\ngraph", "user:{user}\nsession", "a:{b}\n\n{\"b\":[1,\"x\",null,1e300]}",
                "a:b\ngraph\n{\"job_id\":\"\\u0000\"}",
            ],
            grammar: { random in
                let fields = JSONGrammar(names: ["job_id", "user", "b"], texts: ["x"], isObject: true).make(&random)
                return Array(
                    "\(random.one(of: ["job:{job_id}", "user:{user}", "a:{b}", "a:b"]))\n\(random.one(of: ["graph", "session", ""]))\n".utf8
                ) + fields
            }
        ) { bytes, random in
            let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            var rule = InvalidationRule(name: "r", event: "job.updated", tags: lines[0].isEmpty ? [] : [lines[0]])
            if lines.count > 1, !lines[1].isEmpty { rule.types = [lines[1]] }
            rule.strategy = random.one(of: [.eager, .lazy, .hybrid])
            rule.delay = random.one(of: [.zero, .seconds(1), .seconds(4_000)])
            let fields = lines.count > 2 ? (try? JSONValue(parsing: lines[2])) ?? .null : .null
            let plan = InvalidationRules([rule], types: CacheType.all).plan("job.updated", of: .tenant("t"), fields: fields)
            try promise(plan.isAnswered, "the rule does not answer")
            for postponed in plan.postponed {
                if case .tag(let kind, _) = postponed.place.what {
                    try promise(!InvalidationRule.undelayedTagKinds.contains(kind), "the end of \(kind) is postponed")
                }
            }
            try rule.validate()
            try promise(plan.parts.count + plan.postponed.count + plan.unfilled.count > 0, "an accepted rule ends nothing and says nothing")
        }
    }
#endif
