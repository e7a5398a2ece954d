import Flotilla
import FlotillaPostgres
import Testing

@testable import OperatorCommands

private let busy = PipelineSnapshot(
    time: noon, window: .seconds(900),
    queues: .known([
        .init(
            name: "document_queue", counts: .init(ready: 12_345, leased: 8, scheduled: 3, dead: 2, overdue: .zero, isPaused: false),
            arriving: 12.34, leaving: 0.25, oldest: .seconds(192), live: 2, dead: 0, held: 8, slots: 8),
        .init(
            name: "audio_queue", counts: .init(ready: 1, leased: 0, scheduled: 0, dead: 0, overdue: .seconds(75), isPaused: false),
            live: 0, dead: 1, held: 0, slots: 0),
    ]),
    activity: .known(
        .init(
            at: noon, since: noon - 900_000_000,
            stages: [
                .init(
                    stage: "detect", running: 1, runs: 400, failed: 3, cached: 100, saved: .milliseconds(4_200), median: .milliseconds(12),
                    percentile95: .milliseconds(95), longest: .milliseconds(1_300)),
                .init(stage: "recognize", running: 7, runs: 0),
            ],
            versions: [
                .init(version: 1, documents: 90, done: 80, failed: 2, meanWork: .milliseconds(12_400), runs: 360),
                .init(
                    version: 2, documents: 10, done: 10, failed: 0, meanWork: .milliseconds(900), runs: 40, cached: 39, saved: .seconds(75)),
            ],
            running: [
                .init(
                    stage: "recognize", documentUUID: "c39937bd-461f-8db4-bc79-aa56e46f0437", version: 1, attempt: 2, worker: "w",
                    since: noon - 62_000_000,
                    filename: "scan of a very long name, page after page, as people call their files, 2026-11-21.pdf")
            ])),
    instances: [
        .init(
            purpose: "queues",
            memory: .known(
                RedisMemory([
                    "redis_version": "7.0.15", "used_memory": "3565158", "used_memory_peak": "4000000", "maxmemory": "0",
                    "maxmemory_policy": "noeviction", "mem_fragmentation_ratio": "1.75", "evicted_keys": "0", "connected_clients": "9",
                ])))
    ],
    daemons: [.init(role: "document-processor", process: 812, bytes: 85_000_000)])

private func text(_ snapshot: PipelineSnapshot, width: Int, height: Int? = nil) -> String {
    PipelinePage.page(snapshot, width: width, isLive: height != nil).lines(height: height).map(\.text).joined(separator: "\n")
}

@Suite struct PipelinePageTests {
    @Test func `at 80 columns the page looks like this`() {
        #expect(
            text(busy, width: 80) == """
                flotilla pipeline  2026-11-21T10:00:00Z

                QUEUES
                ! audio_queue: messages wait and no worker is alive
                ! audio_queue: 1 workers died and nobody took over yet (†)
                ! audio_queue: a retry is overdue by 1m15s: is a retry-scheduler alive?
                QUEUE           READY  LEASED  SCHED  DEAD  IN/S  OUT/S  OLDEST  WORKERS  BUSY
                document_queue  12345       8      3     2  12.3   0.25   3m12s        2   8/8
                audio_queue         1       0      0     0     -      -       -     0+1†   0/0
                """)
        #expect(text(busy, width: 80).split(separator: "\n").allSatisfy { TerminalText.width(String($0)) <= 80 })
    }

    @Test func `at 120 columns the page looks like this`() {
        #expect(text(busy, width: 120) == "")
    }
}
