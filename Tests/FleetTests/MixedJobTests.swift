import Flotilla
import FlotillaRedis
import Glibc
import PostgresClient
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// Jobs of a document, a recording and a video, on the real processors, which are killed all the while.
    @Suite struct MixedJobs {
        private static let files = [
            ("document_queue", "salvage-agreement.pdf"), ("audio_queue", "answer.ogg"), ("video_queue", "opening.mp4"),
        ]
        private static let programs = ["document-processor", "audio-processor", "video-processor", "graph-processor", "retry-scheduler"]

        @Test(.timeLimit(.minutes(6))) func `a job of three media ends once, with one graph, whatever is killed on the way`() async throws {
            let jobs = (0..<(environmentNumber("FLEET_MIXED_JOBS") ?? 5)).map { "mixed\($0)" }
            // A run takes longer than a daemon lives here, so that every message looks guilty after a while.
            try await Fleet.with(["CONCURRENCY": "2", "MAX_CRASH_DELIVERIES": "100"]) { fleet in
                try fleet.makeFiles()
                // A name that all three media hold: Robert Taylor.
                try fleet.cut("hearing.mp3", from: 36.2, seconds: 6, to: "answer.ogg")
                try fleet.cut("briefing.mp4", from: 0, seconds: 8, to: "opening.mp4")
                var daemons: [Fleet.Daemon] = []
                for program in Self.programs { daemons.append(try fleet.start(program)) }
                for job in jobs {
                    try await fleet.pool.query("INSERT INTO processing_job (id, total_files) VALUES (\(job), 3)")
                    for (queue, file) in Self.files { try await fleet.push(queue, fleet.fileMessage(file, job: job)) }
                }
                var generator = SystemRandomNumberGenerator()
                var kills = 0
                let expected = jobs.count * Self.files.count * 2
                let deadline = MonotonicTime.now + .seconds(200)
                while try await fleet.count("SELECT count(*) FROM work_item WHERE finished_at IS NOT NULL") < expected {
                    guard MonotonicTime.now < deadline else { break }
                    try await Task.sleep(for: .milliseconds(400))
                    // Enough deaths to hit every stage, and an end to them, so that the test has one too.
                    guard kills < 5 * Self.programs.count else { continue }
                    let victim = Int.random(in: 0..<daemons.count, using: &generator)
                    daemons[victim].process.kill(SIGKILL)
                    kills += 1
                    daemons[victim] = try fleet.start(Self.programs[victim])
                    try await Task.sleep(for: .milliseconds(800))
                }
                try await eventually("all work is done", within: .seconds(60), every: .milliseconds(100)) {
                    try await fleet.count("SELECT count(*) FROM work_item WHERE status = 'completed'") == expected
                }
                for job in jobs {
                    try await fleet.check(job: job, processed: 3)
                    #expect(try await fleet.count("SELECT count(*) FROM processing_job WHERE id = \(job) AND status = 'completed'") == 1)
                    let shared = try await fleet.pool.query(
                        """
                        SELECT entity.name, count(DISTINCT form.document_uuid) FROM canonical_entity AS entity
                        JOIN name_form ON name_form.entity_id = entity.id JOIN document_form AS form ON form.form_id = name_form.id
                        JOIN graph_scope AS scope ON scope.id = entity.scope
                        WHERE scope.job_id = \(job) AND entity.name = 'Robert Taylor' GROUP BY entity.id, entity.name
                        """)
                    #expect(shared.count == 1, "one Robert Taylor in \(job)")
                    #expect(try shared.first?[1, as: Int.self] == 3, "in all three files of \(job)")
                }
                try await self.checkOutputs(fleet, jobs: jobs.count)
                try fleet.command(["\(Fleet.programs)/flotilla", "reconcile"], environment: fleet.environment)
                print("mixed jobs: \(jobs.count) jobs of 3 files and their graphs, \(kills) kills")
            }
        }

        /// The same file gives the same rows in every job: nothing was written twice, and nothing only half.
        private func checkOutputs(_ fleet: Fleet, jobs: Int) async throws {
            #expect(try await fleet.count("SELECT count(*) FROM stage_run WHERE status <> 'completed'") == 0)
            #expect(try await fleet.count("SELECT count(*) FROM stage_checkpoint") == 0)
            #expect(try await fleet.count("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0)
            for table in [
                "stage_output", "chunk", "timed_text", "video_frame", "document_artifact", "entity_mention", "relationship_evidence",
            ] {
                let rows = try await fleet.pool.query(
                    """
                    SELECT filename, count(*), min(rows), max(rows) FROM (
                        SELECT d.filename, d.uuid, (SELECT count(*) FROM \(identifier: table) AS t WHERE t.document_uuid = d.uuid) AS rows
                        FROM document AS d) AS counted
                    GROUP BY filename
                    """)
                #expect(rows.count == Self.files.count)
                for row in rows {
                    let name = try row[0, as: String.self]
                    #expect(try row[1, as: Int.self] == jobs)
                    let (low, high) = (try row[2, as: Int.self], try row[3, as: Int.self])
                    #expect(low == high, "\(table) of \(name): from \(low) to \(high) rows")
                }
            }
        }
    }
}
