internal import FlotillaCache

extension CacheBackendContract {
    static let leases = [
        Promise("gives a lease to one, and stores what he made") { subject in
            let key = subject.key("leased", tags: [.job("1")])
            let first = try await subject.backend.lease(key, token: 1, for: .seconds(30))
            try expect(first.isGranted && first.generations.count == 4, "\(first)")
            let second = try await subject.peer.lease(key, token: 2, for: .seconds(30))
            try expect(!second.isGranted, "a second lease")
            try expectEqual(second.generations, first.generations, "the generations")
            try expectEqual(
                try await subject.peer.fill(entry(key, "2"), lease: 2, generations: second.generations), .voided, "without the lease")
            try expectEqual(
                try await subject.backend.fill(entry(key, "1"), lease: 1, generations: first.generations), .stored, "with it")
            try expectEqual(try await subject.text(key), "1", "value")
            try expect(try await subject.backend.lease(key, token: 3, for: .seconds(30)).isGranted, "a lease after it was given back")
        },
        Promise("stores a lease's value once") { subject in
            let key = subject.key("once")
            let lease = try await subject.backend.lease(key, token: 1, for: .seconds(30))
            let write = entry(key, "1")
            try expectEqual(try await subject.backend.fill(write, lease: 1, generations: lease.generations), .stored, "first")
            try expectEqual(try await subject.backend.fill(write, lease: 1, generations: lease.generations), .voided, "second")
        },
        Promise("voids what was made before a bump, and gives its lease back") { subject in
            for index in 0..<4 {
                let key = subject.key("bumped \(index)", tags: [.job("1")])
                let lease = try await subject.backend.lease(key, token: 1, for: .seconds(30))
                try await subject.peer.bump([key.generations[index]])
                try expectEqual(
                    try await subject.backend.fill(entry(key, "old"), lease: 1, generations: lease.generations), .voided, "fill")
                try expectEqual(try await subject.text(key), nil, "value")
                try expect(try await subject.peer.lease(key, token: 2, for: .seconds(30)).isGranted, "the next lease")
            }
        },
        Promise("voids what was made before a deletion, before a write, and after the lease ran out") { subject in
            let (deleted, written, late) = (subject.key("deleted"), subject.key("written"), subject.key("late"))
            var leases: [BackendLease] = []
            for key in [deleted, written] { leases.append(try await subject.backend.lease(key, token: 1, for: .seconds(30))) }
            leases.append(try await subject.backend.lease(late, token: 1, for: .milliseconds(30)))
            _ = try await subject.peer.delete([deleted])
            _ = try await subject.peer.write([entry(written, "new")])
            try await subject.passTime(.milliseconds(50))
            for (key, lease) in zip([deleted, written, late], leases) {
                try expectEqual(
                    try await subject.backend.fill(entry(key, "old"), lease: 1, generations: lease.generations), .voided, key.item)
            }
            try expectEqual(try await subject.text(deleted), nil, "deleted")
            try expectEqual(try await subject.text(written), "new", "written")
            try expect(try await subject.peer.lease(late, token: 2, for: .seconds(30)).isGranted, "a lease after one that ran out")
        },
        Promise("voids what was made when a generation was lost") { subject in
            let key = subject.key("lost", tags: [.job("1")])
            let lease = try await subject.backend.lease(key, token: 1, for: .seconds(30))
            try await subject.evict(key.generations[3])
            try expectEqual(try await subject.backend.fill(entry(key, "x"), lease: 1, generations: lease.generations), .voided, "fill")
        },
        Promise("takes a lease back from its holder alone") { subject in
            let key = subject.key("released")
            _ = try await subject.backend.lease(key, token: 1, for: .seconds(30))
            try await subject.peer.release(key, token: 2)
            try expect(try await !subject.peer.lease(key, token: 2, for: .seconds(30)).isGranted, "after a stranger's release")
            try await subject.backend.release(key, token: 1)
            try await subject.backend.release(key, token: 1)
            try expect(try await subject.peer.lease(key, token: 2, for: .seconds(30)).isGranted, "after the holder's release")
        },
        Promise("refreshes a version under a lease, and never goes back to an older one") { subject in
            let key = subject.key("refreshed")
            try await subject.write(key, "7", version: 7)
            for (version, outcome) in [(UInt64(7), BackendFill.stored), (6, .voided), (8, .stored)] {
                let lease = try await subject.backend.lease(key, token: 1, for: .seconds(30))
                try expect(lease.isGranted, "lease for \(version)")
                let fill = entry(key, "filled \(version)", version: version)
                try expectEqual(try await subject.backend.fill(fill, lease: 1, generations: lease.generations), outcome, "fill \(version)")
            }
            try expectEqual(try await subject.text(key), "filled 8", "value")
        },
        Promise("grants one of a hundred that ask at the same time") { subject in
            let key = subject.key("crowded")
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for token in 1...UInt64(100) {
                    let backend = token % 2 == 0 ? subject.backend : subject.peer
                    group.addTask { try await backend.lease(key, token: token, for: .seconds(30)).isGranted }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try expectEqual(granted, 1, "granted")
        },
        Promise("takes the largest token") { subject in
            let key = subject.key("token")
            for token in [UInt64.max, UInt64.max - 1, 0, (1 << 53) + 1] as [UInt64] {
                let lease = try await subject.backend.lease(key, token: token, for: .seconds(30))
                try expect(lease.isGranted, "lease \(token)")
                try expectEqual(
                    try await subject.backend.fill(entry(key, "x"), lease: token &+ 1, generations: lease.generations), .voided, "another")
                try expectEqual(
                    try await subject.backend.fill(entry(key, "x"), lease: token, generations: lease.generations), .stored, "the token")
            }
        },
    ]

    static let ends = [
        Promise("tells of every end, and first that some may have been missed") { subject in
            let (written, deleted) = (subject.key("w"), subject.key("d"))
            let tags = [written.generations[0], subject.keySpace.generation(.job("7"), of: .none)]
            try await whileWatching(subject.peer) { heard in
                try expectEqual(heard.all, [.lost, .watching], "at the beginning")
                try await subject.write(written, "1")
                _ = try await subject.backend.delete([deleted, written])
                try await subject.backend.bump(tags)
                let expected: [CacheEnd] = [
                    .lost, .watching, .item(written.item), .item(deleted.item), .item(written.item), .generation(tags[0]),
                    .generation(tags[1]),
                ]
                await heard.until { $0.count >= expected.count }
                try expectEqual(heard.all, expected, "heard")
            }
        },
        Promise("tells nothing of a write that was not stored, nor of a filled value") { subject in
            let key = subject.key("quiet")
            try await subject.write(key, "5", version: 5)
            try await whileWatching(subject.peer) { heard in
                try await subject.write(key, "4", version: 4)
                let lease = try await subject.backend.lease(key, token: 1, for: .seconds(30))
                _ = try await subject.backend.fill(entry(key, "5", version: 5), lease: 1, generations: lease.generations)
                _ = try await subject.backend.delete([key])
                await heard.until { $0.contains(.item(key.item)) }
                try expectEqual(heard.all, [.lost, .watching, .item(key.item)], "heard")
            }
        },
        Promise("tells of keys of any text") { subject in
            let keys = ["a\nb", "", "\u{0}", "Ü", "\(subject.keySpace.root)x"].map { BackendKey(item: $0 + "!", generations: []) }
            try await whileWatching(subject.peer) { heard in
                _ = try await subject.backend.delete(keys)
                await heard.until { $0.count >= 2 + keys.count }
                try expectEqual(Array(heard.all.dropFirst(2)), keys.map { .item($0.item) }, "heard")
            }
        },
        Promise("says that ends may have been missed when the channel breaks, and when no more are") { subject in
            try await whileWatching(subject.backend) { heard in
                try await subject.breakChannel()
                await heard.until { $0.count >= 4 && $0.last == .watching }
                try expectEqual(heard.all.filter { $0 == .lost }.count >= 2, true, "losses")
                _ = try await subject.peer.delete([subject.key("after")])
                await heard.until { $0.contains(.item(subject.key("after").item)) }
            }
        },
    ]
}
