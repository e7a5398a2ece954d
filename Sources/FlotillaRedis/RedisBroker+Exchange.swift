public import Flotilla
internal import RedisClient
internal import Threading

extension RedisBroker {
    public func exchange(
        _ settlements: [Settlement], claiming count: Int, firstSequence: UInt64, isRepeat: Bool, by worker: WorkerID, lease: Duration,
        holding: Int?
    ) async throws(BrokerError) -> Exchange {
        let count = min(max(count, 0), 1_000)
        // Lua's numbers are doubles: beyond 2^53 two sequence numbers would be one.
        guard firstSequence < 1 << 53 - 1_000 else {
            throw BrokerError(.refused, operation: "exchange", message: "the worker's sequence numbers are used up")
        }
        if settlements.count <= 1_000, settlements.allSatisfy({ $0.isAck(of: worker) }) {
            return try await self.exchangeAcks(settlements, count, firstSequence, isRepeat, worker, lease, holding)
        }
        let plan = SettlementPlan(settlements, by: worker)
        var result = Exchange(verdicts: Array(repeating: .stale, count: settlements.count))
        for (index, batch) in plan.batches.enumerated() {
            let isLast = index == plan.batches.count - 1
            var command = self.command(for: worker, lease: lease, metadata: batch.metadataKeys(self.keys), capacity: batch.byteCount)
            command.append(isLast ? count : 0)
            command.append(firstSequence)
            command.append(isRepeat ? 1 : 0)
            batch.append(to: &command, queue: self.queue, retention: self.retentionSeconds)
            let reply = try await ExchangeReply(self.send(command, "exchange"), firstSequence: firstSequence, worker: worker)
            for (offset, index) in batch.order.enumerated() { result.verdicts[index] = reply.verdict(at: offset) }
            result.isLeaseLost = reply.isLeaseLost
            result.isPaused = reply.isPaused
            result.deliveries = reply.deliveries
            result.held = reply.held
            if reply.isLeaseLost { break }
        }
        return result
    }

    /// The path of nearly every call: acks alone, which need no sorting.
    private func exchangeAcks(
        _ acks: [Settlement], _ count: Int, _ firstSequence: UInt64, _ isRepeat: Bool, _ worker: WorkerID, _ lease: Duration,
        _ holding: Int?
    ) async throws(BrokerError) -> Exchange {
        let command = self.command(acks, claiming: count, firstSequence, isRepeat, worker, lease, holding)
        let reply = try await ExchangeReply(self.send(command, "exchange"), firstSequence: firstSequence, worker: worker)
        return Exchange(reply, of: acks.count)
    }

    private func command(
        _ acks: [Settlement], claiming count: Int, _ firstSequence: UInt64, _ isRepeat: Bool, _ worker: WorkerID, _ lease: Duration,
        _ holding: Int?
    ) -> RedisCommand {
        var command = self.command(for: worker, lease: lease, metadata: [], capacity: acks.count * 16)
        command.append(count)
        command.append(firstSequence)
        command.append(isRepeat ? 1 : 0)
        command.append(acks.count)
        for _ in 0..<3 { command.append(0) }
        command.append(self.retentionSeconds)
        command.append(0)
        command.append(.text(holding.map(String.init) ?? ""))
        for ack in acks { command.append(ack.delivery.sequence) }
        return command
    }

    private func command(for worker: WorkerID, lease: Duration, metadata: [String], capacity: Int) -> RedisCommand {
        var command = RedisCommand(
            Script.exchange,
            keys: [
                self.keys.queue, self.keys.inflight(worker), self.keys.workers, self.keys.landing(worker), self.keys.repeats(worker),
                self.keys.paused, self.keys.crashes, self.names.retry, self.names.deadLetter,
            ] + metadata, capacity: capacity + 128)
        command.append(worker.rawValue)
        command.append(Self.milliseconds(lease))
        return command
    }

    var retentionSeconds: Int64 {
        self.options.metadataRetention <= .zero ? 0 : max(1, self.options.metadataRetention.inMilliseconds / 1_000)
    }

    // MARK: Waiting

    public func wait(by worker: WorkerID, timeout: Duration) async throws(BrokerError) -> Bool {
        let replies = try await self.pipeline(
            [["LLEN", .text(self.keys.landing(worker))], ["ZSCORE", .text(self.keys.workers), .text(worker.rawValue)]], "wait")
        // A wait that was interrupted may have filled the slot.
        if let count = replies[0].int, count > 0 { return true }
        // A worker that froze for so long that it is forgotten must not be given a message: nobody looks into its slot any more.
        guard let deadline = replies[1].string.flatMap(Double.init), deadline > 0 else { return false }
        guard let results = await self.block(by: worker, timeout: timeout, followedBy: nil) else { return false }
        do {
            return try !results[0].get().isNull
        } catch {
            if Task.isCancelled { return false }
            throw BrokerError(error, operation: "wait")
        }
    }

