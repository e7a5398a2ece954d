internal import CLibpq
internal import Threading

/// What a session does in one round trip, and who waits for it. Only on the loop.
final class Operation {
    enum Work {
        /// One or more statements in one implicit transaction (unless one is open).
        case statements([PostgresQuery])
        /// Text of many statements without parameters.
        case script(String)
    }

    /// One message whose answer is expected.
    enum Step {
        case deallocate
        case begin
        /// The settings of this transaction, behind a pooler.
        case settings
        case prepare(StatementCache.Key)
        case statement(StatementCache.Key, isPrepared: Bool)
    }

    enum Abandonment { case timedOut, cancelled }

    let work: Work
    /// Whether it holds the COMMIT of an open transaction.
    let isCommit: Bool
    var deadline: MonotonicTime
    let completion: (Result<[PostgresRows], PostgresError>) -> Void

    // While it runs.
    var steps: [Step] = []
    var position = 0
    /// Answers to syncs that come before the operation's own.
    var leadingSyncs = 0
    var rows: [PostgresRows] = []
    var error: PostgresError?
    var abandonment: Abandonment?
    /// Whether losing the connection now leaves the outcome unknown.
    var isOutcomeUnknownOnLoss = true
    var isRetry = false
    var wasInTransaction = false
    /// The server committed and did not wait until a standby had it.
    var isUnreplicated = false

    init(
        _ work: Work, isCommit: Bool = false, deadline: MonotonicTime,
        completion: @escaping (Result<[PostgresRows], PostgresError>) -> Void
    ) {
        self.work = work
        self.isCommit = isCommit
        self.deadline = deadline
        self.completion = completion
    }

    /// Made ready to be sent once more.
    func reset() {
        self.steps = []
        self.position = 0
        self.leadingSyncs = 0
        self.rows = []
        self.error = nil
        self.isRetry = true
    }

    /// Why it cannot be sent, nil if it can.
    var defect: PostgresError? {
        switch self.work {
        case .script(let sql):
            return sql.utf8.contains(0) ? PostgresError(.invalidArgument, "a script holds a NUL byte") : nil
        case .statements(let queries):
            for query in queries {
                if query.parameters.count > 65_535 {
                    return PostgresError(.invalidArgument, "\(query.parameters.count) parameters are more than the 65535 that can be sent")
                }
                if let index = query.parameters.firstIndex(where: { $0.defect != nil }), let defect = query.parameters[index].defect {
                    var error = PostgresError(.invalidArgument, "parameter $\(index + 1): \(defect)")
                    error.statement = query.sql
                    return error
                }
                if query.sql.utf8.contains(0) { return PostgresError(.invalidArgument, "a statement holds a NUL byte") }
            }
            return nil
        }
    }

    /// What the error becomes for the caller, who may have given up waiting.
    func outcome(of error: PostgresError) -> PostgresError {
        var result = error
        if error.sqlState == "57014" {
            let code: PostgresError.Code = self.abandonment == .cancelled ? .cancelled : .timedOut
            result = PostgresError(code, error.message)
            result.sqlState = error.sqlState
            result.detail = error.detail
            result.statement = error.statement
        }
        return result
    }
}

extension PostgresError {
    /// What the server said.
    init(result: OpaquePointer, statement: String?) {
        func field(_ code: Character) -> String? {
            guard let value = PQresultErrorField(result, Int32(code.asciiValue ?? 0)) else { return nil }
            return String(cString: value)
        }
        let state = field("C")
        var message = field("M") ?? String(cString: PQresultErrorMessage(result))
        // Messages of class 22 repeat the value: it belongs to the details.
        var details: [String] = []
        if let state, state.hasPrefix("22") {
            details.append(message)
            message = "the server refused a value"
        }
        self.init(.server, message.split(whereSeparator: \.isNewline).joined(separator: " "))
        self.sqlState = state
        self.schema = field("s")
        self.table = field("t")
        self.column = field("c")
        self.constraint = field("n")
        for (name, code) in [("detail", "D"), ("hint", "H"), ("context", "W"), ("position", "P")] as [(String, Character)] {
            if let text = field(code) { details.append("\(name): \(text)") }
        }
        self.detail = details.isEmpty ? nil : details.joined(separator: "\n")
        self.statement = statement
    }

    /// Whether the server ends the connection with this error.
    static func isFatal(_ result: OpaquePointer) -> Bool {
        guard let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))) else { return false }
        let text = String(cString: severity)
        return text == "FATAL" || text == "PANIC"
    }
}
