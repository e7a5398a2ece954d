import Flotilla
import FlotillaPostgres

/// All that the page of the pipeline shows, as it was at one moment. Times are microseconds since 1970.
struct PipelineSnapshot: Sendable, Equatable {
    var time: Int64
    var window: Duration
    var queues: Reading<[QueueReading]>
    var activity: Reading<PipelineActivity>
    /// The instances, each with what it holds: `queues`, `cache`, or both.
    var instances: [Instance]
    /// Reads of the window that the cache answered instead of PostgreSQL and others; nil when nobody wrote it down.
    var queriesAvoided: Int?
    /// Daemons on this machine.
    var daemons: [Daemon] = []

    /// A Redis instance.
    struct Instance: Sendable, Equatable {
        var purpose: String
        var memory: Reading<RedisMemory>
    }

    /// One queue.
    struct QueueReading: Sendable, Equatable {
        var name: String
        var counts: QueueCounts
        var pauseReason: String?
        /// Messages a second since the frame a minute ago, or the oldest one; nil in the first frame and without PostgreSQL.
        var arriving: Double?
        /// Work that ended a second; nil without PostgreSQL.
        var leaving: Double?
        /// How long the next message to be claimed has waited; nil when there is none, or when it does not say.
        var oldest: Duration?
        /// Workers whose lease lasts, and those that died and were not cleared away.
        var live: Int
        var dead: Int
        /// Of the live ones: what they hold and how much they run at once.
        var held: Int
        var slots: Int
    }

    /// A process of the fleet that runs on this machine.
    struct Daemon: Sendable, Equatable {
        var role: String
        var process: Int32
        /// Resident.
        var bytes: Int
    }
}
