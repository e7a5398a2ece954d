public import Flotilla
internal import PostgresClient

/// A dead letter as its history is stored.
public struct DeadLetterRecord: Sendable, Hashable {
    public var letter: DeadLetter
    /// `dead`, `requeued`, `discarded` or `expired`.
    public var state: String
    /// Nil for a malformed message.
    public var workID: String?
    public var tenantID: String?
    /// The producer's bytes; of a malformed message all its bytes.
    public var producerBytes: [UInt8]
    public var requeuedAt: Int64?
    public var discardedAt: Int64?
    /// When retention took it out of the queue.
    public var expiredAt: Int64?

    /// The message as it lies in the dead-letter queue.
    public var queuedPayload: [UInt8] {
        self.letter.reason == .malformed ? self.producerBytes : MessageSplice.adding(self.letter, to: self.producerBytes)
    }

    static let columns: PostgresQuery = """
        \(fragment: DeadLetterRow.columns), letter.state, letter.work_id, letter.tenant_id, letter.payload, letter.requeued_at,
        letter.discarded_at, letter.expired_at
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        guard let letter = try DeadLetterRow.letter(row, from: 0) else { throw PostgresError(.decoding, "a dead letter has no id") }
        let next = DeadLetterRow.count
        self.letter = letter
        self.state = try row[next, as: String.self]
        self.workID = try row[next + 1, as: String?.self]
        self.tenantID = try row[next + 2, as: String?.self]
        self.producerBytes = try row[next + 3, as: [UInt8].self]
        self.requeuedAt = try row[next + 4, as: PostgresTimestamp?.self]?.microseconds
        self.discardedAt = try row[next + 5, as: PostgresTimestamp?.self]?.microseconds
        self.expiredAt = try row[next + 6, as: PostgresTimestamp?.self]?.microseconds
    }
}

/// Which dead letters are meant. An empty filter means all.
public struct DeadLetterFilter: Sendable, Hashable {
    public var ids: [String]?
    /// `dead`, `requeued`, `discarded` or `expired`.
    public var state: String?
    public var queue: QueueName?
    public var jobID: String?
    public var tenantID: String?
    public var reason: DeadLetter.Reason?
    public var fingerprint: String?
    /// Failed at or after this time, microseconds since 1970.
    public var after: Int64?
    /// Failed before this time.
    public var before: Int64?

    public init(
        ids: [String]? = nil, state: String? = nil, queue: QueueName? = nil, jobID: String? = nil, tenantID: String? = nil,
        reason: DeadLetter.Reason? = nil, fingerprint: String? = nil, after: Int64? = nil, before: Int64? = nil
    ) {
        self.ids = ids
        self.state = state
        self.queue = queue
        self.jobID = jobID
        self.tenantID = tenantID
        self.reason = reason
        self.fingerprint = fingerprint
        self.after = after
        self.before = before
    }

    var condition: PostgresQuery {
        var conditions: [PostgresQuery] = ["true"]
        if let ids { conditions.append("letter.id = ANY (\(ids.map { Storable.text($0) }))") }
        if let state { conditions.append("letter.state = \(Storable.text(state))") }
        if let queue { conditions.append("letter.queue = \(Storable.text(queue.rawValue))") }
        if let jobID { conditions.append("letter.job_id = \(Storable.text(jobID))") }
        if let tenantID { conditions.append("letter.tenant_id = \(Storable.text(tenantID))") }
        if let reason { conditions.append("letter.reason = \(Storable.text(reason.rawValue))") }
        if let fingerprint { conditions.append("letter.fingerprint = \(Storable.text(fingerprint))") }
        if let after { conditions.append("letter.failure_time >= \(Storable.time(after))") }
        if let before { conditions.append("letter.failure_time < \(Storable.time(before))") }
        return conditions.joined(by: " AND ")
    }
}

/// Failures of one kind.
public struct FailureStatistics: Sendable, Hashable {
    public var fingerprint: String
    public var count: Int
    public var queue: QueueName
    public var reason: DeadLetter.Reason
    public var stage: StageName?
    /// The message of the latest.
    public var errorMessage: String
    public var firstTime: Int64
    public var lastTime: Int64
}

/// What became of one letter that was to be put back or discarded.
public struct LetterChange: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        /// Changed, or changed before by an earlier attempt: the message can be moved.
        case ready
        /// The letter is not in the history.
        case unknown
        /// The letter is not dead any more, or its work is not failed; the word is the state found.
        case notDead(String)
        /// Its job was cancelled.
        case jobCancelled
    }

    public var id: String
    public var outcome: Outcome
    /// Nil when the letter is unknown.
    public var record: DeadLetterRecord?
}
