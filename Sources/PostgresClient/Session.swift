internal import CLibpq
internal import Reactor
internal import Threading

/// One connection to the server: sends operations one after the other and reads their answers. Only on the loop's thread.
///
/// The connection stays in libpq's pipeline mode, so that preparing, BEGIN and the statements of one operation travel together:
/// ```
/// [DEALLOCATE …] [BEGIN] [Parse] Bind Execute … Sync   →   answers …, sync
/// ```
/// Everything before a Sync is one transaction; an operation has succeeded when the sync's answer came without an error before it.
final class Session: EventHandler, @unchecked Sendable {
    // Unchecked because only the loop's thread touches it.
    private let connection: OpaquePointer
    private let descriptor: Int32
    private let isSecure: Bool
    private let loop: EventLoop
    let configuration: PostgresConfiguration

    private var cache: StatementCache
    private var current: Operation?
    private var queue: [Operation] = []
    private var isCancelInFlight = false
    private var isWaitingToWrite = false
    private var isReadingOnTimer = false
    private var timer: (token: TimerToken, due: MonotonicTime)?
    private(set) var isClosed = false
    /// Sent in front of the next operation.
    private var pendingBegin: String?
    /// The first error inside the open transaction.
    private(set) var transactionError: PostgresError?
    /// The open transaction, or the next, was asked to be read-only: then it is no news that it is.
    private var isReadOnlyByChoice = false
    /// Sent in front of each transaction, behind a pooler that gives each another server session.
    private let settingsStatement: String?

    /// Which of the configuration's servers it is.
    let server: Int
    /// Not to be lent again.
    var isDiscarded = false
    let openedAt = MonotonicTime.now
    var lastUse = MonotonicTime.now
    /// Called once, when the connection is gone for any reason.
    var onClose: ((PostgresError) -> Void)?
    /// Called when the server turns out to take no writes.
    var onReadOnly: (() -> Void)?
    var onNotification: ((PostgresNotification) -> Void)?

    init(_ connected: Connected, loop: EventLoop, configuration: PostgresConfiguration) {
        let connection = connected.pointer
        self.connection = connection.pointer
        self.server = connected.server
        self.descriptor = PQsocket(connection.pointer)
        self.loop = loop
        self.configuration = configuration
        self.cache = StatementCache(capacity: configuration.pooler == .transaction ? 0 : configuration.preparedStatements)
        self.settingsStatement = configuration.pooler == .transaction ? configuration.settingsStatement(isLocal: true) : nil
        self.isSecure = PQsslInUse(connection.pointer) != 0
        loop.register(self.descriptor, interest: .read, handler: self)
        // Without a receiver libpq writes notices to standard error. Unretained: libpq calls it only from our own calls.
        PQsetNoticeReceiver(connection.pointer, receiveNotice, Unmanaged.passUnretained(self).toOpaque())
        if configuration.pooler == .session { self.makeSettings() }
    }

    deinit {
        // A session that was never closed would leak its socket; the loop holds registered ones, so only a stopped loop comes here.
        if !self.isClosed { PQfinish(self.connection) }
    }

    var backendPID: Int32 { PQbackendPID(self.connection) }
    var serverVersion: Int32 { PQserverVersion(self.connection) }
    /// Nothing runs and no transaction is open.
    var isQuiet: Bool {
        self.current == nil && self.queue.isEmpty && (self.pendingBegin != nil || PQtransactionStatus(self.connection) == PQTRANS_IDLE)
    }
    /// Whether a transaction is open on the server.
    var isInTransaction: Bool { PQtransactionStatus(self.connection) != PQTRANS_IDLE }

    /// Makes the settings that could not be sent at the start; whatever runs on the session comes after them.
    private func makeSettings() {
        let settings = PostgresQuery(unescaped: self.configuration.settingsStatement(isLocal: false)).uncached()
        self.run(
            Operation(.statements([settings]), deadline: .now + self.configuration.connectTimeout) { [weak self] result in
                if case .failure(let error) = result { self?.close(error) }
            })
    }

