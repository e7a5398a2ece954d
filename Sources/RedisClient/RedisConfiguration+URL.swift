extension RedisConfiguration {
    /// Reads `redis://`, `rediss://` (TLS) and `unix://` URLs, and those of sentinels and clusters.
    ///
    ///     redis://[[user]:password@]host[:port][/database][?options]
    ///     redis+sentinel://[[user]:password@]host[:port][,host[:port]…]/service[/database][?options]
    ///     redis+cluster://[[user]:password@]host[:port][,host[:port]…][?options]
    ///     unix://[[user]:password@]/path/to/socket[?options]
    ///
    /// With sentinels the user is that of the servers; the sentinels' own are the options `sentinel_user` and `sentinel_password`. The port
    /// of a sentinel is 26379 by default. `rediss+sentinel` and `rediss+cluster` use TLS for everything.
    /// User, password, path and option values are percent-decoded. User information without a colon is the password.
    /// Options: `db`, `timeout` and `connect_timeout` (seconds), `connections`, `client_name`, and for TLS `ssl_ca_certs`, `ssl_certfile`,
    /// `ssl_keyfile`, `ssl_server_name`, `ssl_cert_reqs` (`required` or `none`).
    ///
    /// - Throws: ``RedisError`` with code `configuration`; its message never quotes the URL, which may hold a password.
    public init(url: String) throws(RedisError) {
        guard let separator = url.firstRange(of: "://") else {
            throw Self.invalid("a Redis URL starts with redis://, rediss://, redis+sentinel://, redis+cluster:// or unix://")
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        var rest = url[separator.upperBound...]
        let query = rest.cut(from: "?")
        guard !rest.contains("#"), query?.contains("#") != true else {
            throw Self.invalid("a # in a Redis URL must be written %23")
        }

        switch scheme {
        case "unix", "redis+unix", "redis+socket":
            // The account ends at the last @ before the path.
            let path = rest.firstIndex(of: "/") ?? rest.endIndex
            let account = rest[..<path]
            guard account.isEmpty || account.last == "@" else { throw Self.invalid("the path of a unix:// URL is absolute") }
            self.init(endpoint: .unix(path: try Self.decoded(rest[path...], "the socket's path")))
            try self.setAccount(account.dropLast())
            guard case .unix(let socket) = self.endpoint, socket.utf8.count > 1 else { throw Self.invalid("the socket's path is missing") }
            guard socket.utf8.count <= 107 else { throw Self.invalid("the socket's path is longer than 107 bytes") }
        case "redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster":
            var database = rest.cut(from: "/")
            let at = rest.lastIndex(of: "@")
            let authority = at.map { rest[rest.index(after: $0)...] } ?? rest
            if scheme.hasSuffix("+sentinel") {
                let path = database ?? ""
                let service = try Self.decoded(path.prefix { $0 != "/" }, "the service's name")
                guard !service.isEmpty else {
                    throw Self.invalid("a sentinel URL names the service after the hosts, as in redis+sentinel://host1,host2/mymaster")
                }
                let addresses = try Self.hosts(authority, defaultPort: "26379")
                self.init(endpoint: addresses[0], topology: .sentinel(Sentinel(addresses: addresses, service: service)))
                database = path.firstIndex(of: "/").map { path[path.index(after: $0)...] }
            } else if scheme.hasSuffix("+cluster") {
                let nodes = try Self.hosts(authority, defaultPort: "6379")
                self.init(endpoint: nodes[0], topology: .cluster(nodes: nodes))
            } else {
                self.init(endpoint: try Self.hostAndPort(authority))
            }
            if let at { try self.setAccount(rest[..<at]) }
            if scheme.hasPrefix("rediss") { self.tls = TLS() }
            if let database, !database.isEmpty { self.database = try Self.number(database, "the database", 0...Int(Int32.max)) }
        default:
            throw Self.invalid("a Redis URL starts with redis://, rediss://, redis+sentinel://, redis+cluster:// or unix://")
        }
        for option in (query ?? "").split(separator: "&") { try self.setOption(option) }
        guard !self.isCluster || self.database == 0 else { throw Self.invalid("a cluster has no database but 0") }
    }

    /// One or more hosts, with commas between them.
    private static func hosts(_ text: Substring, defaultPort: Substring) throws(RedisError) -> [Endpoint] {
        var hosts: [Endpoint] = []
        for host in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !host.isEmpty, host.first != ":" else { throw Self.invalid("a host in the list is empty") }
            hosts.append(try Self.hostAndPort(host, defaultPort: defaultPort))
        }
        return hosts
    }

    private mutating func setAccount(_ account: Substring) throws(RedisError) {
        guard !account.isEmpty else { return }
        guard let colon = account.firstIndex(of: ":") else {
            self.password = try Self.decoded(account, "the password")
            return
        }
        let user = try Self.decoded(account[..<colon], "the user name")
        let password = try Self.decoded(account[account.index(after: colon)...], "the password")
        self.username = user.isEmpty ? nil : user
        self.password = password.isEmpty && user.isEmpty ? nil : password
    }

    private static func hostAndPort(_ text: Substring, defaultPort: Substring = "6379") throws(RedisError) -> Endpoint {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let bracket = text.lastIndex(of: "]") else { throw Self.invalid("an IPv6 address is written [address]") }
            host = text[text.index(after: text.startIndex)..<bracket]
            let after = text[text.index(after: bracket)...]
            guard after.isEmpty || after.first == ":" else { throw Self.invalid("the port is missing its colon") }
            port = after.isEmpty ? nil : after.dropFirst()
            guard !host.isEmpty else { throw Self.invalid("the host is empty") }
        } else {
            port = host.cut(from: ":")
            guard port?.contains(":") != true else { throw Self.invalid("an IPv6 address is written [address]") }
        }
        let name = try Self.decoded(host, "the host")
        guard !name.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) else {
            throw Self.invalid("the host holds a blank or a control character")
        }
        return .tcp(
            host: name.isEmpty ? "127.0.0.1" : name, port: UInt16(clamping: try Self.number(port ?? defaultPort, "the port", 1...65535)))
    }

    private mutating func setOption(_ option: Substring) throws(RedisError) {
        var name = option
        let value = try Self.decoded(name.cut(from: "=") ?? "", "an option")
        switch name {
        case "db": self.database = try Self.number(value[...], "db", 0...Int(Int32.max))
        case "timeout": self.commandTimeout = try Self.seconds(value, "timeout")
        case "connect_timeout": self.connectTimeout = try Self.seconds(value, "connect_timeout")
        case "connections": self.connections = try Self.number(value[...], "connections", 1...64)
        case "client_name": self.clientName = value
        case "sentinel_user", "sentinel_password":
            guard case .sentinel(var sentinel) = self.topology else { throw Self.invalid("\(name) needs a redis+sentinel:// URL") }
            if name == "sentinel_user" { sentinel.username = value } else { sentinel.password = value }
            self.topology = .sentinel(sentinel)
        case "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_server_name", "ssl_cert_reqs":
            guard self.tls != nil else { throw Self.invalid("\(name) needs a rediss URL") }
            try self.setTLSOption(name, value)
        default:
            throw Self.invalid(
                "unknown option in the URL's query; db, timeout, connect_timeout, connections, client_name, sentinel_…, ssl_… are known")
        }
    }

    private mutating func setTLSOption(_ name: Substring, _ value: String) throws(RedisError) {
        switch name {
        case "ssl_ca_certs": self.tls?.authorityFile = value
        case "ssl_certfile": self.tls?.certificateFile = value
        case "ssl_keyfile": self.tls?.keyFile = value
        case "ssl_server_name": self.tls?.serverName = value
        default:
            guard value == "required" || value == "none" else { throw Self.invalid("ssl_cert_reqs is required or none") }
            self.tls?.verifiesServer = value == "required"
        }
    }

    private static func number(_ text: Substring, _ what: String, _ range: ClosedRange<Int>) throws(RedisError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw Self.invalid("\(what) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func seconds(_ text: String, _ what: String) throws(RedisError) -> Duration {
        guard let seconds = Double(text), seconds >= 0.001, seconds <= 86_400 else {
            throw Self.invalid("\(what) is a number of seconds from 0.001 to 86400")
        }
        return .milliseconds(Int64(seconds * 1000))
    }

    private static func decoded(_ text: Substring, _ what: String) throws(RedisError) -> String {
        guard let decoded = percentDecoded(text) else { throw Self.invalid("\(what) is not valid percent-encoded UTF-8") }
        return decoded
    }

    private static func invalid(_ message: String) -> RedisError {
        RedisError(.configuration, operation: "configure", mayHaveRun: false, message: message)
    }
}

extension Substring {
    /// Shortens this to what precedes the first `mark`; returns what follows it, nil without one.
    fileprivate mutating func cut(from mark: Character) -> Substring? {
        guard let index = self.firstIndex(of: mark) else { return nil }
        defer { self = self[..<index] }
        return self[self.index(after: index)...]
    }
}

/// Nil for a `%` without two hexadecimal digits, for NUL and for what is not UTF-8.
private func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap(hexadecimalValue), let low = rest.popFirst().flatMap(hexadecimalValue) else { return nil }
        bytes.append(high << 4 | low)
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- 0x57
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit &- 0x37
    default: nil
    }
}
