internal import FaultProxy
internal import Flotilla
internal import FlotillaRedis
internal import PostgresClient
internal import Threading

/// T24: PostgreSQL commits and the answer never arrives, or the COMMIT never did.
struct LostCommits: Scenario {
    let id = "T24"
    let title = "committed but the answer was lost"
    let promise = "nothing lost, every effect once, attempts counted right"
    let length = ScenarioLength.short
    var options: SceneOptions {
        var options = SceneOptions(environment: ["CONCURRENCY": "4"])
        options.samplesConservation = false
        return options
    }

    /// What the daemons write: a group of statements that is sent together is one transaction, and its answer is the commit's.
    private static let statements = [
        "COMMIT", "INSERT INTO work_item", "UPDATE work_item AS item", "INSERT INTO processing_job", "INSERT INTO dead_letter",
        "INSERT INTO stage_run", "UPDATE outbox AS message",
    ]

    private static func job(_ number: Int) -> TestJob {
        switch number % 20 {
        case 0: TestJob("c\(number)", run: "fail", end: .dead(.attemptsSpent))
        case 1: TestJob("c\(number)", run: "permanent", end: .dead(.permanent))
        case 2..<10: TestJob("c\(number)", run: "stages", job: "j\(number / 20)")
        default: TestJob("c\(number)", job: "j\(number / 20)")
        }
    }

    func run(_ scene: Scene) async throws {
        let proxy = try scene.postgresProxy()
        let environment = scene.environment(redis: nil, postgres: proxy)
        let fleet = [try scene.worker(environment), try scene.worker(environment), try scene.scheduler(environment)]
        try await scene.ready(workers: 2)
        let count = scene.setting.isLong ? 10 : 3
        var number = 0
        for (name, effect) in [("answer", Trap.Effect.loseReply(.reset)), ("request", .loseRequest(.reset))] {
            let traps = Self.statements.map { proxy.arm(Trap([$0], count: count, effect: effect)) }
            scene.journal.note("lose \(name) of \(count) of each statement", "postgres")
            // Jobs come until every kind has been met.
            try await scene.eventually("every trap is sprung", within: .seconds(120), every: .milliseconds(100)) {
                if try await scene.broker.counts().ready < 100 {
                    try await scene.send((number..<number + 20).map { Self.job($0) })
                    number += 20
                }
                return traps.allSatisfy { $0.sprung == count }
            }
            try await scene.settled(within: .seconds(90))
        }
        scene.measured("lost answers and requests, over \(Self.statements.count) statements", proxy.statistics.trapped)
        scene.expectRunning(fleet)
        let begins = Dictionary(grouping: scene.runs.begins, by: \.name)
        for job in (0..<number).map({ Self.job($0) }) where job.run == "fail" {
            let attempts = Set(begins[job.name, default: []].map(\.attempt))
            scene.expect(attempts == [1, 2, 3, 4], "\(job.name) ran as attempts \(attempts.sorted())")
        }
        let wrong = try await scene.count(
            """
            SELECT count(*) FROM work_item
            WHERE failures <> CASE status WHEN 'failed' THEN CASE WHEN filename LIKE 'c%' AND substr(filename, 2)::int % 20 = 0 THEN 4 ELSE 1 END ELSE 0 END
            """)
        scene.expect(wrong == 0, "\(wrong) jobs with a wrong count of failures")
        try await scene.checkCounters()
    }
}
