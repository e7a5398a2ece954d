internal import Glibc
internal import Threading

/// A primary, replicas and three sentinels of a test's own, all on free ports of 127.0.0.1 if nobody says otherwise.
///
/// The sentinels call a server down after `downAfter` and then need about a second to agree on another one.
public final class PrivateSentinel: Sendable {
    /// The name by which the sentinels know the primary.
    public static let service = "mymaster"

    /// Where servers are: an address, and a command that starts a program there. See ``PrivateRedis/Options/prefix``.
    public struct Place: Sendable {
        public var address: String
        public var prefix: [String]

        public init(address: String, prefix: [String] = []) {
            self.address = address
            self.prefix = prefix
        }

        /// The loopback interface.
        public static let loopback = Place(address: "127.0.0.1")
    }

    /// The servers; the first one begins as the primary.
    public let servers: [PrivateRedis]
    public let sentinels: [PrivateRedis]
    private let place: Place

    /// Starts everything and waits until each replica is in step and each sentinel knows all others.
    ///
    /// - Parameters:
    ///   - failoverTimeout: after twice this time sentinels try again what went wrong.
    ///   - password: of servers and sentinels alike; nil for none.
    ///   - primaryPlace: where the first primary is.
    ///   - place: where the replicas and sentinels are.
    ///   - configuration: further lines of the servers' configuration.
    /// - Throws: ``HarnessError`` when something does not come up.
    public init(
        replicas: Int = 1, downAfter: Duration = .seconds(1), failoverTimeout: Duration = .seconds(5), password: String? = nil,
        primaryPlace: Place = .loopback, place: Place = .loopback, configuration: [String] = []
    ) throws {
        let primary = try PrivateRedis(Self.server(password, primaryPlace, configuration))
        let followers = try (0..<replicas).map { _ in
            try PrivateRedis(Self.server(password, place, configuration + ["replicaof \(primaryPlace.address) \(primary.port)"]))
        }
        self.place = place
        self.servers = [primary] + followers
        self.sentinels = try (0..<3).map { _ in
            try PrivateRedis(
                .init(
                    tcp: true, password: password, isSentinel: true, address: place.listened, prefix: place.prefix,
                    configuration: [
                        "sentinel monitor \(Self.service) \(primaryPlace.address) \(primary.port) 2",
                        "sentinel down-after-milliseconds \(Self.service) \(downAfter.inMilliseconds)",
                        "sentinel failover-timeout \(Self.service) \(failoverTimeout.inMilliseconds)",
                        "sentinel parallel-syncs \(Self.service) 1",
                    ] + (password.map { ["sentinel auth-pass \(Self.service) \"\($0)\"", "sentinel sentinel-pass \"\($0)\""] } ?? [])))
        }
        for follower in followers { try follower.wait(for: ["INFO", "replication"]) { $0.contains("master_link_status:up") } }
        for sentinel in self.sentinels { try self.waitUntilComplete(sentinel) }
    }

    /// What a client connects to.
    public var url: String {
        "redis+sentinel://\(self.account)\(self.sentinels.map { "\(self.place.address):\($0.port)" }.joined(separator: ","))/\(Self.service)"
            + (self.servers[0].options.password.map { "?sentinel_password=\($0)" } ?? "")
    }

    private var account: String { self.servers[0].options.password.map { ":\($0)@" } ?? "" }