    // MARK: Operations

    /// Sends `operation` when those before it are done. Its completion is called exactly once, on the loop.
    func run(_ operation: Operation) {
        if let defect = operation.defect { return operation.completion(.failure(defect)) }
        if self.isClosed {
            return operation.completion(.failure(PostgresError(.unavailable, "the connection is closed")))
        }
        self.queue.append(operation)
        self.startNext()
        if !self.isClosed { self.arm(operation.deadline) }
    }

    /// The next operation begins with `statement`. Nothing is sent yet.
    func begin(_ statement: String) {
        self.pendingBegin = statement
        self.transactionError = nil
        self.isReadOnlyByChoice = statement.hasSuffix("READ ONLY")
    }

    /// Takes back a `begin` that was not sent; false when it was.
    func takePendingBegin() -> Bool {
        defer { self.pendingBegin = nil }
        return self.pendingBegin != nil
    }

    /// The task that waits for `operation` was cancelled.
    func cancel(_ operation: Operation) {
        if let index = self.queue.firstIndex(where: { $0 === operation }) {
            self.queue.remove(at: index)
            operation.completion(.failure(PostgresError(.cancelled, "cancelled before it was sent")))
        } else if operation === self.current {
            self.abandon(operation, .cancelled)
        }
    }

    /// Closes the connection; what runs or waits fails.
    func close(_ reason: PostgresError) {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.loop.unregister(self.descriptor)
        PQfinish(self.connection)
        if let timer { self.loop.cancel(timer.token) }
        let running = self.current
        let waiting = self.queue
        self.current = nil
        self.queue = []
        if let running {
            var error: PostgresError
            switch running.abandonment {
            case .timedOut: error = PostgresError(.timedOut, "no answer in time")
            case .cancelled: error = PostgresError(.cancelled, "cancelled, and the server did not confirm it in time")
            case nil:
                error = PostgresError(.connectionLost, running.error?.message ?? reason.message)
                error.sqlState = running.error?.sqlState
            }
            error.mayHaveCommitted = running.isOutcomeUnknownOnLoss
            running.completion(.failure(error))
        }
        for operation in waiting {
            operation.completion(.failure(PostgresError(.unavailable, "the connection closed before this was sent")))
        }
        let onClose = self.onClose
        self.onClose = nil
        onClose?(reason)
    }

    // MARK: Sending

    private func startNext() {
        guard self.current == nil, !self.isCancelInFlight, !self.isClosed, !self.queue.isEmpty else { return }
        self.start(self.queue.removeFirst())
    }

    private func start(_ operation: Operation) {
        self.current = operation
        let isOpen = PQtransactionStatus(self.connection) != PQTRANS_IDLE
        operation.wasInTransaction = isOpen || self.pendingBegin != nil
        if !operation.wasInTransaction { self.isReadOnlyByChoice = false }
        operation.isOutcomeUnknownOnLoss = operation.isCommit || !operation.wasInTransaction
        let isSent: Bool
        switch operation.work {
        case .statements(let queries): isSent = self.send(queries, for: operation, isOpen: isOpen)
        case .script(let sql): isSent = self.send(script: sql, for: operation)
        }
        guard isSent else { return self.close(PostgresError(.connectionLost, lastMessage(self.connection))) }
        self.flush()
        self.armSecureReads()
    }

