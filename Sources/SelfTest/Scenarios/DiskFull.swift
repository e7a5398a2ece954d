internal import FlotillaRedis
internal import Glibc
internal import PostgresClient
internal import ServerHarness
internal import Threading

/// T12: the disks of Redis, of PostgreSQL's tables and of its log are full, one after the other, and have room again.
struct DiskFull: Scenario {
    let id = "T12"
    let title = "disk full: Redis, PostgreSQL's tables, its write-ahead log"
    let promise = "the error is named in the logs, nothing lost, no attempt burned, runs begin <= 5 s after there is room"
    let length = ScenarioLength.long
    var requirements: [Requirement] { [.root, .tmpfs] }
    var options: SceneOptions {
        var options = SceneOptions()
        options.samplesConservation = false
        return options
    }

    func run(_ scene: Scene) async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await self.redis(scene, .everySecond)
                await self.redis(scene, .always)
            }
            group.addTask {
                await self.tables(scene)
                await self.log(scene)
            }
        }
    }

    // MARK: Redis

    /// With everysec Redis refuses writes and goes on; with always it ends, as it cannot keep its word any more, and is started again.
    private func redis(_ parent: Scene, _ durability: SceneOptions.RedisDurability) async {
        do {
            let disk = try SmallDisk(megabytes: 8)
            var options = self.options
            options.redis = durability
            // The last line counts.
            options.redisConfiguration = ["dir \(disk.path)", "auto-aof-rewrite-percentage 0"]
            await parent.child("redis.\(durability)", options: options) { scene in
                let redis = try scene.redis()
                try await self.play(
                    scene, parent, "Redis (\(durability))", disk,
                    mention: durability == .always ? ["not connected", "connection lost"] : ["MISCONF"]
                ) {
                    guard durability == .always else { return }
                    redis.kill9()
                    try redis.start()
                }
            }
        } catch {
            parent.expect(false, "no disk: \(error)")
        }
    }

    // MARK: PostgreSQL

    /// The database on a full file system: statements fail one by one.
    private func tables(_ parent: Scene) async {
        do {
            let disk = try SmallDisk(megabytes: 32)
            let server = try PrivatePostgres(.init(fsync: false))
            try await self.makeOwned(disk)
            try server.execute("CREATE TABLESPACE small LOCATION '\(disk.path)/tables'")
            try server.execute("CREATE DATABASE small TABLESPACE small")
            var options = self.options
            options.databaseURL = server.url(database: "small")
            await parent.child("tables", options: options) { scene in
                try await self.play(scene, parent, "PostgreSQL's tables", disk, mention: ["No space left"]) {}
            }
            server.stop()
        } catch {
            parent.expect(false, "no disk: \(error)")
        }
    }

    /// The write-ahead log on a full file system: the server panics, and comes back when it is started with room.
    private func log(_ parent: Scene) async {
        do {
            let disk = try SmallDisk(megabytes: 64)
            let server = try PrivatePostgres(.init(settings: ["min_wal_size": "32MB", "max_wal_size": "32MB"]))
            server.stop()
            let data = "\(server.directory)/data"
            let script = """
                cp -a "$0/pg_wal/." "$1/"; chown --reference="$0" "$1"; chmod 700 "$1"; rm -r "$0/pg_wal"; ln -s "$1" "$0/pg_wal"
                """
            guard succeeds(["sh", "-ec", script, data, disk.path]) else { throw SelfTestError("cannot move the log") }
            try server.start()
            var options = self.options
            options.databaseURL = server.url()
            await parent.child("log", options: options) { scene in
                // The session that needs a new segment makes the server panic; all others hear of a crash.
                try await self.play(
                    scene, parent, "PostgreSQL's log", disk, mention: ["No space left", "another server process", "connection"],
                    provoke: { try await self.useUpSegments(scene) }
                ) {
                    if !server.isRunning { try server.start() }
                }
                let text = readText(server.logPath)
                scene.expect(text.contains("PANIC") && text.contains("No space left"), "the server never ran out of room for its log")
            }
            server.stop()
        } catch {
            parent.expect(false, "no disk: \(error)")
        }
    }

    /// Begins new segments until there is no room for one.
    private func useUpSegments(_ scene: Scene) async throws {
        for _ in 0..<20 {
            do {
                _ = try await scene.pool.query("SELECT pg_logical_emit_message(false, 'selftest', 'x')")
                _ = try await scene.pool.query("SELECT pg_switch_wal()")
            } catch {
                return
            }
        }
        throw SelfTestError("twenty segments of log went onto a full disk")
    }

    private func makeOwned(_ disk: SmallDisk) async throws {
        // As the server runs: see PrivatePostgres.
        let script = "mkdir \"$0\"; chown postgres \"$0\" 2> /dev/null || chown nobody \"$0\""
        guard succeeds(["sh", "-ec", script, "\(disk.path)/tables"]) else { throw SelfTestError("cannot give the disk to PostgreSQL") }
    }

    // MARK: Both

    private func play(
        _ scene: Scene, _ parent: Scene, _ name: String, _ disk: SmallDisk, mention: [String],
        provoke: () async throws -> Void = {}, _ revive: () throws -> Void
    ) async throws {
        let fleet = [try scene.worker(), try scene.worker(), try scene.scheduler()]
        try await scene.ready(workers: 2)
        var recovery = Duration.zero
        try await SteadyLoad.during(scene) {
            try await scene.underLoad()
            scene.journal.note("disk full", name)
            disk.fill()
            try await provoke()
            try await Task.sleep(for: scene.setting.isLong ? .seconds(15) : .seconds(5))
            // It is as full as it was said to be.
            let left = disk.fill()
            scene.expect(left < 1 << 20, "\(name): there were \(left) bytes left")
            disk.free()
            try revive()
            recovery = try await scene.resumption()
        }
        try await scene.settled(within: .seconds(60))
        parent.measured("\(name): runs begin after there is room", seconds(recovery))
        scene.expect(recovery <= .seconds(5), "runs began only \(seconds(recovery)) after there was room")
        let logs = fleet.map { readText($0.log) }.joined()
        scene.expect(mention.contains { logs.contains($0) }, "no log of a daemon says that the disk is full")
        scene.expectRunning(fleet)
        try await scene.expectNoAttemptBurned()
        try await scene.checkCounters()
    }
}
