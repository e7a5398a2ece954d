internal import CSystem
internal import Glibc
internal import Reactor
internal import Threading

/// One socket to the server: connects, greets, sends what it is given, matches replies to requests, and connects again, for ever.
///
/// How it comes to stand is told in `Connection+Connecting.swift`. Unchecked because every member is touched by the loop's thread only.
final class Connection: EventHandler, @unchecked Sendable {
    /// Where a connection is. Every state but the last leads back to `waiting` when something fails.
    enum Phase {
        /// Before `start`, and between two attempts.
        case waiting
        /// It is being found out where to go, and the name is being looked up; then `connecting`.
        case resolving
        /// The kernel is connecting; then `securing` or `greeting`.
        case connecting
        /// TLS handshake; then `greeting`.
        case securing
        /// AUTH, SELECT, CLIENT SETNAME, ROLE, PING; then `ready`.
        case greeting
        /// Serves requests; leads to `draining` when the server says that it is the wrong one.
        case ready
        /// Takes no requests, reads the replies that are due, then closes.
        case draining
        /// For good.
        case closed
    }

    let configuration: RedisConfiguration
    let loop: EventLoop
    unowned let owner: CommandDispatcher
    unowned let pool: ServerPool
    let resolver: Resolver
    /// Where this connection goes; nil while that is being found out.
    var endpoint: RedisConfiguration.Endpoint?

    var phase = Phase.waiting
    var descriptor: Int32 = -1
    var interest: Interest = []
    var addresses: ArraySlice<SocketAddress> = []
    private var backoff = Backoff()
    var readySince: MonotonicTime?
    var attemptTimer: TimerToken?
    var addressTimer: TimerToken?
    var lastAddressError = "no address"

    var reader: ReplyReader?
    var tls: TLSSession?
    /// What the server has, for sure or nearly so: a wrong guess costs a NOSCRIPT.
    private var loadedScripts: Set<ObjectIdentifier> = []

    /// Scripts that the server did not know, to be sent with their source before anything else.
    private var retries = Queue<Request>()
    /// Given to us, not yet encoded.
    var unsent = Queue<Request>()
    /// Encoded, in the order of their replies.
    private var pending = Queue<Request>()
    var output = OutputBuffer()
    /// Secured connections encode here first.
    private var plaintext: [UInt8] = []
    private var flushIsDue = false
    private var drainReason: RedisError?

    /// How often something was read; and how often it was when ``listen()`` last looked.
    private var reads = 0
    private var readsBefore = 0
    /// Whether nothing came between the last two looks although replies were due.
    private(set) var isSilent = false

    private var deadlineTimer: TimerToken?
    private var deadlineDue = MonotonicTime.never

    init(_ configuration: RedisConfiguration, loop: EventLoop, owner: CommandDispatcher, pool: ServerPool) {
        self.configuration = configuration
        self.loop = loop
        self.owner = owner
        self.pool = pool
        self.resolver = Resolver { loop.execute($0) }
    }

    /// Between two attempts.
    var isWaiting: Bool { if case .waiting = self.phase { true } else { false } }
    var isReady: Bool { if case .ready = self.phase { true } else { false } }
    /// Whether requests may be under way.
    var isServing: Bool {
        switch self.phase {
        case .ready, .draining: true
        default: false
        }
    }
    var load: Int { self.pending.count + self.retries.count + self.unsent.count }
    private var hasUnsent: Bool { !self.unsent.isEmpty || !self.retries.isEmpty }

    // MARK: Requests

    /// Sends requests in order, together with all others of this turn. Only when ready.
    func enqueue(_ requests: [Request], at now: MonotonicTime) {
        var earliest = MonotonicTime.never
        let stuck = now + self.configuration.commandTimeout
        for request in requests where !request.isAbandoned {
            request.connectionDeadline = max(request.deadline, stuck)
            earliest = min(earliest, request.deadline)
            self.unsent.append(request)
        }
        self.armDeadline(at: earliest, now: now)
        self.scheduleFlush()
    }

    func scheduleFlush() {
        guard !self.flushIsDue else { return }
        self.flushIsDue = true
        self.loop.onFlush { [weak self] in
            guard let self else { return }
            self.flushIsDue = false
            self.flush()
        }
    }

    private func flush() {
        guard self.descriptor >= 0 else { return }
        if case .connecting = self.phase { return }
        repeat {
            do { try self.encode() } catch { return self.lose(error) }
            guard self.writeOutput() else { return }
        } while self.hasUnsent && self.output.isEmpty && self.mayEncode
    }