    /// The server that the sentinels name as primary now, as most of them see it.
    public func primary() throws -> PrivateRedis {
        var votes: [UInt16: Int] = [:]
        for sentinel in self.sentinels where sentinel.pid != nil {
            let reply = try sentinel.ask(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.service])
            if let port = reply.split(whereSeparator: \.isNewline).last.flatMap({ UInt16($0) }) { votes[port, default: 0] += 1 }
        }
        guard let port = votes.max(by: { $0.value < $1.value })?.key, let server = self.servers.first(where: { $0.port == port }) else {
            throw HarnessError("the sentinels name no primary")
        }
        return server
    }

    /// The server that most sentinels name instead of `old`, once it says itself that it is the primary; nil before.
    public func promoted(insteadOf old: PrivateRedis) throws -> PrivateRedis? {
        let primary = try self.primary()
        guard primary !== old, try primary.ask(["ROLE"]).contains("master") else { return nil }
        return primary
    }

    /// Waits until most sentinels name another server than `old`, and it says itself that it is the primary.
    @discardableResult
    public func waitForPrimary(otherThan old: PrivateRedis) throws -> PrivateRedis {
        for _ in 0..<3_000 {
            if let primary = try self.promoted(insteadOf: old) { return primary }
            // Nothing tells when a failover is over.
            usleep(10_000)
        }
        throw HarnessError("the sentinels promoted nobody within 30 s")
    }

    /// Whether the primary has every replica in step, and every sentinel knows each of them as one that it may promote.
    ///
    /// A server that has just come back is not yet: sentinels look at replicas once in ten seconds, and when the primary dies before they
    /// have, they find nobody good enough.
    public func isPromotable() throws -> Bool {
        let primary = try self.primary()
        let replicas = self.servers.count - 1
        for sentinel in self.sentinels {
            let state = try sentinel.ask(["SENTINEL", "MASTER", Self.service])
            guard Self.records("*1\r\n" + state).first?["flags"] == "master" else { return false }
            let known = Self.records(try sentinel.ask(["SENTINEL", "REPLICAS", Self.service]))
            let good = known.count {
                $0["flags"] == "slave" && $0["master-link-status"] == "ok" && $0["master-port"] == "\(primary.port)"
            }
            guard good == replicas else { return false }
        }
        return try primary.ask(["WAIT", "\(replicas)", "500"]) == ":\(replicas)\r\n"
    }

    /// A reply of arrays of names and values.
    private static func records(_ reply: String) -> [[Substring: Substring]] {
        var records: [[Substring: Substring]] = []
        var name: Substring?
        // The outer array's count comes first, then each inner one's.
        for (number, line) in reply.split(whereSeparator: \.isNewline).enumerated() {
            if line.first == "*" {
                if number > 0 { records.append([:]) }
            } else if line.first != "$", let last = records.indices.last {
                if let key = name {
                    records[last][key] = line
                    name = nil
                } else {
                    name = line
                }
            }
        }
        return records
    }

    /// Makes the sentinels promote a replica although the primary is well. Waits for the end.
    public func failOver() throws -> PrivateRedis {
        let old = try self.primary()
        for _ in 0..<500 {
            // Refused for as long as no replica is known to be good enough.
            if try self.sentinels[0].ask(["SENTINEL", "FAILOVER", Self.service]).contains("OK") {
                return try self.waitForPrimary(otherThan: old)
            }
            usleep(20_000)
        }
        throw HarnessError("the sentinel refuses to fail over: \(try self.sentinels[0].ask(["SENTINEL", "FAILOVER", Self.service]))")
    }

    private static func server(_ password: String?, _ place: Place, _ configuration: [String]) -> PrivateRedis.Options {
        .init(
            tcp: true, password: password, address: place.listened, prefix: place.prefix,
            configuration: (password.map { ["masterauth \"\($0)\""] } ?? []) + ["repl-diskless-sync-delay 0", "repl-ping-replica-period 1"]
                + configuration)
    }

    private func waitUntilComplete(_ sentinel: PrivateRedis) throws {
        try sentinel.wait(for: ["SENTINEL", "MASTER", Self.service]) { reply in
            let words = reply.split(whereSeparator: \.isNewline).filter { $0.first != "$" && $0.first != "*" }
            func value(_ name: String) -> Substring? { words.firstIndex { $0 == name }.map { words[$0 + 1] } }
            return value("num-other-sentinels") == "2" && value("num-slaves") == "\(self.servers.count - 1)" && value("flags") == "master"
        }
    }
}

extension PrivateSentinel.Place {
    /// What must be listened on besides the loopback's address.
    fileprivate var listened: String? { self.address == Self.loopback.address ? nil : self.address }
}
