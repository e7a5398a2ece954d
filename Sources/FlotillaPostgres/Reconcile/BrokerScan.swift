internal import Flotilla
internal import PostgresClient

/// Where messages of one queue were seen, by the work they ask for.
struct BrokerScan: Sendable {
    struct Sighting: Sendable {
        var queued: UInt32 = 0
        var leased: UInt32 = 0
        var scheduled: UInt32 = 0
        var dead: UInt32 = 0
        var job: String?
        /// Whether the store knows the work.
        var isKnown = false

        var live: UInt32 { self.queued + self.leased + self.scheduled }
    }

    private enum Place { case queued, leased, scheduled, dead }

    private(set) var works: [PostgresUUID: Sighting] = [:]
    /// Elements of the dead-letter queue.
    private(set) var entries: [DeadLetterEntry] = []
    /// Messages that are no JSON object: only by counting can they be told apart.
    private(set) var malformedQueued = 0
    private(set) var malformedLeased = 0
    private let queue: QueueName
    private static let page = 500

    /// Reads everything in bounded pages. Messages move meanwhile, mostly from ready to leased to the others: places are read in that order,
    /// and the retry set a second time at the start, for what is promoted.
    init(_ broker: any BrokerAdministration, keepEntries: Bool = true) async throws(BrokerError) {
        self.queue = broker.queue
        var early: Set<PostgresUUID> = []
        var start = 0
        while true {
            let page = try await broker.scheduledMessages(from: start, limit: Self.page)
            for message in page { if let id = self.identify(message.payload)?.id { early.insert(id) } }
            if page.count < Self.page { break }
            start += page.count
        }
        start = 0
        while true {
            // Pages overlap a little: what is claimed from the front in between moves the rest forward.
            let page = try await broker.readyMessages(from: start, limit: Self.page)
            for payload in page { self.note(payload, .queued) }
            if page.count < Self.page { break }
            start += page.count
        }
        for worker in try await broker.workers() {
            for holding in try await broker.holdings(of: worker.id) { self.note(holding.payload, .leased) }
        }
        start = 0
        while true {
            let page = try await broker.scheduledMessages(from: start, limit: Self.page)
            for message in page { self.note(message.payload, .scheduled) }
            if page.count < Self.page { break }
            start += page.count
        }
        for id in early where self.works[id] == nil { self.works[id, default: Sighting()].scheduled += 1 }
        start = 0
        while true {
            let page = try await broker.deadLetters(from: start, limit: Self.page)
            for payload in page {
                self.note(payload, .dead)
                if keepEntries { self.entries.append(DeadLetterEntry(payload, queue: self.queue)) }
            }
            if page.count < Self.page { break }
            start += page.count
        }
    }

    private func identify(_ payload: [UInt8]) -> (id: PostgresUUID, job: String?)? {
        guard let envelope = try? Envelope(payload) else { return nil }  // A malformed one asks for no work.
        return (Storable.uuid(WorkIdentity(envelope, queue: self.queue).work), envelope.jobID)
    }

    private mutating func note(_ payload: [UInt8], _ place: Place) {
        guard let (id, job) = self.identify(payload) else {
            switch place {
            case .queued, .scheduled: self.malformedQueued += 1
            case .leased: self.malformedLeased += 1
            case .dead: break
            }
            return
        }
        switch place {
        case .queued: self.works[id, default: Sighting()].queued += 1
        case .leased: self.works[id, default: Sighting()].leased += 1
        case .scheduled: self.works[id, default: Sighting()].scheduled += 1
        case .dead: self.works[id, default: Sighting()].dead += 1
        }
        if let job { self.works[id]?.job = job }
    }

    mutating func markKnown(_ id: PostgresUUID) { self.works[id]?.isKnown = true }
}
