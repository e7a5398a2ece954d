public import Flotilla
internal import Threading

extension InMemoryBroker {
    public func counts() async throws(BrokerError) -> QueueCounts {
        try self.perform("counts") { state, now throws(BrokerError) in
            let held = state.workers.values.reduce(0) { $0 + $1.held.count } + state.landing.values.reduce(0) { $0 + $1.count }
            return QueueCounts(
                ready: state.ready.count, leased: held, scheduled: state.scheduled.count, dead: state.dead.count,
                overdue: max(.zero, state.scheduled.first.map { now - $0.due } ?? .zero), isPaused: state.pauseReason != nil)
        }
    }

    public func pause(reason: String) async throws(BrokerError) {
        try self.perform("pause") { state, _ throws(BrokerError) in state.pauseReason = reason }
    }

    public func resume() async throws(BrokerError) {
        try self.perform("resume") { state, _ throws(BrokerError) in state.pauseReason = nil }
    }

    public func pauseReason() async throws(BrokerError) -> String? {
        try self.perform("pauseReason") { state, _ throws(BrokerError) in state.pauseReason }
    }

    public func workers() async throws(BrokerError) -> [WorkerStatus] {
        try self.perform("workers") { state, now throws(BrokerError) in
            state.workers.map { id, worker in
                WorkerStatus(
                    id: id, leaseLeft: (worker.isBeingSwept ? .zero : worker.deadline) - now,
                    held: worker.held.count + (state.landing[id]?.count ?? 0), info: worker.info)
            }.sorted { $0.leaseLeft < $1.leaseLeft }
        }
    }

    public func holdings(of worker: WorkerID) async throws(BrokerError) -> [Holding] {
        try self.perform("holdings") { state, _ throws(BrokerError) in
            let held = (state.workers[worker]?.held ?? [:]).sorted { $0.key < $1.key }
            return held.map { Holding(delivery: DeliveryID(worker: worker, sequence: $0.key), payload: $0.value) }
                + (state.landing[worker] ?? []).map { Holding(delivery: nil, payload: $0) }
        }
    }

    public func readyMessages(from start: Int, limit: Int) async throws(BrokerError) -> [[UInt8]] {
        try self.perform("readyMessages") { state, _ throws(BrokerError) in Self.page(state.ready.reversed(), start, limit) }
    }

    public func scheduledMessages(
        from start: Int, limit: Int
    ) async throws(BrokerError) -> [(payload: [UInt8], dueIn: Duration, dueAt: Int64)] {
        try self.perform("scheduledMessages") { state, now throws(BrokerError) in
            Self.page(state.scheduled, start, limit).map { ($0.payload, $0.due - now, self.epoch + $0.due.inNanoseconds / 1_000) }
        }
    }

    public func deadLetters(from start: Int, limit: Int) async throws(BrokerError) -> [[UInt8]] {
        try self.perform("deadLetters") { state, _ throws(BrokerError) in Self.page(state.dead, start, limit) }
    }

    private static func page<Element>(_ elements: [Element], _ start: Int, _ limit: Int) -> [Element] {
        Array(elements.dropFirst(max(0, start)).prefix(min(max(0, limit), 1_000)))
    }

    public func requeue(_ letters: [(payload: [UInt8], restored: [UInt8])]) async throws(BrokerError) -> [Bool] {
        try Self.checkCount(letters.count, "requeue")
        return try self.perform("requeue") { state, _ throws(BrokerError) in
            letters.map { letter in
                guard state.unbury(letter.payload) else { return false }
                state.push(letter.restored)
                return true
            }
        }
    }

    public func discard(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool] {
        try Self.checkCount(payloads.count, "discard")
        return try self.perform("discard") { state, _ throws(BrokerError) in
            payloads.map { state.unbury($0) }
        }
    }

    public func removeScheduled(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool] {
        try Self.checkCount(payloads.count, "removeScheduled")
        return try self.perform("removeScheduled") { state, _ throws(BrokerError) in
            payloads.map { state.removeScheduled($0) }
        }
    }

    public func promoteNow(_ payloads: [[UInt8]]) async throws(BrokerError) -> [Bool] {
        try Self.checkCount(payloads.count, "promoteNow")
        return try self.perform("promoteNow") { state, now throws(BrokerError) in
            payloads.map { state.hasten($0, now: now) }
        }
    }

    private static func checkCount(_ count: Int, _ operation: String) throws(BrokerError) {
        guard count <= 100 else { throw BrokerError(.refused, operation: operation, message: "at most 100 messages a call") }
    }
}