    private var mayEncode: Bool {
        switch self.phase {
        case .greeting, .ready, .draining: true
        default: false
        }
    }

    /// Encodes up to about 128 KiB: what is not encoded yet can still be sent over another connection.
    private func encode() throws(RedisError) {
        guard self.mayEncode else { return }
        let isSecured = self.tls != nil
        let start = self.output.encodedBytes
        while self.output.count + self.plaintext.count < 128 * 1024,
            let request = self.retries.popFirst() ?? self.unsent.popFirst()
        {
            // An abandoned member of a pipeline is left out like any other: its caller knows that it did not run.
            if request.isAbandoned { continue }
            if let script = request.command.script { self.prepare(script, for: request) }
            if request.isAsking { self.announceAsking(for: request) }
            self.append(request.command, withSource: request.withSource)
            // Secured, what a written byte carries is not known: the first one of the batch may carry the command.
            request.sentOffset = isSecured ? start + 1 : self.output.encodedBytes
            self.pending.append(request)
        }
        guard let tls = self.tls, !self.plaintext.isEmpty else { return }
        let result: Result<Void, RedisError> = self.plaintext.withUnsafeBytes { bytes in tls.write(bytes) }
        try result.get()
        self.plaintext.removeAll(keepingCapacity: self.plaintext.capacity <= 1 << 20)
        self.takeCiphertext(of: tls)
    }

    func takeCiphertext(of tls: TLSSession) {
        self.output.append { tls.takeOutput(into: &$0) }
    }

    private func append(_ command: RedisCommand, withSource: Bool) {
        if self.tls != nil { return command.encode(into: &self.plaintext, withSource: withSource) }
        self.output.append { command.encode(into: &$0, withSource: withSource) }
    }

    /// Loads a script ahead of its first call on this connection, so that NOSCRIPT is left to SCRIPT FLUSH.
    private func prepare(_ script: RedisScript, for request: Request) {
        if request.withSource || !self.loadedScripts.insert(ObjectIdentifier(script.storage)).inserted { return }
        if self.loadedScripts.count > 512 { self.loadedScripts = [ObjectIdentifier(script.storage)] }
        let load = Request(["SCRIPT", "LOAD", .text(script.source)], timeout: nil, .nobody)
        load.connectionDeadline = request.connectionDeadline
        load.sentOffset = .max
        self.append(load.command, withSource: false)
        self.pending.append(load)
    }

    /// Makes a node that is taking over a slot serve the next command, and no other.
    private func announceAsking(for request: Request) {
        let asking = Request(["ASKING"], timeout: nil, .nobody)
        asking.connectionDeadline = request.connectionDeadline
        self.append(asking.command, withSource: false)
        self.pending.append(asking)
    }

    /// - Returns: whether the connection still stands.
    @discardableResult
    private func writeOutput() -> Bool {
        let before = self.output.writtenBytes
        let outcome = self.output.write(to: self.descriptor)
        let sent = self.output.writtenBytes - before
        self.owner.count { $0.bytesSent &+= sent }
        switch outcome {
        case .done:
            self.watch([.read])
            return true
        case .blocked:
            self.watch([.read, .write])
            return true
        case .failed(let code):
            // What the server said before it closed may still be there to be read: READONLY, NOAUTH, a TLS alert.
            self.readAvailable()
            self.lose(.connectionLost, "cannot write: \(describe(code))")
            return false
        }
    }

    private func watch(_ interest: Interest) {
        guard self.interest != interest, self.descriptor >= 0 else { return }
        self.interest = interest
        self.loop.update(self.descriptor, interest: interest)
    }

    // MARK: Replies

    func ready(_ interest: Interest) {
        if case .connecting = self.phase { return self.finishConnecting() }
        if interest.contains(.read) { self.readAvailable() }
        if interest.contains(.write), self.descriptor >= 0 { self.flush() }
    }

