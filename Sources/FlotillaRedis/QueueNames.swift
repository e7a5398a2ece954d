public import Flotilla

/// The names of the three keys that producers and operators of a queue know.
public struct QueueNames: Sendable, Hashable {
    /// The list of ready messages.
    public var queue: QueueName
    /// The sorted set of messages that wait for their time.
    public var retry: String
    /// The list of dead letters.
    public var deadLetter: String

    public init(queue: QueueName, retry: String, deadLetter: String) {
        self.queue = queue
        self.retry = retry
        self.deadLetter = deadLetter
    }
}