    private func send(_ queries: [PostgresQuery], for operation: Operation, isOpen: Bool) -> Bool {
        if !isOpen {
            // In an aborted transaction it would fail, and in an open one it could. A sync of its own keeps it out of the operation's
            // transaction: VACUUM and its like refuse to run with others.
            let names = self.cache.takeDeallocations()
            for name in names {
                guard PQsendQueryParams(self.connection, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0) == 1 else { return false }
                operation.steps.append(.deallocate)
            }
            if !names.isEmpty {
                guard PQpipelineSync(self.connection) == 1 else { return false }
                operation.leadingSyncs = 1
            }
        }
        if let begin = self.pendingBegin {
            self.pendingBegin = nil
            guard PQsendQueryParams(self.connection, begin, 0, nil, nil, nil, nil, 0) == 1 else { return false }
            operation.steps.append(.begin)
        }
        if let settingsStatement, !isOpen {
            guard PQsendQueryParams(self.connection, settingsStatement, 0, nil, nil, nil, nil, 0) == 1 else { return false }
            operation.steps.append(.settings)
        }
        for query in queries {
            let isPrepared = query.isCacheable && self.cache.capacity > 0
            let key = StatementCache.Key(sql: query.sql, types: query.parameters.map(\.type))
            if isPrepared {
                var name = self.cache.name(of: key)
                if name == nil {
                    let new = self.cache.insert(key)
                    guard PQsendPrepare(self.connection, new, query.sql, Int32(key.types.count), key.types) == 1 else { return false }
                    operation.steps.append(.prepare(key))
                    name = new
                }
                guard let name, self.sendExecute(query, name: name) else { return false }
            } else {
                guard self.sendExecute(query, name: nil) else { return false }
            }
            operation.steps.append(.statement(key, isPrepared: isPrepared))
        }
        return PQpipelineSync(self.connection) == 1
    }

