internal import CLibpq
internal import Glibc
internal import Threading

/// A connection on its way from one thread to another, which then owns it.
struct ConnectionPointer: @unchecked Sendable {
    // Unchecked because it has one owner at a time.
    let pointer: OpaquePointer
}

/// A new connection, and which of the configuration's servers took it.
struct Connected: Sendable {
    let pointer: ConnectionPointer
    let server: Int
}

/// Connects on a thread of its own.
///
/// libpq's asynchronous connect still blocks in name resolution, and a SCRAM password costs milliseconds of hashing: neither belongs on the
/// event loop. The thread lives for one attempt.
enum Connector {
    /// Calls `completion` on the new thread, once. The connection is non-blocking and in pipeline mode.
    ///
    /// libpq's own walk over several servers has no limit for each when it is asynchronous, and a machine that vanished would hold up those
    /// after it: so the servers are tried one by one here, the last that answered first.
    static func connect(
        _ configuration: PostgresConfiguration, last: LastServer,
        completion: @escaping @Sendable (Result<Connected, PostgresError>) -> Void
    ) {
        DedicatedThread.start(name: "pg-connect") {
            completion(Self.connect(configuration, last: last))
        }
    }

    private static func connect(_ configuration: PostgresConfiguration, last: LastServer) -> Result<Connected, PostgresError> {
        let servers = configuration.servers
        let target = configuration.targetSession
        guard servers.count > 1 else {
            return Self.connect(configuration, to: nil, target: target).map { Connected(pointer: $0, server: 0) }
        }
        // With one server at a time there is nothing to prefer: first a standby, then whatever there is.
        let targets = target == "prefer-standby" ? ["standby", "any"] : [target]
        // Where any server will do, the order is the operator's.
        let first = ["read-write", "primary"].contains(target) ? min(last.value, servers.count - 1) : 0
        var problems: [String] = []
        for target in targets {
            for index in servers.indices.map({ ($0 + first) % servers.count }) {
                switch Self.connect(configuration, to: servers[index], target: target) {
                case .success(let pointer):
                    last.value = index
                    return .success(Connected(pointer: pointer, server: index))
                case .failure(let error): problems.append("\(servers[index].label): \(error.message)")
                }
            }
        }
        return .failure(PostgresError(.unavailable, problems.joined(separator: "; ")))
    }

    private static func connect(
        _ configuration: PostgresConfiguration, to server: ServerAddress?, target: String
    ) -> Result<ConnectionPointer, PostgresError> {
        let deadline = MonotonicTime.now + configuration.connectTimeout
        guard let connection = Self.start(configuration.connectionKeywords(to: server, target: target)) else {
            return .failure(PostgresError(.unavailable, "no memory for a connection"))
        }
        if let problem = Self.finishHandshake(connection, until: deadline) {
            PQfinish(connection)
            var error = PostgresError(.unavailable, problem)
            // pgbouncer's words; it has no code of its own for this.
            error.suggestsPooler = problem.contains("unsupported startup parameter")
            return .failure(error)
        }
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
        return PQconnectStartParams(nameList, valueList, 0)
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
