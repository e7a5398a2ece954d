public import Flotilla

/// What every broker promises, as cases that a test target runs one by one on brokers of its own kind.
///
///     @Test(arguments: BrokerContract.all) func `keeps its promise`(_ promise: BrokerContract.Promise) async throws {
///         try await promise.check(try await makeSubject())
///     }
public enum BrokerContract {
    /// A broker on a fresh, empty queue, and what a test must do to it that no caller can.
    public struct Subject: Sendable {
        public let broker: any BrokerAdministration
        /// Makes another process's broker for the same queue.
        public let peer: @Sendable () async throws -> any BrokerAdministration
        /// Ends a worker's lease as if its time had run out.
        public let endLease: @Sendable (WorkerID) async throws -> Void
        /// Lets a few milliseconds pass on the broker's clock.
        public let passTime: @Sendable (Duration) async throws -> Void

        public init(
            broker: any BrokerAdministration, peer: @escaping @Sendable () async throws -> any BrokerAdministration,
            endLease: @escaping @Sendable (WorkerID) async throws -> Void, passTime: @escaping @Sendable (Duration) async throws -> Void
        ) {
            self.broker = broker
            self.peer = peer
            self.endLease = endLease
            self.passTime = passTime
        }
    }

    /// One promise.
    public struct Promise: Sendable, CustomStringConvertible {
        public let description: String
        /// Throws ``BrokenPromise``, or whatever the broker threw.
        public let check: @Sendable (Subject) async throws -> Void

        init(_ description: String, _ check: @escaping @Sendable (Subject) async throws -> Void) {
            self.description = description
            self.check = check
        }
    }

    /// Every promise. Each wants a subject of its own.
    public static let all: [Promise] =
        claims + settlements + waiting + leases + crashes + schedule + deadLetters + administration + conservation
}

/// A broker did not do what it must.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String
}

func expect(_ condition: Bool, _ what: @autoclosure () -> String, line: UInt = #line, file: String = #fileID) throws {
    if !condition { throw BrokenPromise(description: "\(file):\(line): \(what())") }
}

func expectEqual<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: String, line: UInt = #line, file: String = #fileID
) throws {
    if actual != expected { throw BrokenPromise(description: "\(file):\(line): \(what): \(actual) instead of \(expected)") }
}

/// A worker as the promises play it: it numbers its claims as the contract asks.
struct Player {
    let broker: any BrokerAdministration
    let id: WorkerID
    private(set) var nextSequence: UInt64 = 1
    static let lease = Duration.seconds(60)

    init(_ broker: any BrokerAdministration) async throws {
        self.broker = broker
        self.id = .random()
        try await broker.register(self.id, lease: Self.lease, info: Self.info)
    }

    static let info = WorkerInfo(host: "host-1", processID: 42, role: "test \"quoted\"", version: "1", startedAt: 7, concurrency: 3)

    mutating func exchange(_ settlements: [Settlement] = [], claiming count: Int = 0, holding: Int? = nil) async throws -> Exchange {
        defer { self.nextSequence += UInt64(count) }
        return try await self.broker.exchange(
            settlements, claiming: count, firstSequence: self.nextSequence, isRepeat: false, by: self.id, lease: Self.lease,
            holding: holding)
    }

    mutating func claim(_ count: Int) async throws -> [Delivery] { try await self.exchange(claiming: count).deliveries }

    mutating func settle(_ settlement: Settlement) async throws -> SettlementVerdict? {
        try await self.exchange([settlement]).verdicts.first
    }
}

extension [UInt8] {
    init(_ text: String) { self = Array(text.utf8) }
}

extension Delivery {
    var text: String { String(decoding: self.payload, as: UTF8.self) }
}

func letter(_ id: String, job: String? = "j1", filename: String? = "a.pdf") -> DeadLetter {
    DeadLetter(
        id: id, reason: .permanent, errorMessage: "encrypted", stackTrace: "at stage", fingerprint: "0123456789ab",
        failureTime: 1_700_000_000_000_000, originalQueue: "test_queue", jobID: job, filename: filename, failureCount: 1)
}
