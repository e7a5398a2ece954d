internal import Glibc
internal import Threading

/// A primary, replicas and three sentinels of a test's own, all on free ports of 127.0.0.1.
///
/// The sentinels call a server down after `downAfter` and then need about a second to agree on another one.
public final class PrivateSentinel: Sendable {
    /// The name by which the sentinels know the primary.
    public static let service = "mymaster"

    /// The servers; the first one begins as the primary.
    public let servers: [PrivateRedis]
    public let sentinels: [PrivateRedis]

    /// Starts everything and waits until each replica is in step and each sentinel knows all others.
    ///
    /// - Parameters:
    ///   - password: of servers and sentinels alike; nil for none.
    ///   - configuration: further lines of the servers' configuration.
    /// - Throws: ``HarnessError`` when something does not come up.
    public init(replicas: Int = 1, downAfter: Duration = .seconds(1), password: String? = nil, configuration: [String] = []) throws {
        let primary = try PrivateRedis(Self.server(password, configuration))
        let followers = try (0..<replicas).map { _ in
            try PrivateRedis(Self.server(password, configuration + ["replicaof 127.0.0.1 \(primary.port)"]))
        }
        self.servers = [primary] + followers
        self.sentinels = try (0..<3).map { _ in
            try PrivateRedis(
                .init(
                    tcp: true, password: password, isSentinel: true,
                    configuration: [
                        "sentinel monitor \(Self.service) 127.0.0.1 \(primary.port) 2",
                        "sentinel down-after-milliseconds \(Self.service) \(downAfter.inMilliseconds)",
                        "sentinel failover-timeout \(Self.service) 5000", "sentinel parallel-syncs \(Self.service) 1",
                    ] + (password.map { ["sentinel auth-pass \(Self.service) \"\($0)\"", "sentinel sentinel-pass \"\($0)\""] } ?? [])))
        }
        for follower in followers { try follower.wait(for: ["INFO", "replication"]) { $0.contains("master_link_status:up") } }
        for sentinel in self.sentinels { try self.waitUntilComplete(sentinel) }
    }

    /// What a client connects to.
    public var url: String {
        "redis+sentinel://\(self.account)\(self.sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ","))/\(Self.service)"
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

    /// Waits until most sentinels name another server than `old`, and it says itself that it is the primary.
    @discardableResult
    public func waitForPrimary(otherThan old: PrivateRedis) throws -> PrivateRedis {
        for _ in 0..<3_000 {
            let primary = try self.primary()
            if primary !== old, try primary.ask(["ROLE"]).contains("master") { return primary }
            // Nothing tells when a failover is over.
            usleep(10_000)
        }
        throw HarnessError("the sentinels promoted nobody within 30 s")
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

    private static func server(_ password: String?, _ configuration: [String]) -> PrivateRedis.Options {
        .init(
            tcp: true, password: password,
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
