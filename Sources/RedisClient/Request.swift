internal import Threading

typealias Reply = Result<RedisValue, RedisError>

/// A command on its way, and who waits for its reply.
///
/// Unchecked because a request changes hands only once: made by the caller, given to the loop under the outbox's lock, and touched by the
/// loop's thread only from then on.
final class Request: @unchecked Sendable {
    enum Completion {
        case continuation(UnsafeContinuation<Reply, Never>)
        case callback(@Sendable (Reply) -> Void)
        case member(Pipeline, index: Int)
        /// Part of a connection's greeting.
        case greeting(Greeting.Step)
        /// Nobody waits: a script being loaded, or a caller who was already told that time is up.
        case nobody
    }

    let command: RedisCommand
    let timeout: Duration?
    private(set) var completion: Completion

    /// When the caller is told that time is up.
    var deadline = MonotonicTime.never
    /// When the server has shown that it is stuck, and the connection goes.
    var connectionDeadline = MonotonicTime.never
    /// The request may have reached the server once the connection has written this many bytes.
    var sentOffset: UInt64 = .max
    /// How often a cluster sent it elsewhere or put it off.
    var redirections = 0
    /// Send a script's source: the server did not know its digest.
    var withSource = false
    /// Send ASKING ahead: the slot is only on its way to that node.
    var isAsking = false

    init(_ command: RedisCommand, timeout: Duration?, _ completion: Completion) {
        self.command = command
        self.timeout = timeout
        self.completion = completion
    }

    /// Whether nobody waits any more.
    var isAbandoned: Bool {
        if case .nobody = self.completion { true } else { false }
    }

    var pipeline: Pipeline? {
        if case .member(let pipeline, _) = self.completion { pipeline } else { nil }
    }

    /// Tells whoever waits, once.
    func complete(_ reply: RedisValue) {
        if case .member(let pipeline, _) = self.completion, pipeline.takesAlong(self) { return }
        let completion = self.takeCompletion()
        if case .member(let pipeline, let index) = completion { return pipeline.set(reply, at: index) }
        guard case .error(let error) = reply else { return Self.deliver(.success(reply), to: completion) }
        Self.deliver(.failure(RedisError(error, operation: self.command.name)), to: completion)
    }

    /// Tells whoever waits, once.
    func fail(_ error: RedisError, mayHaveRun: Bool) {
        let completion = self.takeCompletion()
        let error = error.about(self.command.name, mayHaveRun: mayHaveRun)
        if case .member(let pipeline, let index) = completion { return pipeline.fail(error, at: index) }
        Self.deliver(.failure(error), to: completion)
    }

    private func takeCompletion() -> Completion {
        defer { self.completion = .nobody }
        return self.completion
    }

    private static func deliver(_ reply: Reply, to completion: Completion) {
        switch completion {
        case .continuation(let continuation): continuation.resume(returning: reply)
        case .callback(let callback): callback(reply)
        case .member, .greeting, .nobody: break
        }
    }
}

/// The replies of commands that were sent together.
///
/// Unchecked for the same reason as ``Request``.
final class Pipeline: @unchecked Sendable {
    private var replies: [RedisValue]
    private var missing: Int
    private var failure: RedisError?
    private let continuation: UnsafeContinuation<Result<[RedisValue], RedisError>, Never>
    /// Set once a member may have reached the server: what is left may then not be sent over another connection.
    private(set) var hasBegun = false
    /// It holds MULTI, so nothing of it is sent again by itself: a part that was redirected would run outside the transaction.
    var isTransaction = false

    /// A member that a cluster did not run.
    struct Held {
        let request: Request
        let redirection: Redirection
        let error: RedisServerError
    }

    private var held: [Held] = []
    private var release: (([Held]) -> Void)?

    init(count: Int, _ continuation: UnsafeContinuation<Result<[RedisValue], RedisError>, Never>) {
        self.replies = Array(repeating: .null, count: count)
        self.missing = count
        self.continuation = continuation
    }

    func set(_ reply: RedisValue, at index: Int) {
        self.hasBegun = true
        self.replies[index] = reply
        self.finishOne()
    }

    func fail(_ error: RedisError, at index: Int) {
        if error.mayHaveRun { self.hasBegun = true }
        if self.failure == nil { self.failure = error }
        self.finishOne()
    }

    /// Keeps a member until every other one is answered, and then gives all that were kept to `release`, in order.
    func hold(_ member: Held, release: @escaping ([Held]) -> Void) {
        self.held.append(member)
        self.release = release
        self.releaseHeld()
    }

    /// Keeps a WAIT whose pipeline is being sent elsewhere: it speaks of what its own connection has written, so that its answer is
    /// worth nothing. It changes nothing either, so that it may run again.
    func takesAlong(_ member: Request) -> Bool {
        guard let last = self.held.last, member.command.name == "WAIT" else { return false }
        self.held.append(Held(request: member, redirection: last.redirection, error: last.error))
        self.releaseHeld()
        return true
    }

    private func releaseHeld() {
        guard !self.held.isEmpty, self.held.count == self.missing else { return }
        let held = self.held
        self.held = []
        guard let failure = self.failure else { self.release?(held); return }
        // The caller learns of a failure anyway: nothing more is to run.
        for member in held { member.request.fail(failure, mayHaveRun: false) }
    }

    private func finishOne() {
        self.missing -= 1
        guard self.missing == 0 else { return self.releaseHeld() }
        if let failure {
            self.continuation.resume(returning: .failure(failure.about(failure.operation, mayHaveRun: self.hasBegun)))
        } else {
            self.continuation.resume(returning: .success(self.replies))
        }
    }
}

extension MonotonicTime {
    /// The end of time.
    static let never = MonotonicTime.now + .seconds(Int64.max)
}
