/// What a relay did in one batch.
public struct InvalidationProgress: Sendable, Hashable {
    /// Events that were applied now.
    public var events = 0
    /// Ends that had waited for their time.
    public var dueEnds = 0
    /// What the cache was told to end, each thing once.
    public var endings = 0
    /// Ends that wait now and did not before.
    public var postponed = 0
    /// The age of the oldest event of the batch when it was applied. What the cache may be behind.
    public var delay: Duration = .zero
    /// Events that no enabled rule answers, by name.
    public var unanswered: [String: Int] = [:]
    /// Rules that found a field of theirs missing in an event, by name: the tag concerned did not end.
    public var unfilled: [String: Int] = [:]
    /// More may be waiting.
    public var hasMore = false

    public init() {}

    public var isEmpty: Bool { self.events == 0 && self.dueEnds == 0 }
}

/// How far the cache is behind.
public struct InvalidationBacklog: Sendable, Hashable {
    /// Events that were not applied yet.
    public var events: Int
    /// The oldest one's age; nil without any. Beyond a second or so somebody should ask why.
    public var oldest: Duration?
    /// Ends that wait for their time, by the rules' wish.
    public var postponed: Int

    public init(events: Int, oldest: Duration?, postponed: Int) {
        self.events = events
        self.oldest = oldest
        self.postponed = postponed
    }
}
