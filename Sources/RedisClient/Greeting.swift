/// What a new connection says before it serves commands.
enum Greeting {
    enum Step { case authenticate, select, setName, role, ping }
    enum Verdict {
        case goOn, ready
        case failed(RedisError)
    }

    /// - Parameter wantsPrimary: ask what the server is, and go away if it is a replica.
    static func commands(for configuration: RedisConfiguration, wantsPrimary: Bool = false) -> [(Step, RedisCommand)] {
        var commands: [(Step, RedisCommand)] = []
        if let password = configuration.password {
            var command = RedisCommand("AUTH")
            if let username = configuration.username { command.append(username) }
            command.append(password)
            commands.append((.authenticate, command))
        }
        if configuration.database != 0 { commands.append((.select, ["SELECT", RedisArgument(configuration.database)])) }
        if let name = configuration.clientName, !name.isEmpty { commands.append((.setName, ["CLIENT", "SETNAME", .text(sendable(name))])) }
        if wantsPrimary { commands.append((.role, ["ROLE"])) }
        // Last, so that there always is a reply to wait for: a server that is loading, busy or not authenticated says so here,
        // and a TLS 1.3 server that wants a client certificate only says so after the handshake.
        commands.append((.ping, ["PING"]))
        return commands
    }

    /// The client name as CLIENT SETNAME takes it: no blanks, no control characters, ASCII.
    private static func sendable(_ name: String) -> String {
        String(decoding: name.utf8.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    static func verdict(_ step: Step, _ reply: RedisValue) -> Verdict {
        if step == .role, reply.array?.first?.string != "master" { return .failed(self.noPrimary(reply)) }
        guard case .error(let error) = reply else { return step == .ping ? .ready : .goOn }
        switch (step, error.kind) {
        case (.setName, _): return .goOn
        case (.ping, .noPermission): return .ready
        case (_, .noAuth), (_, .wrongPass), (.authenticate, .general):
            let code: RedisError.Code = error.message.hasPrefix("ERR max number of clients") ? .notConnected : .authentication
            return .failed(RedisError(code, operation: "connect", mayHaveRun: false, message: error.messageWithoutArguments))
        case (.select, .general), (.select, .noPermission):
            return .failed(RedisError(.configuration, operation: "connect", mayHaveRun: false, message: error.messageWithoutArguments))
        default:
            return .failed(RedisError(.notConnected, operation: "connect", mayHaveRun: false, message: error.messageWithoutArguments))
        }
    }

    private static func noPrimary(_ reply: RedisValue) -> RedisError {
        func failure(_ code: RedisError.Code, _ message: String) -> RedisError {
            RedisError(code, operation: "connect", mayHaveRun: false, message: message)
        }
        guard case .error(let error) = reply else {
            return failure(.notConnected, "a sentinel names it as primary, and it is a \(reply.array?.first?.string ?? "stranger")")
        }
        switch error.kind {
        case .noPermission:
            return failure(.configuration, "the user may not run ROLE, by which a primary is told from a replica: grant +role")
        case .noAuth: return failure(.authentication, error.messageWithoutArguments)
        default: return failure(.notConnected, error.messageWithoutArguments)
        }
    }
}
