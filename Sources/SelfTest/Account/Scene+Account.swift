internal import Flotilla
public import FlotillaPostgres
internal import FlotillaRedis
internal import PostgresClient
internal import Threading

extension Scene {
    /// What became of every job, as it stands now. The latest one is the scene's: a scenario that looks at it needs no other.
    ///
    /// - Throws: when a server does not answer.
    @discardableResult
    public func account() async throws -> Account {
        let sent = self.sentJobs
        var account = Account(sent: sent.count + self.malformed.count, report: try await self.reconcile())
        let items = try await self.items()
        let messages = try await self.messages()
        let effects = try await self.effects()
        for (name, job) in sent.sorted(by: { $0.key < $1.key }) {
            self.judge(job.job, items[name], messages, effects: effects[name] ?? 0, into: &account)
        }
        account.strangers = items.keys.filter { sent[$0] == nil }.sorted()
        let missing = self.malformed.count - messages.malformed
        if missing > 0 { account.lost.append("\(missing) malformed messages") }
        if missing < 0 { account.strangers.append("\(-missing) malformed messages") }
        account.duplicatesExecuted = self.duplicatesExecuted(items)
        if self.options.measuresStall {
            account.longestStall = Self.longestStall(sent.map { name, job in (sent: job.time, ended: items[name]?.finishedAt) })
        }
        let result = account
        self.state.withLock { $0.account = result }
        return result
    }

    /// What the reconciler of the product says.
    public func reconcile() async throws -> ReconcileReport {
        try await self.reconciler().run()
    }

    /// A reconciler of all queues.
    func reconciler() -> Reconciler {
        let brokers = self.brokers.values.sorted { $0.queue.rawValue < $1.queue.rawValue }
        return Reconciler(
            pool: self.pool, countingQueues: Set(brokers.map(\.queue)), brokers: brokers, settleTime: .milliseconds(300))
    }

    // MARK: Reading

    struct Item {
        var status: String
        var finishedAt: Int64?
        /// How often it was put back from the dead.
        var requeues: Int
        /// State of its dead letter in the history.
        var letter: String?
    }

    /// Work items by file name.
    private func items() async throws -> [String: Item] {
        let rows = try await self.pool.query(
            """
            SELECT item.filename, item.status, item.finished_at, letter.state, item.requeues
            FROM work_item AS item LEFT JOIN dead_letter AS letter ON letter.id = item.dead_letter_id
            """)
        var items: [String: Item] = [:]
        for row in rows {
            items[try row[0, as: String?.self] ?? "?"] = Item(
                status: try row[1, as: String.self], finishedAt: try row[2, as: PostgresTimestamp?.self]?.microseconds,
                requeues: try row[4, as: Int.self], letter: try row[3, as: String?.self])
        }
        return items
    }

    /// Where messages lie, by file name.
    struct Messages {
        var live: Set<String> = []
        var dead: [String: [DeadLetter]] = [:]
        /// In the dead-letter queue, and no message at all.
        var malformed = 0
    }

    private func messages() async throws -> Messages {
        var messages = Messages()
        func note(_ payload: [UInt8]) {
            // The malformed wait for their end.
            if let name = (try? Envelope(payload))?.filename { messages.live.insert(name) }
        }
        for broker in self.brokers.values {
            for payload in try await self.pages({ try await broker.readyMessages(from: $0, limit: $1) }) { note(payload) }
            for worker in try await broker.workers() {
                for holding in try await broker.holdings(of: worker.id) { note(holding.payload) }
            }
            for message in try await self.pages({ try await broker.scheduledMessages(from: $0, limit: $1) }) { note(message.payload) }
            for payload in try await self.pages({ try await broker.deadLetters(from: $0, limit: $1) }) {
                let entry = DeadLetterEntry(payload, queue: broker.queue)
                if entry.envelope == nil {
                    messages.malformed += 1
                } else {
                    messages.dead[entry.letter.filename ?? "?", default: []].append(entry.letter)
                }
            }
        }
        return messages
    }

    func pages<Element>(_ read: (_ start: Int, _ limit: Int) async throws -> [Element]) async throws -> [Element] {
        var all: [Element] = []
        while true {
            let page = try await read(all.count, 1_000)
            all += page
            if page.count < 1_000 { return all }
        }
    }

