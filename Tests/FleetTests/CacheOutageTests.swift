import Flotilla
import FlotillaCache
import FlotillaCacheRedis
import FlotillaRedis
import Glibc
import PostgresClient
import RedisClient
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// A cache that is away, emptied or full costs work, and nothing else.
    @Suite struct CacheOutages {
        private static let scan = ("document_queue", "inquiry-1962-scan.pdf")
        private static let note = ("document_queue", "volunteers-guide.md")

        @Test(.timeLimit(.minutes(4))) func `a cache that freezes or dies in the middle of a job fails and retries nothing`() async throws {
            try await CacheFleet.with(isPatient: false, ["CONCURRENCY": "1", "GRAPH_CHAINING": "false"]) { scene in
                let daemon = try await scene.start("document-processor")
                var hits = 0
                for job in ["frozen", "killed"] {
                    let pages = scene.tools.lines.count { $0.contains("tesseract ") }
                    try await scene.submit(job: job, tenant: job, [Self.scan])
                    try await eventually("a page is being recognised", within: .seconds(60)) {
                        scene.tools.lines.count { $0.contains("tesseract ") } > pages
                    }
                    if job == "frozen" { scene.cache.freeze() } else { scene.cache.kill9() }
                    try await scene.complete(job: job, 1)
                    #expect(scene.tools.lines.count { $0.contains("tesseract ") } >= pages + 3)
                    // A whole job while it is away.
                    try await scene.submit(job: "\(job)-next", tenant: job, [Self.note])
                    try await scene.complete(job: "\(job)-next", 1)
                    let health = await scene.health(daemon)
                    #expect(health?.status == 200 && health?.state == "degraded", "\(String(describing: health))")
                    if job == "frozen" { scene.cache.thaw() } else { try scene.cache.start() }
                    var round = 0
                    // It is asked again after a pause, by somebody who needs it.
                    try await eventually("there are hits again", within: .seconds(60)) {
                        round += 1
                        try await scene.submit(job: "\(job)-\(round)", tenant: job, [Self.note])
                        try await scene.complete(job: "\(job)-\(round)", 1)
                        return try await Self.hits(scene) > hits
                    }
                    hits = try await Self.hits(scene)
                    try await eventually("it is whole again") { await scene.health(daemon)?.state == "ok" }
                    print("cache \(job): hits again after \(round) small jobs")
                }
                let works = try await scene.fleet.count("SELECT count(*) FROM work_item")
                #expect(
                    try await scene.fleet.count(
                        "SELECT count(*) FROM work_item WHERE status = 'completed' AND failures = 0 AND requeues = 0") == works)
                #expect(try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE attempt <> 1 OR status <> 'completed'") == 0)
                #expect(try await scene.fleet.broker.counts().dead == 0)
            }
        }

        private static func hits(_ scene: CacheFleet) async throws -> Int {
            try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE from_cache")
        }

        @Test(.timeLimit(.minutes(4)))
        func `clearing the cache and filling it touch no queue, no retry, no dead letter and no session`() async throws {
            let key = "k1:" + String(repeating: "0123456789abcdef", count: 4)
            let environment = [
                "GRAPH_CHAINING": "false", "CACHE_ENCRYPTION_KEYS": key, "RETRY_BACKOFF_BASE_SECONDS": "600",
                "RETRY_BACKOFF_MAX_SECONDS": "600",
            ]
            try await CacheFleet.with(isPatient: false, memory: "4mb", environment) { scene in
                let daemon = try await scene.start("document-processor")
                // It brings back those who wait for somebody else's work on the same file.
                _ = try await scene.start("retry-scheduler")
                let session = try await Self.logIn(scene, key)
                // One that waits for its retry, long beyond this test's end; one that is dead; and some of a queue without a processor.
                try await scene.fleet.push("document_queue", scene.fleet.fileMessage("missing.pdf", job: "waiting"))
                try await scene.submit(job: "dead", [("document_queue", "sealed-agreement-encrypted.pdf")])
                for number in 0..<5 { try await scene.fleet.push("audio_queue", scene.fleet.fileMessage("\(number).ogg", job: "idle")) }
                try await eventually("one waits and one is dead", within: .seconds(30)) {
                    let counts = try await scene.fleet.broker.counts()
                    return counts.scheduled == 1 && counts.dead == 1 && counts.ready + counts.leased == 0
                }
                let before = try await Self.lasting(scene)
                #expect(before.count >= 4, "\(before.keys)")

                let jobs = (0..<4).map { "busy\($0)" }
                for job in jobs {
                    try await scene.submit(job: job, tenant: "acme", [Self.scan, Self.note, ("document_queue", "board-minutes.docx")])
                }
                try await eventually("they run", within: .seconds(30)) {
                    try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE status = 'completed'") > 2
                }
                let cleared = try scene.operate("cache", "clear", "--all", "--yes")
                #expect(cleared.ending == .exited(0), "\(cleared)")
                // Values of somebody else's, until the server evicts.
                var batch = 0
                let filler = String(repeating: "x", count: 50_000)
                while try await scene.figure("evicted_keys") == 0, batch < 200 {
                    for number in 0..<20 {
                        // Refused when there is nothing that may go.
                        _ = try? await scene.ask(["SET", .text("other:\(batch):\(number)"), .text(filler), "EX", "600"])
                    }
                    batch += 1
                }
                #expect(try await scene.figure("evicted_keys") > 0)
                for job in jobs { try await scene.complete(job: job, 3) }

                #expect(try await Self.lasting(scene) == before)
                #expect(try await session.value() == "mary", "nobody was logged out")
                let reconciled = try scene.operate("reconcile")
                #expect(reconciled.ending == .exited(0), "\(reconciled.text)")
                #expect(try await scene.fleet.count("SELECT count(*) FROM work_item WHERE job_id LIKE 'busy%' AND failures > 0") == 0)
                #expect(await scene.health(daemon)?.status == 200)
                let evicted = try await scene.figure("evicted_keys")
                print("cleared and full: \(evicted) evicted; \(before.count) keys of queues and sessions as before")
            }
        }

        /// What the queues' Redis holds that no running job has to do with, byte for byte.
        private static func lasting(_ scene: CacheFleet) async throws -> [String: [UInt8]] {
            let client = scene.fleet.client
            var values: [String: [UInt8]] = [:]
            for pattern in ["*audio*", "document_retry*", "document_dlq*", "dlq:*", "flotilla:*:session:*"] {
                for key in try await client.send(["KEYS", .text(pattern)]).array?.compactMap(\.string) ?? [] {
                    // Which workers there are changes all the time.
                    if key.contains("worker") { continue }
                    values[key] = try await client.send(["DUMP", .text(key)]).bytes
                }
            }
            return values
        }

        /// A session, as a backend keeps it: where nothing is evicted.
        private struct Session {
            let cache: Cache
            let key: CacheKey

            func value() async throws -> String? { try await self.cache.get(self.key, as: String.self).value }
        }

        private static func logIn(_ scene: CacheFleet, _ key: String) async throws -> Session {
            let space = CacheKeySpace()
            let backend = RedisCacheBackend(
                client: scene.fleet.client, eventLoop: Fleet.loop, keySpace: space,
                options: .init(readTimeout: .seconds(10), writeTimeout: .seconds(10)))
            let cache = Cache(codec: EntryCodec(options: .init(), cipher: try CacheCipher(parsing: key)), shared: backend, durable: backend)
            let session = TenantCache(cache, tenant: CacheTenant("acme")).session("s-1", user: "mary")
            #expect(try await cache.set(session, "mary"))
            return Session(cache: cache, key: session)
        }
    }
}
