internal import Flotilla
internal import RedisClient
internal import Threading

/// Settlements sorted as `exchange.lua` wants them, in batches that keep each call short.
struct SettlementPlan {
    struct Batch {
        var acks: [(index: Int, id: DeliveryID)] = []
        var releases: [(index: Int, id: DeliveryID)] = []
        var retries: [(index: Int, id: DeliveryID, payload: [UInt8], delay: Duration)] = []
        var dead: [(index: Int, id: DeliveryID, payload: [UInt8], letter: DeadLetter)] = []
        var byteCount = 0

        var count: Int { self.acks.count + self.releases.count + self.retries.count + self.dead.count }
        /// Where each verdict of the reply belongs.
        var order: [Int] { self.acks.map(\.index) + self.releases.map(\.index) + self.retries.map(\.index) + self.dead.map(\.index) }
        func metadataKeys(_ keys: RedisKeys) -> [String] {
            self.dead.map { keys.metadata(job: $0.letter.jobID, filename: $0.letter.filename, letter: $0.letter.id) }
        }

        func append(to command: inout RedisCommand, queue: QueueName, retention: Int64) {
            command.append(self.acks.count)
            command.append(self.releases.count)
            command.append(self.retries.count)
            command.append(self.dead.count)
            command.append(retention)
            command.append(MetadataFields.pairCount)
            // What the caller holds: of more than acknowledgements each is settled by itself.
            command.append(.text(""))
            for ack in self.acks { command.append(ack.id.sequence) }
            for release in self.releases { command.append(release.id.sequence) }
            for retry in self.retries {
                command.append(retry.id.sequence)
                command.append(RedisBroker.delayMilliseconds(retry.delay))
                command.append(retry.payload)
            }
            for dead in self.dead {
                command.append(dead.id.sequence)
                command.append(dead.payload)
                for field in MetadataFields.arguments(of: dead.letter, queue: queue) { command.append(field) }
            }
        }
    }

    private(set) var batches = [Batch()]

    init(_ settlements: [Settlement], by worker: WorkerID) {
        // A delivery of another worker cannot be ours to settle: it stays out, and its verdict is stale.
        let own = settlements.indices.filter { settlements[$0].delivery.worker == worker }
        // Of those that go back the newest goes first, so that the oldest is claimed first again.
        let releases = own.filter { settlements[$0].isRelease }.sorted {
            settlements[$0].delivery.sequence > settlements[$1].delivery.sequence
        }
        for index in releases + own.filter({ !settlements[$0].isRelease }) {
            let settlement = settlements[index]
            let last = self.batches.count - 1
            let size = settlement.byteCount
            // Each dead one has a key of its own, and unpack() in Lua has its limits.
            if self.batches[last].count >= 1_000 || self.batches[last].dead.count >= 100
                || self.batches[last].count > 0 && self.batches[last].byteCount + size > 4 << 20
            {
                self.batches.append(Batch())
            }
            self.batches[self.batches.count - 1].add(settlement, at: index, size: size)
        }
    }
}

extension SettlementPlan.Batch {
    fileprivate mutating func add(_ settlement: Settlement, at index: Int, size: Int) {
        self.byteCount += size
        switch settlement {
        case .ack(let id): self.acks.append((index, id))
        case .release(let id): self.releases.append((index, id))
        case .retry(let id, let payload, let delay): self.retries.append((index, id, payload, delay))
        case .dead(let id, let payload, let letter): self.dead.append((index, id, payload, letter))
        }
    }
}

extension Settlement {
    fileprivate var isRelease: Bool {
        if case .release = self { true } else { false }
    }

    fileprivate var byteCount: Int {
        switch self {
        case .ack, .release: 16
        case .retry(_, let payload, _): payload.count + 48
        case .dead(_, let payload, let letter): payload.count + letter.stackTrace.utf8.count + letter.errorMessage.utf8.count + 640
        }
    }
}

/// What `dlq:metadata:…` says about a dead letter; `failure_count`, `first_failure_time`, `last_failure_time`, `state` and `requeue_count`
/// are the scripts' business.
enum MetadataFields {
    static let pairCount = 11

    /// Where the latest letter of one queue is named: a file that died in two queues has one hash.
    static func letterField(_ queue: QueueName) -> String { "dead_letter_id:\(queue.rawValue)" }

    /// The time of the failure, then the pairs.
    static func arguments(of letter: DeadLetter, queue: QueueName) -> [RedisArgument] {
        let pairs: [(String, String)] = [
            ("original_queue", letter.originalQueue.rawValue), ("error_message", letter.errorMessage), ("stack_trace", letter.stackTrace),
            ("retry_count", String(max(0, letter.failureCount - 1))), ("dead_letter_id", letter.id), (self.letterField(queue), letter.id),
            ("reason", letter.reason.rawValue),
            ("fingerprint", letter.fingerprint), ("stage", letter.stage?.rawValue ?? ""), ("job_id", letter.jobID ?? ""),
            ("filename", letter.filename ?? ""),
        ]
        var arguments: [RedisArgument] = [.text(Timestamp.text(letter.failureTime))]
        for (name, value) in pairs { arguments += [.text(name), .text(value)] }
        return arguments
    }
}
