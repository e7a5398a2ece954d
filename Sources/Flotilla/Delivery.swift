/// One message that this worker holds: in some key of the broker until it is settled.
public struct Delivery: Sendable, Hashable {
    public let id: DeliveryID
    /// The message's bytes as they lay in the queue.
    public let payload: [UInt8]
    /// How many workers died while they held this message, 0 for nearly all. A suspect (more than 0) is announced with
    /// ``Broker/beginTrial(of:)`` before it is run.
    public let crashes: Int

    public init(id: DeliveryID, payload: [UInt8], crashes: Int = 0) {
        self.id = id
        self.payload = payload
        self.crashes = crashes
    }
}

/// What becomes of a delivery. Each names the delivery it settles, and is refused as stale when somebody else settled or reclaimed it.
public enum Settlement: Sendable, Hashable {
    /// Finished: the message is gone.
    case ack(DeliveryID)
    /// Comes back when `delay` has passed on the broker's clock. `payload` carries the retry metadata.
    case retry(DeliveryID, payload: [UInt8], delay: Duration)
    /// Rests in the dead-letter queue. `payload` carries the dead-letter metadata.
    indirect case dead(DeliveryID, payload: [UInt8], letter: DeadLetter)
    /// Back to the consuming end of its queue at once, untried.
    case release(DeliveryID)

    public var delivery: DeliveryID {
        switch self {
        case .ack(let id), .retry(let id, _, _), .dead(let id, _, _), .release(let id): id
        }
    }
}

/// Whether a settlement was carried out.
public enum SettlementVerdict: Sendable, Hashable {
    case settled
    /// The delivery was not this worker's any more; nothing was changed.
    case stale
}
