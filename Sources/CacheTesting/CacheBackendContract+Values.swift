internal import FlotillaCache

extension CacheBackendContract {
    static let values = [
        Promise("reads back what was written, byte for byte, and answers in order") { subject in
            let bytes: [[UInt8]] = [[], [0], (0...255).map { UInt8($0) }, Array(repeating: 0xFF, count: 300_000)]
            let keys = bytes.indices.map { subject.key("v\($0)") }
            let stored = try await subject.backend.write(
                zip(keys, bytes).map { BackendWrite(key: $0, bytes: $1, timeToLive: .seconds(60)) })
            try expectEqual(stored, [true, true, true, true], "stored")
            let asked = [keys[3], subject.key("nothing"), keys[0], keys[2], keys[1], keys[3]]
            let found = try await subject.peer.read(asked)
            try expectEqual(found.map { $0?.bytes }, [bytes[3], nil, bytes[0], bytes[2], bytes[1], bytes[3]], "bytes")
            try expect(found.compactMap { $0 }.allSatisfy(\.isCurrent), "all are current")
            try expectEqual(try await subject.backend.read([]).count, 0, "nothing asked for")
        },
        Promise("takes a thousand values at once") { subject in
            let keys = (0..<1_000).map { subject.key("many:\($0)", tags: [.document("\($0 % 40)")]) }
            let stored = try await subject.backend.write(keys.enumerated().map { entry($1, "value \($0)") })
            try expectEqual(stored.count { $0 }, 1_000, "stored")
            let found = try await subject.backend.read(keys)
            try expectEqual(
                found.map { $0.map { String(decoding: $0.bytes, as: UTF8.self) } }, (0..<1_000).map { "value \($0)" }, "values")
            try expect(found.allSatisfy { $0?.isCurrent == true }, "all are current")
            try expectEqual(try await subject.backend.delete(keys), 1_000, "deleted")
            try expect(try await subject.backend.read(keys).allSatisfy { $0 == nil }, "all are gone")
        },
        Promise("keeps a value without generations, and with two hundred") { subject in
            let bare = BackendKey(item: subject.key("bare").item, generations: [])
            try await subject.write(bare, "bare")
            try expectEqual(try await subject.text(bare), "bare", "bare")
            let tags = (0..<197).map { CacheTag("tag", "\($0)") }
            let rich = subject.key("rich", tags: tags)
            try expectEqual(rich.generations.count, 200, "generations")
            try await subject.write(rich, "rich")
            try expectEqual(try await subject.text(rich), "rich", "rich")
            try await subject.backend.bump([rich.generations[199]])
            try expectEqual(try await subject.text(rich), nil, "after the last tag ended")
        },
        Promise("forgets a value when its time has passed") { subject in
            let (short, long) = (subject.key("short"), subject.key("long"))
            try await subject.write(short, "1", for: .milliseconds(40))
            try await subject.write(long, "2")
            try await subject.passTime(.milliseconds(60))
            try expectEqual(try await subject.text(short), nil, "short")
            try expect(try await !subject.backend.exists(short), "short exists")
            try expectEqual(try await subject.text(long), "2", "long")
        },
        Promise("replaces a value with its time") { subject in
            let key = subject.key("replaced")
            try await subject.write(key, "1", for: .milliseconds(40))
            try await subject.write(key, "2")
            try await subject.passTime(.milliseconds(60))
            try expectEqual(try await subject.text(key), "2", "value")
        },
        Promise("deletes and counts what was there") { subject in
            let keys = (0..<3).map { subject.key("d\($0)") }
            try await subject.write(keys[0], "0")
            try await subject.write(keys[2], "2")
            try expect(try await subject.backend.exists(keys[0]), "exists")
            try expectEqual(try await subject.backend.delete(keys), 2, "deleted")
            try expectEqual(try await subject.backend.delete(keys), 0, "deleted again")
            try expect(try await !subject.backend.exists(keys[0]), "exists no more")
            try expectEqual(try await subject.text(keys[2]), nil, "value")
        },
        Promise("stores a version only over a smaller one") { subject in
            let key = subject.key("versioned")
            try expect(try await subject.write(key, "5", version: 5), "5 over nothing")
            try expect(try await !subject.write(key, "5 again", version: 5), "5 over 5")
            try expect(try await !subject.write(key, "4", version: 4), "4 over 5")
            try expectEqual(try await subject.text(key), "5", "value")
            try expect(try await subject.write(key, "large", version: .max), "the largest over 5")
            try expect(try await !subject.write(key, "large - 1", version: .max - 1), "one less")
            try expect(try await subject.write(key, "any", version: 0), "0 over anything")
            try expect(try await subject.write(key, "1", version: 1), "1 over 0")
            try expectEqual(try await subject.text(key), "1", "value")
        },
        Promise("lets a version that has ended give way to its like, and never to an older one") { subject in
            let key = subject.key("ended version")
            try await subject.write(key, "7", version: 7)
            try await subject.backend.bump([key.generations[0]])
            try expect(try await !subject.write(key, "6", version: 6), "6 over an ended 7")
            try expectEqual(try await subject.text(key), nil, "value")
            try expect(try await subject.write(key, "7 anew", version: 7), "7 over an ended 7")
            try expectEqual(try await subject.text(key), "7 anew", "value")
        },
        Promise("judges each of several writes of one key, in order") { subject in
            let key = subject.key("twice")
            let stored = try await subject.backend.write([
                entry(key, "3", version: 3), entry(key, "2", version: 2), entry(key, "4", version: 4),
            ])
            try expectEqual(stored, [true, false, true], "stored")
            try expectEqual(try await subject.text(key), "4", "value")
        },
        Promise("takes keys of any text") { subject in
            let texts = ["{a}", "a b\r\nc", "%", "*?[x]\\", "\u{0}", "Ünïcödé 文書", String(repeating: "x", count: 900), "'\"", "--"]
            let keys = texts.map { BackendKey(item: "\(subject.keySpace.root)tenant_t:doc_summary:\($0)", generations: []) }
            for (key, text) in zip(keys, texts) { try await subject.write(key, text) }
            let found = try await subject.backend.read(keys)
            try expectEqual(found.map { $0.map { String(decoding: $0.bytes, as: UTF8.self) } }, texts, "values")
        },
        Promise("counts, from 0, for a time that begins with the counter") { subject in
            let key = subject.key("counter").item
            try expectEqual(try await subject.backend.increment(key, by: 5, timeToLive: .seconds(600)), 5, "first")
            try expectEqual(try await subject.peer.increment(key, by: -6, timeToLive: .seconds(600)), -1, "second")
            try expectEqual(try await subject.backend.read([subject.key("counter")])[0], nil, "a counter is no value")
            // A busy machine may be late for the second count of a short life: then a longer one is tried.
            for (attempt, life) in [Duration.milliseconds(50), .milliseconds(500), .seconds(5)].enumerated() {
                let short = subject.key("short \(attempt)").item
                _ = try await subject.backend.increment(short, by: 1, timeToLive: life)
                if try await subject.backend.increment(short, by: 1, timeToLive: .seconds(600)) == 1 { continue }
                try await subject.passTime(life + .milliseconds(20))
                try expectEqual(try await subject.backend.increment(short, by: 1, timeToLive: .seconds(600)), 1, "after its end")
                break
            }
            try expectEqual(try await subject.backend.increment(key, by: 2, timeToLive: .seconds(600)), 1, "third")
            try await expectFailure(.refused, "too much") { () throws(CacheError) in
                _ = try await subject.backend.increment(key, by: .max, timeToLive: .seconds(600))
            }
            try expectEqual(try await subject.backend.delete([subject.key("counter")]), 1, "deleted")
            try expectEqual(try await subject.backend.increment(key, by: 1, timeToLive: .seconds(600)), 1, "after its deletion")
            try await subject.write(subject.key("value"), "17")
            try await expectFailure(.refused, "counting in a value") { () throws(CacheError) in
                _ = try await subject.backend.increment(subject.key("value").item, by: 1, timeToLive: .seconds(600))
            }
            try expectEqual(try await subject.text(subject.key("value")), "17", "the value")
        },
    ]

