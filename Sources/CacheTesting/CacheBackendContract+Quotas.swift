internal import FlotillaCache

extension CacheBackendContract {
    static let quotas = [
        Promise("counts what a tenant uses, through overwrites, deletions and expiries") { subject in
            let quota = (account: subject.account(), bytes: 1 << 30)
            try expectEqual(try await subject.backend.usage(of: quota.account), CacheUsage(bytes: 0, entries: 0), "at first")
            let keys = (0..<10).map { subject.key("q\($0)") }
            let text = String(repeating: "x", count: 1_000)
            _ = try await subject.backend.write(keys.map { entry($0, text, quota: quota) })
            let ten = try await subject.peer.usage(of: quota.account)
            try expect(ten.entries == 10 && (10_000...20_000).contains(ten.bytes), "ten: \(ten)")
            try await subject.write(keys[0], String(repeating: "x", count: 3_000), quota: quota)
            let grown = try await subject.backend.usage(of: quota.account)
            try expect(grown.entries == 10 && abs(grown.bytes - ten.bytes - 2_000) <= 64, "after an overwrite: \(grown)")
            try await subject.write(keys[0], text, quota: quota)
            try expectEqual(try await subject.backend.usage(of: quota.account), ten, "after the way back")
            _ = try await subject.backend.delete(Array(keys[5...]))
            let five = try await subject.backend.usage(of: quota.account)
            try expect(five.entries == 5 && five.bytes * 2 == ten.bytes, "after deletions: \(five)")
            let lease = try await subject.backend.lease(keys[7], token: 1, for: .seconds(30))
            let fill = entry(keys[7], text, quota: quota)
            _ = try await subject.backend.fill(fill, lease: 1, generations: lease.generations)
            try expectEqual(try await subject.backend.usage(of: quota.account).entries, 6, "after a fill")
            try await subject.write(keys[8], text, for: .milliseconds(20), quota: quota)
            // The account counts in whole seconds.
            try await subject.passTime(.milliseconds(1_100))
            try expectEqual(try await subject.backend.usage(of: quota.account).entries, 6, "after an expiry")
            _ = try await subject.backend.delete(keys)
            try expectEqual(try await subject.backend.usage(of: quota.account), CacheUsage(bytes: 0, entries: 0), "at last")
        },
        Promise("evicts a tenant's own oldest, and as many as it takes") { subject in
            let others = (0..<20).map { subject.key("o\($0)", tenant: "globex") }
            let large = (account: subject.account(tenant: "globex"), bytes: 1 << 30)
            _ = try await subject.backend.write(others.map { entry($0, "x", quota: large) })
            let uncounted = subject.key("uncounted")
            try await subject.write(uncounted, "x")
            let keys = (100..<120).map { subject.key("k\($0)") }
            let text = String(repeating: "x", count: 1_000)
            try await subject.write(keys[0], text, quota: (subject.account(), 1 << 30))
            let one = try await subject.backend.usage(of: subject.account()).bytes
            let quota = (account: subject.account(), bytes: 5 * one)
            for key in keys[1..<7] { try await subject.write(key, text, quota: quota) }
            try expectEqual(try await present(keys, subject), [2, 3, 4, 5, 6], "after seven")
            // Written again, the oldest is the newest.
            try await subject.write(keys[2], text, quota: quota)
            try await subject.write(keys[7], text, quota: quota)
            try expectEqual(try await present(keys, subject), [2, 4, 5, 6, 7], "after an overwrite")
            _ = try await subject.backend.write(keys[8..<11].map { entry($0, text, quota: quota) })
            try expectEqual(try await present(keys, subject), [2, 7, 8, 9, 10], "after three at once")
            let lease = try await subject.backend.lease(keys[11], token: 1, for: .seconds(30))
            _ = try await subject.backend.fill(entry(keys[11], text, quota: quota), lease: 1, generations: lease.generations)
            try expectEqual(try await present(keys, subject), [7, 8, 9, 10, 11], "after a fill")
            try await subject.write(keys[12], String(repeating: "x", count: 3 * one), quota: quota)
            try expect(try await subject.backend.usage(of: quota.account).bytes <= quota.bytes, "within the quota")
            try expectEqual(try await present(keys, subject), [11, 12], "after a large one")
            try expectEqual(try await present(others, subject).count, 20, "another tenant's")
            try expectEqual(try await subject.text(uncounted), "x", "what counts nowhere")
        },
        Promise("does not keep what is larger than the quota, and makes nobody go for it") { subject in
            let small = subject.key("small")
            let quota = (account: subject.account(), bytes: 2_000)
            try await subject.write(small, "x", quota: quota)
            let large = subject.key("large")
            try await subject.write(large, String(repeating: "x", count: 5_000), quota: quota)
            try expectEqual(try await subject.text(large), nil, "the large one")
            try expectEqual(try await subject.text(small), "x", "the small one")
            try await subject.write(small, String(repeating: "y", count: 5_000), quota: quota)
            try expectEqual(try await subject.text(small), nil, "the small one, grown: the old value is not the value any more")
            try expectEqual(try await subject.backend.usage(of: quota.account), CacheUsage(bytes: 0, entries: 0), "usage")
        },
        Promise("shrinks an account by its own oldest, so far and no further") { subject in
            let quota = (account: subject.account(), bytes: 1 << 30)
            let keys = (100..<130).map { subject.key("k\($0)") }
            for key in keys { try await subject.write(key, "some text", quota: quota) }
            let other = subject.key("k100", tenant: "globex")
            try await subject.write(other, "x", quota: (subject.account(tenant: "globex"), 1 << 30))
            let one = try await subject.backend.usage(of: quota.account).bytes / 30
            try expectEqual(try await subject.backend.shrink(quota.account, to: 100 * one, limit: 100), 0, "it fits")
            try expectEqual(try await subject.backend.shrink(quota.account, to: 10 * one, limit: 5), 5, "at most five")
            try expectEqual(try await present(keys, subject), Array(5..<30), "after five")
            try expectEqual(try await subject.backend.shrink(quota.account, to: 20 * one, limit: 1_000), 5, "to twenty")
            try expectEqual(try await subject.backend.shrink(quota.account, to: 20 * one, limit: 1_000), 0, "again")
            try expectEqual(try await present(keys, subject), Array(10..<30), "after ten")
            try expectEqual(try await subject.backend.usage(of: quota.account).bytes, 20 * one, "usage")
            try expectEqual(try await subject.backend.shrink(quota.account, to: 0, limit: 1_000), 20, "to nothing")
            try expectEqual(try await subject.backend.usage(of: quota.account), CacheUsage(bytes: 0, entries: 0), "nothing")
            try expectEqual(try await subject.text(other), "x", "another tenant's")
        },
        Promise("lists the accounts that hold anything") { subject in
            let tenants = (0..<25).map { "tenant\($0)" }
            for tenant in tenants {
                try await subject.write(subject.key("k", tenant: tenant), "x", quota: (subject.account(tenant: tenant), 1 << 30))
            }
            _ = try await subject.backend.delete([subject.key("k", tenant: "tenant3")])
            var found: [String] = []
            var cursor: UInt64 = 0
            repeat {
                let page = try await subject.backend.accounts(after: cursor, limit: 10)
                found += page.accounts
                cursor = page.next
            } while cursor != 0
            let expected = Set(tenants.filter { $0 != "tenant3" }.map { subject.account(tenant: $0) })
            try expectEqual(Set(found), expected, "accounts")
        },
    ]

