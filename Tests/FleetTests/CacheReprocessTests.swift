import Flotilla
import FlotillaRedis
import Glibc
import PostgresClient
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// New processing versions, by the operator's own command.
    @Suite struct Reprocessing {
        @Test(.timeLimit(.minutes(4))) func `a document is done anew from a stage on, or wholly, and shown in one version`() async throws {
            try await CacheFleet.with { scene in
                let daemons = [try await scene.start("document-processor"), try await scene.start("graph-processor")]
                _ = try await scene.start("retry-scheduler")
                // A scan, whose text costs most.
                try await scene.submit(job: "quay", tenant: "acme", [("document_queue", "inquiry-1962-scan.pdf")])
                try await scene.complete(job: "quay", 2)
                let uuid = try await scene.fleet.pool.query("SELECT uuid::text FROM document").one()[0, as: String.self]
                let old = try await Self.shown(scene)
                #expect(old.versions == [1])

                let before = try await Self.everything(scene)
                let dry = try scene.operate("reprocess", uuid, "--from", "chunk", "--dry-run")
                #expect(dry.ending == .exited(0) && dry.text.contains("nothing was done"), "\(dry)")
                let unconfirmed = try scene.operate("reprocess", uuid, "--clean")
                #expect(unconfirmed.ending != .exited(0) && unconfirmed.text.contains("--yes"), "\(unconfirmed)")
                #expect(try await Self.everything(scene) == before)

                let mark = scene.tools.lines.count
                let faults = daemons.map { childFaults($0.pid) }
                let partly = try scene.operate("reprocess", uuid, "--from", "chunk")
                #expect(partly.ending == .exited(0), "\(partly)")
                try await scene.complete(job: "quay", 4)
                #expect(scene.tools.lines.count == mark, "\(scene.tools.lines[mark...])")
                #expect(daemons.map { childFaults($0.pid) } == faults)
                #expect(try await Self.stages(scene, version: 2, "run.carried_from = 1") == ["clean_text", "detect", "extract_text"])
                #expect(
                    try await Self.stages(scene, version: 2, "run.carried_from IS NULL")
                        == ["build_relationships", "chunk", "extract_entities", "index", "resolve_entities", "summarize"])
                #expect(try await Self.stages(scene, version: 1, "true").count == 9, "the old version's outputs are there to be compared")
                let new = try await Self.shown(scene)
                #expect(new.versions == [2], "one version is shown")
                #expect(new.rows == old.rows)
                let difference = try scene.operate("pipeline", "diff", "1", "2", uuid)
                #expect(difference.ending == .exited(0) && difference.text.contains("extract_text"), "\(difference)")

                let wholly = try scene.operate("reprocess", uuid, "--clean", "--yes")
                #expect(wholly.ending == .exited(0), "\(wholly)")
                try await scene.complete(job: "quay", 6)
                #expect(scene.tools.lines.count > mark, "a new version takes nothing that an old one made")
                #expect(try await Self.shown(scene).versions == [3])
                #expect(try await Self.shown(scene).rows == old.rows)
                #expect(try await scene.fleet.count("SELECT count(*) FROM stage_run WHERE processing_version < 3") == 0)
                #expect(try await scene.fleet.count("SELECT count(*) FROM stage_output WHERE processing_version < 3") == 0)
                // Each version is one more file of the job.
                try await scene.fleet.check(job: "quay", processed: 3)
                let job = try await scene.fleet.pool.query("SELECT tenant_id, total_files::bigint, status FROM processing_job").one()
                #expect(try job[0, as: String?.self] == "acme")
                #expect(try job[1, as: Int.self] == 3)
                #expect(try job[2, as: String.self] == "completed")
                let reconciled = try scene.operate("reconcile")
                #expect(reconciled.ending == .exited(0), "\(reconciled.text)")
                print("reprocessed from chunk on: 0 programs; wholly: \(scene.tools.lines.count - mark); \(difference.text)")
            }
        }

        /// Which versions the rows are of that readers see, and how many there are in each table.
        private static func shown(_ scene: CacheFleet) async throws -> (versions: Set<Int>, rows: [String: Int]) {
            var shown: (versions: Set<Int>, rows: [String: Int]) = ([], [:])
            for table in ["chunk", "entity_mention", "relationship_evidence"] {
                for row in try await scene.fleet.pool.query("SELECT version, count(*) FROM \(identifier: table) GROUP BY version") {
                    shown.versions.insert(Int(try row[0, as: Int32.self]))
                    shown.rows[table, default: 0] += try row[1, as: Int.self]
                }
            }
            shown.versions.insert(try await scene.fleet.count("SELECT current_version::bigint FROM document"))
            return shown
        }

        private static func stages(_ scene: CacheFleet, version: Int, _ condition: PostgresQuery) async throws -> [String] {
            try await scene.fleet.pool.query(
                """
                SELECT run.stage FROM stage_run AS run
                WHERE run.processing_version = \(Int32(version)) AND run.status = 'completed' AND \(fragment: condition) ORDER BY run.stage
                """
            ).map { try $0[0, as: String.self] }
        }

        /// All that a dry run must leave alone.
        private static func everything(_ scene: CacheFleet) async throws -> [String] {
            var all: [String] = []
            for table in ["work_item", "stage_run", "stage_output", "document", "chunk", "entity_mention", "version_cleanup", "outbox"] {
                let row = try await scene.fleet.pool.query(
                    "SELECT coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '') FROM \(identifier: table) AS t"
                ).one()
                all.append(try row[0, as: String.self])
            }
            let counts = try await scene.fleet.broker.counts()
            return all + ["\(counts.ready) \(counts.leased) \(counts.scheduled) \(counts.dead)"]
        }
    }
}
