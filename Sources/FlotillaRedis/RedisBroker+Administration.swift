public import Flotilla
internal import RedisClient
internal import Threading

extension RedisBroker {
    /// The most that one call reads.
    static let pageLimit = 1_000

    public func counts() async throws(BrokerError) -> QueueCounts {
        // The script must be given every worker's keys; when workers come and go in between, it is asked again.
        var attempt = 0
        while true {
            attempt += 1
            let members = try await self.pipeline(
                [
                    ["ZRANGE", .text(self.keys.workers), 0, 4_999], ["ZRANGE", .text(self.keys.swept), 0, 999],
                ], "counts"
            ).flatMap { $0.array ?? [] }
            var keys = [
                self.keys.queue, self.names.retry, self.names.deadLetter, self.keys.paused, self.keys.workers, self.keys.swept,
            ]
            // One that was swept and registered again is in both sets, and holds what it holds once.
            for name in Set(members.map { $0.bytes ?? [] }) {
                let worker = WorkerID(String(decoding: name, as: UTF8.self))
                keys += [self.keys.inflight(worker), self.keys.landing(worker)]
            }
            let reply = try await self.run(Script.counts, "counts", keys: keys, [])
            let numbers = reply.array?.compactMap(\.int).map { Int(clamping: $0) } ?? []
            guard numbers.count == 7 else { throw Self.unexpected("counts") }
            if numbers[6] != members.count, attempt < 4 { continue }
            return QueueCounts(
                ready: numbers[0], leased: numbers[1], scheduled: numbers[2], dead: numbers[3], overdue: .milliseconds(numbers[4]),
                isPaused: numbers[5] == 1)
        }
    }

    // MARK: Pausing

    public func pause(reason: String) async throws(BrokerError) {
        _ = try await self.send(["SET", .text(self.keys.paused), .text(reason)], "pause")
    }

    public func resume() async throws(BrokerError) {
        _ = try await self.send(["DEL", .text(self.keys.paused)], "resume")
    }