    static let generations = [
        Promise("ends every value of a generation, and no other, in one write") { subject in
            let ended = (0..<30).map { subject.key("e\($0)", tags: [.job("1"), .document("\($0)")]) }
            let others = (0..<30).map { subject.key("o\($0)", tags: [.job("2")]) }
            _ = try await subject.backend.write((ended + others).map { entry($0, "x") })
            let generation = subject.keySpace.generation(.job("1"), of: CacheTenant("acme"))
            try await subject.peer.bump([generation])
            try expect(try await subject.backend.read(ended).allSatisfy { $0?.isCurrent != true }, "those that ended")
            try expect(try await subject.backend.read(others).allSatisfy { $0?.isCurrent == true }, "the others")
            try await subject.write(ended[0], "new")
            try expectEqual(try await subject.text(ended[0]), "new", "written anew")
        },
        Promise("ends a tenant's values and nobody else's") { subject in
            let (mine, yours) = (subject.key("k", tenant: "acme"), subject.key("k", tenant: "globex"))
            try await subject.write(mine, "mine")
            try await subject.write(yours, "yours")
            try await subject.backend.bump([subject.keySpace.generation(of: CacheTenant("acme"))])
            try expectEqual(try await subject.text(mine), nil, "mine")
            try expectEqual(try await subject.text(yours), "yours", "yours")
        },
        Promise("takes a generation that is missing for an end, also after it was made again") { subject in
            let key = subject.key("evicted", tags: [.job("9")])
            try await subject.write(key, "old")
            try await subject.evict(key.generations[3])
            try expectEqual(try await subject.text(key), nil, "without the generation")
            try await subject.write(subject.key("another", tags: [.job("9")]), "x")
            try expectEqual(try await subject.text(key), nil, "with a new one")
        },
        Promise("ends softly: another generation of the same identity, and nothing filled across it") { subject in
            let key = subject.key("soft", tags: [.job("1")])
            try await subject.write(key, "old")
            let lease = try await subject.backend.lease(key, token: 1, for: .seconds(30))
            try await subject.peer.bump([key.generations[3]], softly: true)
            let entry = try await subject.backend.read([key])[0]
            try expect(entry?.isCurrent == false, "it has ended")
            for (stored, current) in zip(entry?.stored ?? [], entry?.current ?? []) {
                try expect(stored.bits >> 32 == (current?.bits ?? 0) >> 32, "the identity stays")
            }
            let fill = BackendWrite(key: key, bytes: [1], timeToLive: .seconds(60))
            try expectEqual(try await subject.backend.fill(fill, lease: 1, generations: lease.generations), .voided, "fill")
            try await subject.peer.bump([key.generations[3]])
            let ended = try await subject.backend.read([key])[0]
            try expect((ended?.stored[3].bits ?? 0) >> 32 != (ended?.current[3]?.bits ?? 0) >> 32, "after a hard end it does not")
            let missing = subject.keySpace.generation(.job("missing"), of: CacheTenant("acme"))
            try await subject.peer.bump([missing], softly: true)
            let place = BackendKey(item: key.item, generations: [missing])
            try expectEqual(try await subject.backend.read([place])[0]?.current, [nil], "one that is missing stays so")
        },
        Promise("bumps what was never used, and many at once") { subject in
            let keys = (0..<1_200).map { subject.keySpace.generation(.document("\($0)"), of: CacheTenant("acme")) }
            try await subject.backend.bump(keys)
            try await subject.backend.bump([])
            let key = BackendKey(item: subject.key("bumped").item, generations: [keys[7], keys[1_100]])
            try await subject.write(key, "x")
            try expectEqual(try await subject.text(key), "x", "value")
            try await subject.backend.bump(keys)
            try expectEqual(try await subject.text(key), nil, "after the end")
        },
    ]
}
