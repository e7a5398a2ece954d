import Flotilla
import FlotillaPostgres
import JSONText
import Testing

@testable import OperatorCommands

private func memory(_ changes: [String: String] = [:]) -> RedisMemory {
    RedisMemory(
        [
            "redis_version": "7.0.15", "used_memory": "3565158", "used_memory_peak": "4000000", "maxmemory": "0",
            "maxmemory_policy": "noeviction", "mem_fragmentation_ratio": "1.75", "evicted_keys": "0", "connected_clients": "9",
        ].merging(changes) { $1 })
}

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
    instances: [.init(purpose: "queues", memory: .known(memory()))], queriesAvoided: 5_120,
    daemons: [.init(role: "document-processor", process: 812, bytes: 85_000_000)])

private func lines(_ snapshot: PipelineSnapshot, width: Int, height: Int? = nil) -> [String] {
    PipelinePage.page(snapshot, width: width, isLive: height != nil).lines(height: height).map(\.text)
}

private func text(_ snapshot: PipelineSnapshot, width: Int, height: Int? = nil) -> String {
    lines(snapshot, width: width, height: height).joined(separator: "\n")
}

@Suite struct PipelinePageTests {
    @Test(arguments: [(80, "af…"), (120, "as people call their files, 20…")])
    func `the page looks like this`(width: Int, file: String) {
        let before = width == 80 ? "scan of a very long name, page " : "scan of a very long name, page after page, "
        #expect(
            text(busy, width: width) == """
                flotilla pipeline  2026-11-21T10:00:00Z

                QUEUES
                ! audio_queue: messages wait and no worker is alive
                ! audio_queue: 1 dead worker (†), and nobody took over yet
                ! audio_queue: a retry is overdue by 1m15s: is a retry-scheduler alive?
                QUEUE           READY  LEASED  SCHED  DEAD  IN/S  OUT/S  OLDEST  WORKERS  BUSY
                document_queue  12345       8      3     2  12.3   0.25   3m12s        2   8/8
                audio_queue         1       0      0     0     -      -       -     0+1†   0/0

                STAGES in the last 15m0s
                STAGE      NOW  RUNS  FAILED   P50   P95   MAX  CACHED  SAVED
                detect       1   400       3  12ms  95ms  1.3s    25 %   4.2s
                recognize    7     0       0     -     -     -       -      -

                ENGINES
                300 runs of engines, 100 avoided by the cache (25 %), 4.2s of work saved
                5120 queries of applications avoided by the cache

                VERSIONS
                VERSION  DOCUMENTS  DONE  FAILED  OPEN  MEAN WORK  CACHED  SAVED
                1               90    80       2     8        12s     0 %      -
                2               10    10       0     0      900ms    98 %  1m15s

                RUNNING LONGEST
                STAGE       FOR  TRY  VERSION  DOCUMENT       FILE
                recognize  1m2s    2  1        c39937bd-461f  \(before)\(file)

                MEMORY
                REDIS FOR     USED     PEAK  LIMIT  POLICY      FRAGM  EVICTED  CLIENTS
                queues     3.3 MiB  3.8 MiB   none  noeviction   1.75        0        9

                DAEMONS HERE
                document-processor 812: 81.0 MiB
                """)
        #expect(lines(busy, width: width).allSatisfy { TerminalText.width($0) <= width })
    }

    @Test func `servers that are away are said to be, in words, and the rest is shown`() {
        var snapshot = busy
        snapshot.queues = .failed("connection refused")
        snapshot.activity = .failed("the server is starting")
        snapshot.instances = [.init(purpose: "cache", memory: .failed("timeout"))]
        snapshot.daemons = []
        #expect(
            text(snapshot, width: 80) == """
                flotilla pipeline  2026-11-21T10:00:00Z

                QUEUES
                ! Redis does not answer: connection refused

                STAGES
                ! PostgreSQL does not answer: the server is starting

                MEMORY
                ! the Redis for cache does not answer: timeout
                no Redis answers
                """)
        #expect(JSONValue.object(snapshot.json)["queues_error"]?.string == "connection refused")
        #expect(JSONValue.object(snapshot.json)["queues"] == .null)
    }

    @Test func `a low window keeps what is wrong, and says how much it does not show`() {
        var snapshot = busy
        let stages = (0..<40).map { StageActivity(stage: "stage-\($0)", runs: 40 - $0) }
        snapshot.activity = .known(PipelineActivity(at: noon, since: noon - 60_000_000, stages: stages))
        for height in [30, 24, 12, 2, 1] {
            let shown = lines(snapshot, width: 80, height: height)
            #expect(shown.count <= height)
            if height >= 12 { #expect(shown.contains("! audio_queue: messages wait and no worker is alive"), "\(height)") }
        }
        let shown = lines(snapshot, width: 80, height: 36)
        #expect(shown.contains { $0.hasPrefix("… and ") && $0.hasSuffix(" more") })
        #expect(shown.contains("DAEMONS HERE"))
        #expect(lines(snapshot, width: 80, height: 12).last?.contains("make the window higher") == true)
        #expect(lines(snapshot, width: 80, height: 200).count == lines(snapshot, width: 80).count)
    }

    @Test(
        arguments: [
            "\u{1B}[2J\u{1B}[31mred", "invoice\u{202E}fdp.exe", "\u{1B}]0;title\u{7}", String(repeating: "long ", count: 200), "日本語の長い名前",
            "a\nb\rc",
        ]) func `what strangers name their things neither breaks the page nor leaves its lines`(name: String)
    {
        var snapshot = busy
        var queue = busy.queues.value?[0]
        queue?.name = name
        queue?.counts.isPaused = true
        queue?.pauseReason = name
        snapshot.queues = .known([queue].compactMap { $0 })
        snapshot.activity = .known(
            .init(
                at: noon, since: noon - 60_000_000, stages: [.init(stage: name, runs: 1)],
                running: [
                    .init(stage: "s", documentUUID: "d", version: 1, attempt: 1, worker: name, since: noon, filename: name)
                ]))
        for width in [80, 120] {
            for line in lines(snapshot, width: width) {
                #expect(TerminalText.width(line) <= width, "\(line)")
                #expect(!line.unicodeScalars.contains { TerminalText.isDangerous($0, keepsLines: false) })
            }
        }
    }

    @Test func `an instance that may lose messages, or is nearly full, is an alarm`() {
        var snapshot = busy
        snapshot.instances = [
            .init(
                purpose: "queues and cache", memory: .known(memory(["maxmemory": "4000000", "maxmemory_policy": "allkeys-lru"])))
        ]
        let shown = PipelinePage.page(snapshot, width: 120, isLive: false).lines(height: nil)
        #expect(shown.contains(.init(text: "! the Redis for queues and cache uses 89 % of its memory", style: .alarm)))
        #expect(shown.contains { $0.text.contains("may throw messages away: its policy is allkeys-lru") && $0.style == .alarm })
    }

    @Test func `figures are short and never say more than is known`() {
        #expect(
            [nil, 0, 0.001, 0.25, 3.14, 99.96, 128.4, 12_600, .infinity].map(MonitorText.rate)
                == ["-", "0", "0", "0.25", "3.1", "100", "128", "13k", "-"])
        #expect(MonitorText.share(1, of: 1_000) == "<1 %")
        #expect(MonitorText.share(999, of: 1_000) == ">99 %")
        #expect(MonitorText.share(1_000, of: 1_000) == "100 %")
        #expect(MonitorText.share(0, of: 0) == "-")
        #expect(MonitorText.decimal(-1.5) == "-1.50")
        #expect(MonitorText.brief(.microseconds(85)) == "85us")
        #expect(MonitorText.brief(.microseconds(1_250)) == "1.2ms")
        #expect(MonitorText.brief(.milliseconds(450)) == "450ms")
    }
}