    private func sendExecute(_ query: PostgresQuery, name: String?) -> Bool {
        let parameters = query.parameters
        // One buffer for all values, so that no closure per value is needed to hold the pointers.
        let total = parameters.reduce(0) { $0 + ($1.bytes?.count ?? 0) + 1 }
        let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: max(1, total))
        defer { buffer.deallocate() }
        var values: [UnsafePointer<CChar>?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        values.reserveCapacity(parameters.count)
        var offset = 0
        for parameter in parameters {
            formats.append(parameter.isBinary ? 1 : 0)
            guard let bytes = parameter.bytes else {
                values.append(nil)
                lengths.append(0)
                continue
            }
            let start = buffer + offset
            bytes.withUnsafeBytes {
                UnsafeMutableRawPointer(start).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count)
            }
            // Values in text format end with a NUL.
            start[bytes.count] = 0
            values.append(UnsafePointer(start))
            lengths.append(Int32(clamping: bytes.count))
            offset += bytes.count + 1
        }
        let count = Int32(parameters.count)
        if let name { return PQsendQueryPrepared(self.connection, name, count, values, lengths, formats, 0) == 1 }
        return PQsendQueryParams(self.connection, query.sql, count, parameters.map(\.type), values, lengths, formats, 0) == 1
    }

    /// Leaves pipeline mode for the simple protocol, which alone takes several statements at once.
    private func send(script: String, for operation: Operation) -> Bool {
        guard PQexitPipelineMode(self.connection) == 1 else { return false }
        var text = script
        if let begin = self.pendingBegin {
            self.pendingBegin = nil
            // Outside of a transaction settings would make one of what may refuse to run in one.
            let settings = self.settingsStatement.map { "\($0);\n" } ?? ""
            text = "\(begin);\n\(settings)\(script)"
        }
        return PQsendQuery(self.connection, text) == 1
    }

    private func flush() {
        let status = PQflush(self.connection)
        if status < 0 { return self.close(PostgresError(.connectionLost, lastMessage(self.connection))) }
        let mustWait = status == 1
        if mustWait != self.isWaitingToWrite {
            self.isWaitingToWrite = mustWait
            self.loop.update(self.descriptor, interest: mustWait ? [.read, .write] : .read)
        }
    }

    // MARK: Receiving

    func ready(_ interest: Interest) {
        if interest.contains(.write), self.isWaitingToWrite { self.flush() }
        if interest.contains(.read), !self.isClosed { self.read() }
    }

    private func read() {
        let isAlive = PQconsumeInput(self.connection) == 1
        if isAlive, self.isWaitingToWrite { self.flush() }
        if self.isClosed { return }
        self.takeResults()
        if self.isClosed { return }
        self.takeNotifications()
        if self.isClosed { return }
        if !isAlive || PQstatus(self.connection) == CONNECTION_BAD {
            self.close(PostgresError(.connectionLost, lastMessage(self.connection)))
        }
    }

    private func takeResults() {
        // Asking for "busy" is also what makes libpq read messages that came unasked.
        while !self.isClosed, PQisBusy(self.connection) == 0 {
            guard let operation = self.current else { return }
            guard let result = PQgetResult(self.connection) else {
                if case .script = operation.work {
                    guard PQenterPipelineMode(self.connection) == 1 else {
                        return self.close(PostgresError(.connectionLost, "the connection cannot return to pipeline mode"))
                    }
                    self.finish(operation)
                    continue
                }
                if PQstatus(self.connection) == CONNECTION_BAD { return }
                operation.position += 1
                // A sync ends each operation; without one libpq and we disagree about what was sent.
                if operation.position > operation.steps.count + 1 {
                    return self.close(PostgresError(.connectionLost, "the answer ended too soon"))
                }
                continue
            }
            self.take(result, for: operation)
        }
    }

    private func take(_ result: OpaquePointer, for operation: Operation) {
        let step = operation.position < operation.steps.count ? operation.steps[operation.position] : nil
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            if operation.leadingSyncs > 0 { operation.leadingSyncs -= 1 } else { self.finish(operation) }
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            let storage = ResultStorage(result)
            switch step {
            case .statement: operation.rows.append(PostgresRows(storage: storage))
            case nil: operation.rows = [PostgresRows(storage: storage)]
            case .prepare, .begin, .deallocate, .settings: break
            }
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            if case .prepare(let key) = step { self.cache.remove(key, isOnServer: false) }
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            operation.error = PostgresError(.invalidArgument, "COPY is not supported")
            self.close(PostgresError(.invalidArgument, "COPY is not supported"))
        default:
            self.takeError(result, step: step, for: operation)
        }
    }

    private func takeError(_ result: OpaquePointer, step: Operation.Step?, for operation: Operation) {
        defer { PQclear(result) }
        // A lost connection is an error without a code: `close` tells of it.
        guard PQresultErrorField(result, Int32(UInt8(ascii: "C"))) != nil else { return }
        var sql: String?
        switch step {
        // The server had forgotten it by itself.
        case .deallocate: return
        case .prepare(let key):
            sql = key.sql
            self.cache.remove(key, isOnServer: false)
        case .statement(let key, _): sql = key.sql
        default: break
        }
        var error = PostgresError(result: result, statement: sql)
        if case .statement(let key, true) = step, error.sqlState == "0A000" {
            // "cached plan must not change result type": the table was altered.
            self.cache.remove(key, isOnServer: true)
        }
        if error.sqlState == "26000" {
            self.cache.removeAll()
            error.suggestsPooler = true
        }
        if error.sqlState == "25006", !self.isReadOnlyByChoice {
            self.isDiscarded = true
            self.onReadOnly?()
        }
        if PostgresError.isFatal(result), step != nil, !operation.isCommit { operation.isOutcomeUnknownOnLoss = false }
        if operation.error == nil { operation.error = error }
    }

    private func finish(_ operation: Operation) {
        self.current = nil
        self.lastUse = .now
        if let error = operation.error {
            let isStale = error.sqlState == "26000" || (error.sqlState == "0A000" && error.statement != nil)
            if isStale, !operation.isRetry, !operation.wasInTransaction, operation.abandonment == nil,
                case .statements(let queries) = operation.work,
                queries.contains(where: { $0.isCacheable }), self.cache.capacity > 0
            {
                // Nothing of it was kept, and with statements prepared anew it works.
                operation.reset()
                self.queue.insert(operation, at: 0)
                return self.startNext()
            }
            if operation.wasInTransaction, self.transactionError == nil { self.transactionError = error }
            operation.completion(.failure(operation.outcome(of: error)))
        } else if operation.isUnreplicated {
            operation.completion(
                .failure(
                    PostgresError(
                        operation.abandonment == .cancelled ? .cancelled : .timedOut,
                        "committed on this server, and no standby confirmed it in time", mayHaveCommitted: true)))
        } else {
            operation.completion(.success(operation.rows))
        }
        self.startNext()
    }

    /// What the server says unasked.
    ///
    /// One thing matters: a COMMIT that was cancelled while it waited for a synchronous standby succeeds, with a warning. Taken as success,
    /// the work would be forgotten by whoever takes over. The function's name is the only part of the warning that is not translated.
    fileprivate func take(notice: OpaquePointer) {
        guard let function = PQresultErrorField(notice, Int32(UInt8(ascii: "R"))) else { return }
        if String(cString: function) == "SyncRepWaitForLSN" { self.current?.isUnreplicated = true }
    }

    private func takeNotifications() {
        while !self.isClosed, let notification = PQnotifies(self.connection) {
            defer { PQfreemem(notification) }
            let value = PostgresNotification(
                channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra),
                processID: notification.pointee.be_pid)
            self.onNotification?(value)
        }
    }

    // MARK: Deadlines

    /// One timer a session, set to the earliest deadline and looked at again when it fires: a timer per statement would pile up in the
    /// heap.
    private func arm(_ due: MonotonicTime) {
        if let timer, timer.due <= due { return }
        if let timer { self.loop.cancel(timer.token) }
        let token = self.loop.schedule(after: due - .now) { [weak self] in self?.tick() }
        self.timer = (token, due)
    }

    private func tick() {
        self.timer = nil
        let now = MonotonicTime.now
        if let current, current.deadline <= now {
            if current.abandonment != nil { return self.close(PostgresError(.timedOut, "the server does not answer")) }
            self.abandon(current, .timedOut)
        }
        let late = self.queue.filter { $0.deadline <= now }
        if !late.isEmpty {
            self.queue.removeAll { $0.deadline <= now }
            for operation in late { operation.completion(.failure(PostgresError(.timedOut, "the connection was busy until the deadline"))) }
            // Nothing runs and yet nothing could start: the cancel request never came back.
            if self.current == nil, self.isCancelInFlight { return self.close(PostgresError(.timedOut, "the server does not answer")) }
        }
        let deadlines = self.queue.map(\.deadline) + (self.current.map { [$0.deadline] } ?? [])
        if !self.isClosed, let next = deadlines.min() { self.arm(next) }
    }

    private func abandon(_ operation: Operation, _ reason: Operation.Abandonment) {
        guard operation.abandonment == nil else { return }
        operation.abandonment = reason
        operation.deadline = .now + self.configuration.cancelGrace
        self.arm(operation.deadline)
        self.isCancelInFlight = true
        CancelRequest.send(for: self.connection) {
            // Until the server has taken the request nothing new may start: it would be cancelled instead.
            self.loop.execute {
                self.isCancelInFlight = false
                self.startNext()
            }
        }
    }

    /// With TLS a decrypted record can wait inside OpenSSL while the socket is silent, and libpq offers no way to ask: look again
    /// meanwhile.
    private func armSecureReads() {
        guard self.isSecure, !self.isReadingOnTimer else { return }
        self.isReadingOnTimer = true
        self.loop.schedule(after: .milliseconds(20)) { [weak self] in
            guard let self else { return }
            self.isReadingOnTimer = false
            guard !self.isClosed, self.current != nil else { return }
            self.read()
            if !self.isClosed, self.current != nil { self.armSecureReads() }
        }
    }
}

private nonisolated func receiveNotice(_ context: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
    guard let context, let notice else { return }
    Unmanaged<Session>.fromOpaque(context).takeUnretainedValue().take(notice: notice)
}
