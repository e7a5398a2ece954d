import Flotilla
import FlotillaDaemon

/// Where the messages of some work items are in Redis now.
struct MessagePlaces: Sendable {
    enum Place: Sendable {
        /// `ahead` messages will be claimed before it.
        case ready(queue: FleetQueue, ahead: Int)
        case held(queue: FleetQueue, worker: WorkerStatus, delivery: DeliveryID?)
        case scheduled(queue: FleetQueue, dueAt: Int64, dueIn: Duration)
        case dead(queue: FleetQueue, letter: DeadLetter)
    }

    /// What one queue looks like at the moment.
    struct QueueState: Sendable {
        let counts: QueueCounts
        let pause: PauseNote?
        let workers: [WorkerStatus]

        var liveWorkers: [WorkerStatus] { self.workers.filter { $0.leaseLeft > .zero } }
    }

    private(set) var places: [String: Place] = [:]
    private(set) var states: [FleetQueue: QueueState] = [:]
    /// Work items of the job that Redis knows: also those that no worker has shown to PostgreSQL yet.
    private(set) var labels: [String: String] = [:]
    /// Whether every message of the queues was looked at. They are read in bounded pages, and not without end.
    private(set) var isComplete = true

    static let messageLimit = 50_000

    /// Looks for the messages of a job.
    init(ofJob job: String, in fleet: any Fleet) async throws {
        for queue in fleet.queues {
            let broker = fleet.broker(queue)
            let counts = try await broker.counts()
            guard counts.ready + counts.leased + counts.scheduled + counts.dead > 0 || queue.kind == .document else { continue }
            let workers = try await broker.workers()
            let pause = counts.isPaused ? try await broker.pauseReason().map { PauseNote($0) } : nil
            self.states[queue] = QueueState(counts: counts, pause: pause, workers: workers)

            // In the order in which messages move, so that none is missed on its way; the furthest place counts.
            try await self.readReady(broker, queue, job)
            for worker in workers where worker.held > 0 {
                for holding in try await broker.holdings(of: worker.id) {
                    self.note(holding.payload, queue, job) { _ in .held(queue: queue, worker: worker, delivery: holding.delivery) }
                }
            }
            var scheduled = 0
            try await ScheduledMessage.scan(broker, queue) { message in
                scheduled += 1
                self.note(message.payload, queue, job) { _ in .scheduled(queue: queue, dueAt: message.dueAt, dueIn: message.dueIn) }
                return scheduled < Self.messageLimit
            }
            if scheduled >= Self.messageLimit { self.isComplete = false }
            var dead = 0
            var pages = LetterPages(broker, queue)
            while dead < Self.messageLimit, let page = try await pages.next() {
                for resting in page.letters {
                    self.note(resting.entry.restored, queue, job) { _ in .dead(queue: queue, letter: resting.letter) }
                }
                dead += page.letters.count
            }
            if dead >= Self.messageLimit { self.isComplete = false }
        }
    }

    private mutating func readReady(_ broker: any BrokerAdministration, _ queue: FleetQueue, _ job: String) async throws {
        var start = 0
        while true {
            try Task.checkCancellation()
            let page = try await broker.readyMessages(from: start, limit: 1_000)
            for (index, payload) in page.enumerated() {
                let ahead = start + index
                self.note(payload, queue, job) { _ in .ready(queue: queue, ahead: ahead) }
            }
            if page.count < 1_000 { return }
            start += page.count
            if start >= Self.messageLimit {
                self.isComplete = false
                return
            }
        }
    }

    private mutating func note(_ payload: [UInt8], _ queue: FleetQueue, _ job: String, _ place: (Envelope) -> Place) {
        // A malformed message is no job's.
        guard let envelope = try? Envelope(payload), envelope.jobID == job else { return }
        let id = WorkIdentity(envelope, queue: queue.queueName).workID
        self.places[id] = place(envelope)
        self.labels[id] = envelope.filename ?? envelope.path ?? id
    }
}
