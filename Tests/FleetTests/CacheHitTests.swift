import Flotilla
import Glibc
import PostgresClient
import RedisClient
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// What the cache saves when the same file is submitted again.
    @Suite struct CacheHits {
        /// A text layer, a scan, an office file, a recording, a video.
        private static let files = [
            ("document_queue", "harbour-survey.pdf"), ("document_queue", "inquiry-1962-scan.pdf"), ("document_queue", "board-minutes.docx"),
            ("audio_queue", "answer.ogg"), ("video_queue", "opening.mp4"),
        ]
        private static let programs = ["document-processor", "audio-processor", "video-processor", "graph-processor"]

        @Test(.timeLimit(.minutes(5)))
        func `the same files in another job start no program, and the same files of another tenant start all`() async throws {
            try await CacheFleet.with { scene in
                try scene.fleet.cut("hearing.mp3", from: 36.2, seconds: 9, to: "answer.ogg")
                try scene.fleet.cut("briefing.mp4", from: 0, seconds: 5, to: "opening.mp4")
                var daemons: [Fleet.Daemon] = []
                for program in Self.programs { daemons.append(try await scene.start(program)) }
                // It sends documents on to the graph.
                _ = try await scene.start("retry-scheduler")
                var marks = [scene.tools.lines.count]
                var faults = [daemons.map { childFaults($0.pid) }]
                for (job, tenant) in [("first", "acme"), ("again", "acme"), ("other", "globex")] {
                    try await scene.submit(job: job, tenant: tenant, Self.files)
                    try await scene.complete(job: job, 2 * Self.files.count)
                    marks.append(scene.tools.lines.count)
                    faults.append(daemons.map { childFaults($0.pid) })
                }
                let (first, again) = (try await scene.times(job: "first"), try await scene.times(job: "again"))
                print(
                    "same files again: \(marks[1] - marks[0]) programs, then \(marks[2] - marks[1]), of another tenant \(marks[3] - marks[2]); "
                        + "stages \(first.stages) then \(again.stages), files \(first.files) then \(again.files), with graphs \(first.all) then \(again.all)"
                )
                // Two counts that know nothing of each other: the script's, and the kernel's.
                #expect(marks[1] - marks[0] > 15)
                #expect(marks[2] == marks[1], "\(scene.tools.lines[marks[1]..<marks[2]])")
                #expect(faults[2] == faults[1])
                #expect(zip(faults[0], faults[1]).prefix(3).allSatisfy { $0 < $1 }, "the kernel counts children where there are some")
                #expect(again.stages * 10 <= first.stages)
                #expect(again.files * 10 <= first.files)
                // A file's graph begins up to a quarter of a second after it, whatever the cache saves.
                #expect(again.all * 5 <= first.all)
                // The vectors of the corpus' own model are not worth remembering; names are resolved in the job's own graph.
                let computed = Set(try await scene.computed(job: "again").keys)
                #expect(computed.isSubset(of: ["index", "resolve_entities", "build_relationships"]), "\(computed)")
                let lines = scene.tools.lines
                #expect(Self.programs(lines[marks[0]..<marks[1]]) == Self.programs(lines[marks[2]...]))
                #expect(
                    try await scene.fleet.count(
                        """
                        SELECT count(*) FROM stage_run AS run JOIN work_item AS work ON work.id = run.work_id
                        WHERE work.tenant_id = 'globex' AND run.from_cache
                        """) == 0)
                for job in ["again", "other"] { try await Self.compare(scene, "first", job) }
            }
        }

        /// What was started, and how often, in whatever order.
        private static func programs(_ lines: ArraySlice<String>) -> [String] { lines.map { String($0.prefix { $0 != " " }) }.sorted() }

        /// Two jobs over the same files made the same of each.
        static func compare(_ scene: CacheFleet, _ one: String, _ other: String) async throws {
            let results: [(what: String, rows: PostgresQuery)] = [
                ("text", "SELECT encode(sha256(body), 'hex') FROM stage_output WHERE document_uuid = d.uuid AND stage = 'clean_text'"),
                ("chunks", "SELECT concat_ws('|', index, start_byte, end_byte, tokens, text) FROM chunk WHERE document_uuid = d.uuid"),
                (
                    "mentions",
                    """
                    SELECT concat_ws('|', index, chunk_index, type, normal, start_byte, end_byte, confidence) FROM entity_mention
                    WHERE document_uuid = d.uuid
                    """
                ),
                (
                    "relations",
                    """
                    SELECT concat_ws('|', e.predicate, s.type, s.name, t.type, t.name, e.start_byte, e.end_byte, e.confidence)
                    FROM relationship_evidence AS e JOIN name_form AS s ON s.id = e.source_form JOIN name_form AS t ON t.id = e.target_form
                    WHERE e.document_uuid = d.uuid
                    """
                ),
                ("transcript", "SELECT concat_ws('|', source, index, start_ms, end_ms, text) FROM timed_text WHERE document_uuid = d.uuid"),
                ("frames", "SELECT concat_ws('|', time_ms, reason, hash) FROM video_frame WHERE document_uuid = d.uuid"),
            ]
            for (what, rows) in results {
                let found = try await scene.fleet.pool.query(
                    """
                    SELECT d.job_id, d.content_sha256, r.row FROM document AS d CROSS JOIN LATERAL (\(fragment: rows)) AS r(row)
                    WHERE d.job_id IN (\(one), \(other)) ORDER BY 1, 2, 3
                    """)
                var made: [String: [String]] = [:]
                for row in found {
                    let line = "\(try row[1, as: String.self]) \(try row[2, as: String.self])"
                    made[try row[0, as: String.self], default: []].append(line)
                }
                #expect(made[one] == made[other], "\(what) of \(one) and \(other)")
                #expect(made[one]?.isEmpty == false, "there are \(what)")
            }
        }

        @Test(.timeLimit(.minutes(3))) func `pages that were recognised before a failure are not recognised again`() async throws {
            try await CacheFleet.with(["CONCURRENCY": "1", "GRAPH_CHAINING": "false"]) { scene in
                let file = "ferry-log.tiff"
                for program in ["document-processor", "retry-scheduler"] { _ = try await scene.start(program) }
                // The sandbox fails at the third of three pages, and the run is tried again.
                try scene.tools.fail(.unavailable, "tessedit_page_number=2")
                try await scene.submit(job: "retried", tenant: "acme", [("document_queue", file)])
                try await scene.complete(job: "retried", 1)
                #expect(scene.tools.hasFailed)
                let pages = Self.pages(scene.tools.lines[...])
                #expect(pages == [0, 1, 2, 2])
                #expect(try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE is_partial") == 0)

                // One page is lost for good, and whoever submits the file again pays for that page alone: from the cache, as the checkpoints
                // belong to the other document.
                try scene.tools.fail(.killed, "tessedit_page_number=1")
                let mark = scene.tools.lines.count
                try await scene.submit(job: "partial", tenant: "globex", [("document_queue", file)])
                try await scene.complete(job: "partial", 1)
                #expect(scene.tools.hasFailed)
                #expect(Self.pages(scene.tools.lines[mark...]) == [0, 1, 2])
                #expect(try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE is_partial AND stage = 'extract_text'") == 1)
                let next = scene.tools.lines.count
                try await scene.submit(job: "whole", tenant: "globex", [("document_queue", file)])
                try await scene.complete(job: "whole", 1)
                #expect(Self.pages(scene.tools.lines[next...]) == [1])
                #expect(try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE is_partial AND stage = 'extract_text'") == 1)
                try await Self.compareText(scene, "retried", "whole")
                print("pages recognised: \(pages) with a failure in between; again after a lost page: [1]")
            }
        }

        private static func compareText(_ scene: CacheFleet, _ one: String, _ other: String) async throws {
            let rows = try await scene.fleet.pool.query(
                """
                SELECT encode(sha256(output.body), 'hex') FROM stage_output AS output JOIN document AS d ON d.uuid = output.document_uuid
                WHERE d.job_id IN (\(one), \(other)) AND output.stage = 'clean_text'
                """)
            #expect(rows.count == 2)
            #expect(try rows.first?[0, as: String.self] == rows.last?[0, as: String.self])
        }

        /// The pages that tesseract was started for, from 0, in order.
        private static func pages(_ lines: ArraySlice<String>) -> [Int] {
            lines.filter { $0.contains("tesseract ") }.compactMap { line in
                line.split(separator: "tessedit_page_number=").dropFirst().first.flatMap { Int($0.prefix(1)) }
            }
        }

        @Test(.timeLimit(.minutes(2))) func `when it is switched off nothing is written, and all is done anew`() async throws {
            try await CacheFleet.with(["CACHE_ENABLED": "false", "GRAPH_CHAINING": "false"]) { scene in
                let files = ["harbour-survey.pdf", "notice-board.png", "board-minutes.docx"].map { ("document_queue", $0) }
                let daemon = try await scene.start("document-processor")
                var marks = [scene.tools.lines.count]
                for job in ["first", "again"] {
                    try await scene.submit(job: job, tenant: "acme", files)
                    try await scene.complete(job: job, files.count)
                    marks.append(scene.tools.lines.count)
                }
                let lines = scene.tools.lines
                #expect(Self.programs(lines[marks[0]..<marks[1]]) == Self.programs(lines[marks[1]...]))
                #expect(marks[1] > marks[0])
                #expect(try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE from_cache") == 0)
                #expect(try await scene.ask(["DBSIZE"]).int == 0)
                #expect(try await scene.fleet.client.send(["KEYS", "flotilla:*"]).array?.isEmpty == true, "nor into the queues' Redis")
                #expect(await scene.health(daemon)?.state == "ok")
            }
        }
    }
}
