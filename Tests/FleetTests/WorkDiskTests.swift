import Flotilla
import FlotillaRedis
import Glibc
import PostgresClient
import ServerHarness
import Testing

extension FleetTests {
    /// The disk of a worker's own directory is full.
    @Suite struct WorkDisk {
        @Test(.enabled(if: geteuid() == 0, "mounting a file system needs root"), .timeLimit(.minutes(2)))
        func `a full work directory pauses the processor, burns nothing, stores nothing in part, and work goes on when there is room`()
            async throws
        {
            let disk = try SmallDisk(megabytes: 4)
            try await Fleet.with(["WORK_DIRECTORY": "\(disk.path)/work", "CONCURRENCY": "2"]) { fleet in
                try fleet.makeFiles()
                disk.fill()
                let processor = try fleet.start("document-processor")
                _ = try fleet.scheduler()
                for job in ["a", "b", "c"] { try await fleet.push("document_queue", fleet.fileMessage("salvage-agreement.pdf", job: job)) }
                try await eventually("the log says that the disk is full", within: .seconds(30)) {
                    let log = readText(processor.log)
                    return log.contains("disk_full") || log.contains("No space left on device")
                }
                try await Task.sleep(for: .seconds(3))
                // Written to meanwhile, it would have room.
                #expect(disk.fill() < 1 << 20)
                #expect(try await fleet.broker.counts().dead == 0)
                #expect(try await fleet.count("SELECT count(*) FROM work_item WHERE finished_at IS NOT NULL OR failures > 0") == 0)
                #expect(try await fleet.count("SELECT count(*) FROM stage_output WHERE stage = 'extract_text'") == 0)
                #expect(try await fleet.count("SELECT count(*) FROM chunk") == 0)
                disk.free()
                try await eventually("all work is done", within: .seconds(40), every: .milliseconds(100)) {
                    try await fleet.count("SELECT count(*) FROM work_item WHERE queue = 'document_queue' AND status = 'completed'") == 3
                }
                #expect(try await fleet.count("SELECT count(*) FROM work_item WHERE failures > 0") == 0)
                #expect(try await fleet.broker.counts().dead == 0)
                #expect(processor.process.isRunning)
                for job in ["a", "b", "c"] { try await fleet.check(job: job, processed: 1) }
            }
        }
    }
}