    private func readAvailable() {
        // Bounded, so that one busy connection does not keep the loop from the others; epoll reports what is left.
        let readBuffer = self.owner.readBuffer
        for _ in 0..<8 {
            guard self.descriptor >= 0 else { return }
            let count = recv(self.descriptor, readBuffer.baseAddress, readBuffer.count, 0)
            if count == 0 { return self.lose(.connectionLost, "the server closed the connection") }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                if code == EAGAIN || code == EWOULDBLOCK { return }
                return self.lose(.connectionLost, "cannot read: \(describe(code))")
            }
            self.reads &+= 1
            self.owner.count { $0.bytesReceived &+= UInt64(count) }
            self.take(UnsafeRawBufferPointer(rebasing: readBuffer[..<count]))
            if count < readBuffer.count { return }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        guard let tls = self.tls else { return self.parse(bytes) }
        do {
            tls.receive(bytes)
            if case .securing = self.phase {
                try self.handshake()
                if case .securing = self.phase { return }
            }
            let plainBuffer = self.owner.plainBuffer
            while self.descriptor >= 0 {
                guard let count = try tls.read(into: plainBuffer) else {
                    return self.lose(.connectionLost, "the server closed the connection")
                }
                if count == 0 { break }
                self.parse(UnsafeRawBufferPointer(rebasing: plainBuffer[..<count]))
            }
            // Reading may have made something to send, such as the answer to a key update.
            self.takeCiphertext(of: tls)
            if !self.output.isEmpty { self.scheduleFlush() }
        } catch {
            self.lose(error)
        }
    }

    private func parse(_ bytes: UnsafeRawBufferPointer) {
        guard let reader = self.reader else { return }
        var replies = 0
        let failure = reader.feed(bytes) { reply in
            replies += 1
            self.handle(reply)
        }
        self.owner.count { $0.replies &+= UInt64(replies) }
        if let failure, self.descriptor >= 0 { return self.lose(.protocolViolation, "not a Redis server, or not RESP2: \(failure)") }
        if case .draining = self.phase, self.pending.isEmpty, !self.hasUnsent { self.finishDraining() }
    }

    private func handle(_ reply: RedisValue) {
        // Lost while an earlier reply of the same read was handled.
        guard self.descriptor >= 0 else { return }
        if self.owner.takesMessage(reply) { return }
        guard let request = self.pending.popFirst() else {
            return self.lose(.protocolViolation, "a reply came that nobody had asked for")
        }
        if case .greeting(let step) = request.completion {
            switch Greeting.verdict(step, reply) {
            case .goOn: return
            case .ready: return self.becomeReady()
            case .failed(let error):
                guard step == .role, let endpoint = self.endpoint else { return self.lose(error) }
                self.pool.refuse(endpoint)
                return self.lose(error.code, "\(endpoint): \(error.message)")
            }
        }
        if case .error(let error) = reply {
            if error.kind == .noScript, let script = request.command.script, !request.withSource, !request.isAbandoned {
                self.loadedScripts.remove(ObjectIdentifier(script.storage))
                request.withSource = true
                request.sentOffset = .max
                self.retries.append(request)
                return self.scheduleFlush()
            }
            if self.pool.takesBack(request, error, from: self.endpoint) { return }
            if RedisServerError.Kind.reconnecting.contains(error.kind) { self.startDraining(error) }
        }
        request.complete(reply)
    }

    /// The server is the wrong one for now.
    private func startDraining(_ error: RedisServerError) {
        self.stopTaking(RedisError(.connectionLost, operation: "connect", mayHaveRun: false, message: error.message))
        // The others learn it from this one rather than by a refused command each.
        if error.kind == .readOnly { self.pool.serverWasDemoted(self.endpoint) }
    }

    /// Takes no more requests, reads the replies that are due, and then closes: at once if there are none. Only when ready.
    func drain(_ reason: RedisError) {
        guard case .ready = self.phase else { return }
        self.stopTaking(reason)
        if self.pending.isEmpty, !self.hasUnsent { self.finishDraining() }
    }

    /// What the server was sent, it still answers; pipelines are not torn apart.
    private func stopTaking(_ reason: RedisError) {
        guard case .ready = self.phase else { return }
        self.phase = .draining
        let waiting = self.unsent.removeAll()
        for request in waiting where request.pipeline != nil { self.unsent.append(request) }
        self.drainReason = reason
        self.pool.reassign(waiting.filter { $0.pipeline == nil })
    }

    private func finishDraining() {
        self.lose(self.drainReason ?? RedisError(.connectionLost, operation: "connect", mayHaveRun: false, message: "wrong server"))
    }

    /// Looks whether something came since the last look.
    func listen() {
        self.isSilent = !self.pending.isEmpty && self.reads == self.readsBefore
        // With nothing due, the next look begins afresh.
        self.readsBefore = self.pending.isEmpty ? -1 : self.reads
    }

    // MARK: Deadlines

