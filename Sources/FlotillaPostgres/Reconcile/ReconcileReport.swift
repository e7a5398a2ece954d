public import Flotilla

/// Whether everything that was accepted is somewhere: accepted = completed + cancelled + dead + queued + leased + scheduled.
public struct ReconcileReport: Sendable {
    /// One queue's side of the equation. Each piece of work is counted once, wherever copies of its message lie.
    public struct Queue: Sendable, Hashable {
        public var name: QueueName
        /// Work that the store or the broker knows.
        public var accepted = 0
        public var completed = 0
        public var cancelled = 0
        /// Dead-lettered: resting in the dead-letter queue, discarded or expired; malformed messages among them.
        public var dead = 0
        public var queued = 0
        public var leased = 0
        public var scheduled = 0
        /// Of the queued, leased and scheduled: messages that no worker has shown to the store yet.
        public var unseen = 0
        /// Messages beyond the first of their work, or of work that is finished: they are dropped when they are claimed.
        public var duplicates = 0

        /// What the equation leaves over; 0 when it holds.
        public var unaccounted: Int {
            self.accepted - self.completed - self.cancelled - self.dead - self.queued - self.leased - self.scheduled
        }

        public init(name: QueueName) { self.name = name }
    }

    /// What is missing where.
    public enum Finding: Sendable, Hashable {
        /// Open work without a message anywhere.
        case messageMissing
        /// Failed work without an entry in the dead-letter queue, neither discarded nor expired.
        case deadLetterMissing
        /// Work that was put back, whose message still rests in the dead-letter queue.
        case requeueUnfinished
    }

    /// One piece of work that does not add up, or would not without a repair.
    public struct Item: Sendable, Hashable {
        public var finding: Finding
        public var work: WorkRecord
        public var isRepaired = false
    }

    /// An entry of a dead-letter queue that the history does not know. It is accounted for, but could not be found by filter.
    public struct Entry: Sendable, Hashable {
        public var queue: QueueName
        public var letter: DeadLetter
        public var isRepaired = false
    }

    /// A job whose counters are not those of its items.
    public struct Job: Sendable, Hashable {
        public var job: JobRecord
        /// What its items say.
        public var processed: Int
        public var failed: Int
        public var cancelled: Int
        /// There is no row of the job itself, and its counters say nothing: a standby took over that lacked it.
        public var isMissing = false
        public var isRepaired = false
    }

    /// A running job with fewer files than it is said to have: producers have not pushed them, or they were lost before any worker saw them.
    public struct ShortJob: Sendable, Hashable {
        public var job: JobRecord
        /// Files that neither the store nor any queue knows.
        public var missingFiles: Int
    }

    public var queues: [Queue] = []
    public var items: [Item] = []
    public var unrecordedLetters: [Entry] = []
    public var jobs: [Job] = []
    public var shortJobs: [ShortJob] = []
    /// Open work on queues that were not looked at, by queue: nothing is said about it.
    public var uncheckedWork: [QueueName: Int] = [:]
    /// Follow-up messages that wait for their push.
    public var outbox = 0
    /// Findings beyond the named ones.
    public var unnamed = 0

    /// Whether nothing is unaccounted for and all counters are right.
    public var isBalanced: Bool {
        self.queues.allSatisfy { $0.unaccounted == 0 } && self.items.isEmpty && self.jobs.isEmpty && self.unnamed == 0
    }

    /// How many pieces of work are unaccounted for.
    public var unaccounted: Int { self.queues.reduce(0) { $0 + $1.unaccounted } }
}