    public func pauseReason() async throws(BrokerError) -> String? {
        try await self.send(["GET", .text(self.keys.paused)], "pauseReason").bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Workers

    public func workers() async throws(BrokerError) -> [WorkerStatus] {
        let head = try await self.pipeline(
            [["TIME"], ["ZRANGE", .text(self.keys.workers), 0, .number(Int64(Self.pageLimit - 1)), "WITHSCORES"]], "workers")
        guard let time = head[0].array, time.count == 2, let seconds = time[0].int, let micros = time[1].int, let flat = head[1].array
        else { throw Self.unexpected("workers") }
        let now = seconds &* 1_000 &+ micros / 1_000
        var found: [(id: WorkerID, deadline: Int64)] = []
        var questions: [RedisCommand] = []
        for index in stride(from: 0, to: flat.count - 1, by: 2) {
            let id = WorkerID(String(decoding: flat[index].bytes ?? [], as: UTF8.self))
            let deadline = flat[index + 1].string.flatMap(Double.init).map { $0.magnitude < 1e15 ? Int64($0) : 0 } ?? 0
            found.append((id, deadline))
            questions.append(["HGET", .text(self.keys.workerInfo), .text(id.rawValue)])
            questions.append(["HLEN", .text(self.keys.inflight(id))])
            questions.append(["LLEN", .text(self.keys.landing(id))])
        }
        let answers = try await self.pipeline(questions, "workers")
        return found.enumerated().map { index, worker in
            WorkerStatus(
                id: worker.id, leaseLeft: .milliseconds(worker.deadline - now),
                held: Int(clamping: (answers[3 * index + 1].int ?? 0) &+ (answers[3 * index + 2].int ?? 0)),
                info: answers[3 * index].bytes.flatMap { WorkerInfo(json: $0) })
        }
    }

    public func holdings(of worker: WorkerID) async throws(BrokerError) -> [Holding] {
        let lists = try await self.pipeline(
            [
                ["HKEYS", .text(self.keys.inflight(worker))],
                ["LRANGE", .text(self.keys.landing(worker)), 0, .number(Int64(Self.pageLimit - 1))],
            ], "holdings")
        let landed = (lists[1].array ?? []).compactMap(\.bytes).map { Holding(delivery: nil, payload: $0) }
        let sequences = (lists[0].array ?? []).compactMap { $0.string.flatMap { UInt64($0) } }.sorted()
        var held: [Holding] = []
        // It may hold several claims: what has ended waits for PostgreSQL, or for this server.
        for start in stride(from: 0, to: sequences.count, by: Self.pageLimit) {
            let page = sequences[start..<min(start + Self.pageLimit, sequences.count)]
            var command = RedisCommand("HMGET", capacity: page.count * 16)
            command.append(self.keys.inflight(worker))
            for sequence in page { command.append(sequence) }
            let payloads = try await self.send(command, "holdings").array ?? []
            // One that was settled in between has no payload any more.
            held += zip(page, payloads).compactMap { sequence, payload in
                payload.bytes.map { Holding(delivery: DeliveryID(worker: worker, sequence: sequence), payload: $0) }
            }
        }
        return held + landed
    }

    // MARK: Pages

    public func readyMessages(from start: Int, limit: Int) async throws(BrokerError) -> [[UInt8]] {
        guard let page = Page(start, limit) else { return [] }
        // Consumers take from the right.
        let reply = try await self.send(
            ["LRANGE", .text(self.keys.queue), .number(-1 - page.last), .number(-1 - page.first)], "readyMessages")
        return (reply.array ?? []).compactMap(\.bytes).reversed()
    }

    public func scheduledMessages(
        from start: Int, limit: Int
    ) async throws(BrokerError) -> [(payload: [UInt8], dueIn: Duration, dueAt: Int64)] {
        guard let page = Page(start, limit) else { return [] }
        let replies = try await self.pipeline(
            [["TIME"], ["ZRANGE", .text(self.names.retry), .number(page.first), .number(page.last), "WITHSCORES"]], "scheduledMessages")
        guard let time = replies[0].array, time.count == 2, let seconds = time[0].int, let micros = time[1].int, let flat = replies[1].array
        else { throw Self.unexpected("scheduledMessages") }
        let now = seconds &* 1_000_000 &+ micros
        return stride(from: 0, to: flat.count - 1, by: 2).compactMap { index in
            guard let payload = flat[index].bytes, let score = flat[index + 1].string.flatMap(Double.init) else { return nil }
            // Scores are anybody's: infinite ones are shown as the far past and the far future.
            let due = Int64(min(max(score, -9e9), 9e9) * 1e6)
            return (payload, .microseconds(due - now), due)
        }
    }

    public func deadLetters(from start: Int, limit: Int) async throws(BrokerError) -> [[UInt8]] {
        guard let page = Page(start, limit) else { return [] }
        let reply = try await self.send(
            ["LRANGE", .text(self.names.deadLetter), .number(page.first), .number(page.last)], "deadLetters")
        return (reply.array ?? []).compactMap(\.bytes)
    }

    private struct Page {
        let first: Int64
        let last: Int64

        /// Nil when nothing is asked for: a limit of 0 must not become Redis's -1, which is everything.
        init?(_ start: Int, _ limit: Int) {
            let start = min(max(start, 0), 1 << 40)
            guard limit > 0 else { return nil }
            self.first = Int64(start)
            self.last = Int64(start + min(limit, RedisBroker.pageLimit) - 1)
        }
    }

    // MARK: Moving

    public func requeue(_ letters: [(payload: [UInt8], restored: [UInt8])]) async throws(BrokerError) -> [Bool] {
        // A call each: finding one takes time in a long list, and others get their turn in between.
        let calls = try Self.atMostHundred(letters, "requeue").map { payload, restored -> RedisCommand in
            let letter = LetterReference(payload, self.keys)
            var command = RedisCommand(
                Script.requeue, keys: [self.names.deadLetter, self.keys.queue, letter.metadataKey],
                capacity: payload.count + restored.count + 64)
            command.append(payload)
            command.append(restored)
            command.append(letter.id)
            return command
        }
        return try await self.pipeline(calls, "requeue").map { $0.int == 1 }
    }

    public func discard(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool] {
        let calls = try Self.atMostHundred(payloads, "discard").map { payload -> RedisCommand in
            let letter = LetterReference(payload, self.keys)
            var command = RedisCommand(
                Script.discard, keys: [self.names.deadLetter, letter.metadataKey], capacity: payload.count + 64)
            command.append(payload)
            command.append(letter.id)
            return command
        }
        return try await self.pipeline(calls, "discard").map { $0.int == 1 }
    }

    public func removeScheduled(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool] {
        let calls = try Self.atMostHundred(payloads, "removeScheduled").map { payload -> RedisCommand in
            ["ZREM", .text(self.names.retry), .bytes(payload)]
        }
        return try await self.pipeline(calls, "removeScheduled").map { $0.int == 1 }
    }

    public func promoteNow(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool] {
        if payloads.isEmpty { return [] }
        let reply = try await self.run(
            Script.hasten, "promoteNow", keys: [self.names.retry], Self.atMostHundred(payloads, "promoteNow").map { .bytes($0) })
        return (reply.array ?? []).map { $0.int == 1 }
    }

    private static func atMostHundred<Element>(_ elements: [Element], _ operation: String) throws(BrokerError) -> [Element] {
        guard elements.count <= 100 else { throw BrokerError(.refused, operation: operation, message: "at most 100 messages a call") }
        return elements
    }
}

/// Which letter a message in the dead-letter queue is about, and where its metadata is.
private struct LetterReference {
    /// Empty when the message does not say: a malformed one, or one that other programs put there.
    let id: String
    let metadataKey: String

    init(_ payload: [UInt8], _ keys: RedisKeys) {
        // What cannot be read names no letter.
        let envelope = try? Envelope(payload)
        self.id = envelope?.deadLetterID ?? ""
        self.metadataKey = keys.metadata(job: envelope?.jobID, filename: envelope?.filename, letter: self.id)
    }
}