    private func armDeadline(at due: MonotonicTime, now: MonotonicTime) {
        guard due < self.deadlineDue else { return }
        if let token = self.deadlineTimer { self.loop.cancel(token) }
        self.deadlineDue = due
        self.deadlineTimer = self.loop.schedule(after: due - now) { [weak self] in self?.checkDeadlines() }
    }

    private func checkDeadlines() {
        self.deadlineTimer = nil
        self.deadlineDue = MonotonicTime.never
        let now = MonotonicTime.now
        let late = RedisError(.timedOut, operation: "", mayHaveRun: true, message: "no reply within the time limit")
        var next = MonotonicTime.never
        var timeouts = 0
        var isStuck = false
        self.pending.forEach { request in
            if !request.isAbandoned, request.deadline <= now {
                request.fail(late, mayHaveRun: true)
                timeouts += 1
            }
            if request.connectionDeadline <= now { isStuck = true }
            next = min(next, request.isAbandoned ? request.connectionDeadline : request.deadline)
        }
        for queue in [self.retries, self.unsent] {
            queue.forEach { request in
                if !request.isAbandoned, request.deadline <= now {
                    request.fail(late, mayHaveRun: false)
                    timeouts += 1
                }
                if !request.isAbandoned { next = min(next, request.deadline) }
            }
        }
        if timeouts > 0 { self.owner.count { $0.timeouts &+= UInt64(timeouts) } }
        if isStuck { return self.lose(.connectionLost, "the server did not answer within the time limit") }
        if next.nanoseconds < .max { self.armDeadline(at: next, now: now) }
    }

    // MARK: Losing

    func lose(_ code: RedisError.Code, _ message: String) {
        self.lose(RedisError(code, operation: "connect", mayHaveRun: false, message: message))
    }

    /// Closes the socket, tells whose requests may have run, gives the others back, and tries again later.
    ///
    /// - Parameter givesBack: false fails the unsent requests as well.
    func lose(_ error: RedisError, givesBack: Bool = true) {
        switch self.phase {
        case .waiting, .closed: return
        default: break
        }
        let wasReady = self.readySince != nil
        var error = error
        if wasReady, error.code == .tls {
            // What failed is not the handshake, so commands were sent.
            error = RedisError(.connectionLost, operation: "connect", mayHaveRun: false, message: error.message)
        }
        // A server that is lost at once again and again is not hammered: only a connection that lasted starts afresh.
        if let since = self.readySince, MonotonicTime.now - since > Backoff.longest { self.backoff.reset() }
        self.phase = .waiting
        self.tearDown()
        let unsent = self.takeRequests(error, givesBack: givesBack)
        let delay = self.backoff.next()
        self.pool.connectionIsLost(self, error, wasReady: wasReady, retryAfter: delay, unsent: unsent)
        self.loop.schedule(after: delay) { [weak self] in self?.start() }
    }

    /// Closes for good.
    func close(_ error: RedisError) {
        self.phase = .closed
        self.tearDown()
        _ = self.takeRequests(error, givesBack: false)
    }

    private func takeRequests(_ error: RedisError, givesBack: Bool) -> [Request] {
        let written = self.output.writtenBytes
        var unsent: [Request] = []
        for request in self.pending.removeAll() + self.retries.removeAll() + self.unsent.removeAll() {
            if request.isAbandoned { continue }
            if case .greeting = request.completion { continue }
            let wasSent = request.sentOffset <= written
            if wasSent || !givesBack || request.pipeline?.hasBegun == true {
                request.fail(error, mayHaveRun: wasSent)
            } else {
                request.sentOffset = .max
                unsent.append(request)
            }
        }
        return unsent
    }

    private func tearDown() {
        for token in [self.attemptTimer, self.addressTimer, self.deadlineTimer] {
            if let token { self.loop.cancel(token) }
        }
        self.attemptTimer = nil
        self.addressTimer = nil
        self.deadlineTimer = nil
        self.deadlineDue = MonotonicTime.never
        self.resolver.forget()
        self.closeSocket()
        self.readySince = nil
        self.drainReason = nil
        self.isSilent = false
        self.loadedScripts = []
        self.plaintext = []
        self.tls = nil
        self.reader = nil
    }

    func closeSocket() {
        if let token = self.addressTimer { self.loop.cancel(token) }
        self.addressTimer = nil
        guard self.descriptor >= 0 else { return }
        self.loop.unregister(self.descriptor)
        Glibc.close(self.descriptor)
        self.descriptor = -1
    }
}

func describe(_ code: Int32) -> String { String(cString: strerror(code)) }