    /// How many effects each job has, by file name.
    private func effects() async throws -> [String: Int] {
        let rows = try await self.pool.query(
            """
            SELECT convert_from(payload, 'UTF8')::json ->> 'filename', count(*) FROM outbox
            WHERE queue = \(TestJob.effects.rawValue) GROUP BY 1
            """)
        return Dictionary(try rows.map { (try $0[0, as: String?.self] ?? "?", try $0[1, as: Int.self]) }) { $0 + $1 }
    }

    // MARK: Judging

    private func judge(_ job: TestJob, _ item: Item?, _ messages: Messages, effects: Int, into account: inout Account) {
        let letters = messages.dead[job.name] ?? []
        let isLive = messages.live.contains(job.name)
        if effects > 1 { account.duplicatesApplied.append(job.name) }
        switch item?.status {
        case "completed":
            if effects == 0 { account.wrongEffects.append(job.name) }
            if !letters.isEmpty {
                account.wrongEnds.append("\(job.name): completed, and in the dead-letter queue")
            } else if case .dead(let reason) = job.end {
                account.wrongEnds.append("\(job.name): completed instead of dead (\(reason))")
            }
        case "failed":
            if effects > 0 { account.wrongEffects.append(job.name) }
            self.judgeDead(job, item?.letter, letters, isLive: isLive, into: &account)
        case "cancelled":
            if job.end != .any { account.wrongEnds.append("\(job.name): cancelled") }
        default:
            // Open, or unknown to PostgreSQL: it is as good as its message.
            if isLive || !letters.isEmpty { account.unfinished.append(job.name) } else { account.lost.append(job.name) }
        }
    }

    private func judgeDead(
        _ job: TestJob, _ state: String?, _ letters: [DeadLetter], isLive: Bool, into account: inout Account
    ) {
        if letters.count > 1 { account.wrongEnds.append("\(job.name): \(letters.count) dead letters") }
        guard let letter = letters.first else {
            let isSettled = state == "discarded" || state == "expired"
            if !isSettled { if isLive { account.unfinished.append(job.name) } else { account.lost.append(job.name) } }
            return
        }
        switch job.end {
        case .any: break
        case .dead(let reason):
            if letter.reason != reason { account.wrongEnds.append("\(job.name): dead for \(letter.reason) instead of \(reason)") }
        case .completed:
            if letter.reason == .crash {
                account.innocentsQuarantined.append(job.name)
            } else {
                account.wrongEnds.append("\(job.name): dead (\(letter.reason)) instead of completed")
            }
        }
    }

    /// Runs beyond the first of each attempt of each job; who was put back begins to count anew.
    private func duplicatesExecuted(_ items: [String: Item]) -> Int {
        Dictionary(grouping: self.runs.begins, by: \.name).reduce(0) { sum, runs in
            let attempts = Dictionary(grouping: runs.value, by: \.attempt)
            let lives = 1 + (items[runs.key]?.requeues ?? 0)
            return sum + attempts.values.reduce(0) { $0 + max(0, $1.count - lives) }
        }
    }

    /// The longest time between two ends, or between the first job's arrival and an end, while a job was waiting. Jobs that have not ended wait
    /// no longer than the last end: they are named elsewhere.
    static func longestStall(_ jobs: [(sent: Int64, ended: Int64?)]) -> Duration {
        var events: [(time: Int64, isEnd: Bool)] = []
        for job in jobs {
            events.append((job.sent, false))
            // PostgreSQL's transaction may have begun a moment before the producer heard of its message.
            if let ended = job.ended { events.append((max(ended, job.sent), true)) }
        }
        events.sort { $0.time != $1.time ? $0.time < $1.time : !$0.isEnd }
        var waiting = 0
        var since: Int64 = 0
        var longest: Int64 = 0
        for event in events {
            if event.isEnd {
                longest = max(longest, event.time - since)
                since = event.time
                waiting -= 1
            } else {
                if waiting == 0 { since = event.time }
                waiting += 1
            }
        }
        return .microseconds(longest)
    }
}
