public import Flotilla
public import FlotillaDaemon
public import JSONText

/// One message of a test, and how it must end.
public struct TestJob: Sendable, Hashable {
    /// How it must end.
    public enum End: Sendable, Hashable {
        case completed
        /// In the dead-letter queue, for this reason.
        case dead(DeadLetter.Reason)
        /// Either: its outcome depends on what the scenario does with it.
        case any
    }

    /// Its file name, by which everything finds it again. Unique within a scene; letters, digits, `-` and `_`.
    public var name: String
    public var job: String
    /// What ``ScriptedHandler`` does with it.
    public var run: String
    /// For runs that take a time.
    public var milliseconds: Int
    public var end: End
    /// Further members of the message.
    public var extra: [String: JSONValue]
    /// Whose queue it goes to: the documents' one, or another one that the scene has.
    public var kind = QueueKind.document

    public init(
        _ name: String, run: String = "ok", milliseconds: Int = 0, end: End = .completed, job: String = "j",
        extra: [String: JSONValue] = [:]
    ) {
        self.name = name
        self.job = job
        self.run = run
        self.milliseconds = milliseconds
        self.end = end
        self.extra = extra
    }

    /// Where the effects of jobs go: each completed job inserts one message for it into the outbox, in the transaction that records its result.
    /// Nobody consumes that queue here.
    public static let effects: QueueName = "graph_queue"

    /// The message as a producer writes it.
    public var payload: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("job_id", .string(self.job)), .init("gcs_path", .string("in/\(self.name)")), .init("filename", .string(self.name)),
            .init("run", .string(self.run)), .init("follow", .string(Self.effects.rawValue)),
        ]
        if self.milliseconds > 0 { members.append(.init("ms", .integer(Int64(self.milliseconds)))) }
        members += self.extra.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
        return JSONValue.object(members).jsonBytes
    }
}