    /// In one round trip: the exchange stands behind the blocking pop, so that the server runs it in the moment in which a message lands.
    public func claim(
        _ count: Int, firstSequence: UInt64, waiting timeout: Duration, by worker: WorkerID, lease: Duration
    ) async throws(BrokerError) -> Exchange {
        let count = min(max(count, 0), 1_000)
        func exchange() async throws(BrokerError) -> Exchange {
            try await self.exchange([], claiming: count, firstSequence: firstSequence, isRepeat: false, by: worker, lease: lease)
        }
        if self.client.configuration.isCluster {
            // Nodes may send the two commands elsewhere one after the other, and then not in their order.
            _ = try await self.wait(by: worker, timeout: timeout)
            return try await exchange()
        }
        let command = self.command([], claiming: count, firstSequence, false, worker, lease, nil)
        guard let results = await self.block(by: worker, timeout: timeout, followedBy: command) else { return Exchange() }
        let reply: RedisValue
        do { reply = try results[1].get() } catch { throw BrokerError(error, operation: "claim") }
        let result = try Exchange(ExchangeReply(reply, firstSequence: firstSequence, worker: worker), of: 0)
        guard result.deliveries.isEmpty, !result.isPaused, !result.isLeaseLost else { return result }
        switch results[0] {
        case .success(let landed) where landed.isNull: return result
        // Something came between the two: the script was new to a server that had forgotten it, say.
        case .success: return try await exchange()
        // Whoever may not wait must not ask again at once.
        case .failure(let error): throw BrokerError(error, operation: "claim")
        }
    }

    /// Sends the blocking pop, and what is to run right after it. Nil when the task was cancelled before anything was sent.
    private func block(
        by worker: WorkerID, timeout: Duration, followedBy next: RedisCommand?
    ) async -> [Result<RedisValue, RedisError>]? {
        // Shorter than the grace after which a swept worker's slot is looked at for the last time; and 0 would wait for ever.
        let seconds = min(max(timeout.inSeconds, 0.001), Self.landingGrace.inSeconds / 2)
        let pop: RedisCommand = [
            "BLMOVE", .text(self.keys.queue), .text(self.keys.landing(worker)), "RIGHT", "LEFT", .text(Self.decimal(seconds)),
        ]
        let wait = Lock(PendingWait.new)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<[Result<RedisValue, RedisError>]?, Never>) in
                let isCancelled = wait.withLock { state in
                    if state == .cancelled { return true }
                    state = .sent
                    return false
                }
                if isCancelled { return continuation.resume(returning: nil) }
                let limit = .seconds(seconds) + self.client.configuration.commandTimeout
                self.blocking.send([pop] + (next.map { [$0] } ?? []), timeout: limit) { results in
                    wait.withLock { $0 = .ended }
                    continuation.resume(returning: results)
                }
                // Cancelled between the two: what was to be interrupted is only now on its way.
                if wait.withLock({ $0 == .cancelled }) { self.blocking.interrupt() }
            }
        } onCancel: {
            let wasSent = wait.withLock { state in
                defer { if state != .ended { state = .cancelled } }
                return state == .sent
            }
            if wasSent { self.blocking.interrupt() }
        }
    }

    private enum PendingWait { case new, sent, ended, cancelled }

    /// With three decimals, never in scientific notation.
    private static func decimal(_ seconds: Double) -> String {
        let milliseconds = Int64(seconds * 1_000)
        let digits = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
    }
}

extension Settlement {
    func isAck(of worker: WorkerID) -> Bool {
        if case .ack(let id) = self { id.worker == worker } else { false }
    }
}

extension Exchange {
    fileprivate init(_ reply: ExchangeReply, of settlements: Int) {
        self.init(
            verdicts: (0..<settlements).map { reply.verdict(at: $0) }, deliveries: reply.deliveries, isPaused: reply.isPaused,
            isLeaseLost: reply.isLeaseLost, held: reply.held)
    }
}

/// What `exchange.lua` answers.
private struct ExchangeReply {
    let isPaused: Bool
    let isLeaseLost: Bool
    /// Empty when all was settled.
    let verdicts: [UInt8]
    let deliveries: [Delivery]
    let held: Int

    init(_ reply: RedisValue, firstSequence: UInt64, worker: WorkerID) throws(BrokerError) {
        guard case .array(let parts) = reply, parts.count == 5, let state = parts[0].int, let verdicts = parts[1].bytes,
            case .array(let payloads) = parts[2], case .array(let suspects) = parts[3], suspects.count.isMultiple(of: 2),
            let held = parts[4].int
        else { throw RedisBroker.unexpected("exchange") }
        self.isPaused = state == 1
        self.isLeaseLost = state == 2
        self.verdicts = verdicts
        self.held = Int(clamping: held)
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(payloads.count)
        var sequence = firstSequence
        var crashes: [UInt64: Int] = [:]
        for index in stride(from: 0, to: suspects.count, by: 2) {
            guard let position = suspects[index].int, position > 0, let count = suspects[index + 1].int else {
                throw RedisBroker.unexpected("exchange")
            }
            crashes[firstSequence &+ UInt64(position - 1)] = Int(clamping: count)
        }
        for payload in payloads {
            if case .bulk(let bytes) = payload {
                let count = crashes.isEmpty ? 0 : crashes[sequence] ?? 0
                deliveries.append(Delivery(id: DeliveryID(worker: worker, sequence: sequence), payload: bytes, crashes: count))
            }
            sequence &+= 1
        }
        self.deliveries = deliveries
    }

    func verdict(at offset: Int) -> SettlementVerdict {
        if self.verdicts.isEmpty { return .settled }
        return offset < self.verdicts.count && self.verdicts[offset] == UInt8(ascii: "1") ? .settled : .stale
    }
}
