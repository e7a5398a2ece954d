internal import CLibpq
internal import Glibc
internal import Threading

/// A connection on its way from one thread to another, which then owns it.
struct ConnectionPointer: @unchecked Sendable {
    // Unchecked because it has one owner at a time.
    let pointer: OpaquePointer
}

/// Connects on a thread of its own.
///
/// libpq's asynchronous connect still blocks in name resolution, and a SCRAM password costs milliseconds of hashing: neither belongs on the
/// event loop. The thread lives for one attempt.
enum Connector {
    /// Calls `completion` on the new thread, once. The connection is non-blocking and in pipeline mode.
    static func connect(
        _ configuration: PostgresConfiguration, completion: @escaping @Sendable (Result<ConnectionPointer, PostgresError>) -> Void
    ) {
        DedicatedThread.start(name: "pg-connect") {
            completion(Self.connect(configuration))
        }
    }

    private static func connect(_ configuration: PostgresConfiguration) -> Result<ConnectionPointer, PostgresError> {
        let deadline = MonotonicTime.now + configuration.connectTimeout
        let keywords = configuration.connectionKeywords()
        guard let connection = Self.start(keywords) else {
            return .failure(PostgresError(.unavailable, "no memory for a connection"))
        }
        if let problem = Self.finishHandshake(connection, until: deadline) {
            PQfinish(connection)
            return .failure(PostgresError(.unavailable, problem))
        }
        // Else libpq writes notices to standard error.
        PQsetNoticeReceiver(connection, ignoreNotice, nil)
        guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
            PQfinish(connection)
            return .failure(PostgresError(.unavailable, "the connection cannot be made non-blocking"))
        }
        return .success(ConnectionPointer(pointer: connection))
    }

    private static func start(_ keywords: [(String, String)]) -> OpaquePointer? {
        let names = keywords.map { strdup($0.0) }
        let values = keywords.map { strdup($0.1) }
        defer { for pointer in names + values { free(pointer) } }
        let nameList: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) } + [nil]
        let valueList: [UnsafePointer<CChar>?] = values.map { UnsafePointer($0) } + [nil]
        return PQconnectStartParams(nameList, valueList, 1)
    }

    /// Returns what went wrong, nil when connected.
    private static func finishHandshake(_ connection: OpaquePointer, until deadline: MonotonicTime) -> String? {
        if PQstatus(connection) == CONNECTION_BAD { return lastMessage(connection) }
        var status = PGRES_POLLING_WRITING
        while true {
            var entry = pollfd(fd: PQsocket(connection), events: 0, revents: 0)
            entry.events = Int16(status == PGRES_POLLING_WRITING ? POLLOUT : POLLIN)
            let left = (deadline - .now).inNanoseconds
            if left <= 0 { return "no answer to the attempt to connect in time" }
            let ready = poll(&entry, 1, Int32(clamping: (left + 999_999) / 1_000_000))
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            status = PQconnectPoll(connection)
            switch status {
            case PGRES_POLLING_OK: return nil
            case PGRES_POLLING_FAILED: return lastMessage(connection)
            default: continue
            }
        }
    }
}

/// libpq's last words about a connection, on one line. They name host, user and database, never a password.
func lastMessage(_ connection: OpaquePointer) -> String {
    guard let message = PQerrorMessage(connection) else { return "unknown" }
    let lines = String(cString: message).split(whereSeparator: \.isNewline).map { line in
        String(line.drop(while: \.isWhitespace))
    }
    return lines.isEmpty ? "the server closed the connection" : lines.joined(separator: " ")
}

private nonisolated func ignoreNotice(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {}

/// Asks the server to cancel what a connection runs, on a thread of its own, since libpq waits for the server there.
enum CancelRequest {
    /// Against a frozen server each request holds a thread until the server is back: no more than this.
    private static let limit = 8
    private static let running = Lock(0)

    /// Calls `completion` when the server has been told, or at once when it cannot be. Called on the loop or on the thread.
    static func send(for connection: OpaquePointer, completion: @escaping @Sendable () -> Void) {
        let isAdmitted = Self.running.withLock { count in
            if count >= Self.limit { return false }
            count += 1
            return true
        }
        guard isAdmitted else { return completion() }
        guard let cancel = PQgetCancel(connection) else {
            Self.running.withLock { $0 -= 1 }
            return completion()
        }
        let box = ConnectionPointer(pointer: cancel)
        DedicatedThread.start(name: "pg-cancel") {
            var buffer = [CChar](repeating: 0, count: 256)
            // A failure shows as a missing answer, for which the session has its own deadline.
            _ = PQcancel(box.pointer, &buffer, Int32(buffer.count))
            PQfreeCancel(box.pointer)
            Self.running.withLock { $0 -= 1 }
            completion()
        }
    }
}