    static let upkeep = [
        Promise("recounts an account to the end, and finds nothing wrong with one that is right") { subject in
            let quota = (account: subject.account(), bytes: 1 << 30)
            let keys = (0..<95).map { subject.key("r\($0)") }
            _ = try await subject.backend.write(keys.map { entry($0, "some text", quota: quota) })
            let before = try await subject.backend.usage(of: quota.account)
            let total = try await recount(quota.account, limit: 10, subject)
            try expectEqual(total.examined, 95, "examined")
            try expectEqual([total.removed, total.drift], [0, 0], "removed and drift")
            try expectEqual(try await subject.backend.usage(of: quota.account), before, "usage")
            try expectEqual(try await subject.backend.recount(subject.account(tenant: "nobody"), after: 0, limit: 10).next, 0, "nobody's")
        },
        Promise("drops from an account what is gone") { subject in
            let quota = (account: subject.account(), bytes: 1 << 30)
            let keys = (100..<140).map { subject.key("r\($0)") }
            _ = try await subject.backend.write(keys.map { entry($0, "some text", quota: quota) })
            let before = try await subject.backend.usage(of: quota.account)
            for key in keys[10..<30] { try await subject.evict(key.item) }
            _ = try await recount(quota.account, limit: 7, subject)
            let after = try await subject.backend.usage(of: quota.account)
            try expect(after.entries == 20 && after.bytes * 2 == before.bytes, "\(before) became \(after)")
        },
        Promise("finds values by the beginning of their keys, and nothing but values") { subject in
            let mine = (0..<30).map { subject.key("s\($0)", tags: [.job("1")]) }
            let yours = (0..<30).map { subject.key("s\($0)", tenant: "globex") }
            let quota = (account: subject.account(), bytes: 1 << 30)
            _ = try await subject.backend.write((mine + yours).map { entry($0, "x", for: .seconds(1_000), quota: quota) })
            _ = try await subject.backend.lease(mine[0], token: 1, for: .seconds(30))
            _ = try await subject.backend.lease(subject.key("s99"), token: 1, for: .seconds(30))
            func scan(_ prefix: String) async throws -> [BackendScanned] {
                var found: [BackendScanned] = []
                var cursor: UInt64 = 0
                repeat {
                    let page = try await subject.backend.scan(prefix: prefix, after: cursor, limit: 10)
                    found += page.found
                    cursor = page.next
                } while cursor != 0
                return found
            }
            let type = try await scan(subject.keySpace.items(of: CacheTenant("acme"), type: .documentSummary))
            try expectEqual(Set(type.map(\.key)), Set(mine.map(\.item)), "a tenant's")
            try expect(
                type.allSatisfy { $0.bytes > 1 && $0.timeToLive.map { $0 > .seconds(500) && $0 <= .seconds(1_000) } == true }, "sizes")
            try expectEqual(Set(try await scan(subject.keySpace.root).map(\.key)), Set((mine + yours).map(\.item)), "all")
            try expectEqual(try await scan("\(subject.keySpace.root)tenant_*").count, 0, "a star is a star")
            try expectEqual(try await scan("\(subject.keySpace.root)tenant_[a-z]").count, 0, "a class is none")
        },
        Promise("says how it is") { subject in
            try await subject.write(subject.key("h"), "x")
            let health = try await subject.backend.health()
            try expect(!health.version.isEmpty && health.usedBytes > 0 && health.keys > 0 && health.clients > 0, "\(health)")
            try expect(!health.evictionPolicy.isEmpty && health.evictedKeys >= 0 && health.expiredKeys >= 0, "\(health)")
        },
    ]

    /// Which of the keys have a value that counts.
    private static func present(_ keys: [BackendKey], _ subject: Subject) async throws -> [Int] {
        let found = try await subject.backend.read(keys)
        return keys.indices.filter { found[$0]?.isCurrent == true }
    }

    private static func recount(_ account: String, limit: Int, _ subject: Subject) async throws -> BackendRecount {
        var sum = BackendRecount(next: 0, examined: 0, removed: 0, drift: 0)
        repeat {
            let step = try await subject.backend.recount(account, after: sum.next, limit: limit)
            sum.next = step.next
            sum.examined += step.examined
            sum.removed += step.removed
            sum.drift += step.drift
        } while sum.next != 0
        return sum
    }
}
