internal import CLibpq
internal import Glibc
internal import Threading

/// One of the servers that a configuration names.
struct ServerAddress: Hashable {
    /// A name, an address, or the directory of a unix socket; nil for libpq's own default.
    var host: String?
    /// The numeric address, which spares the look-up of the name.
    var address: String?
    var port: String?

    /// For messages: `db1.example:5432`.
    var label: String { (self.host ?? self.address ?? "the local socket") + (self.port.map { ":\($0)" } ?? "") }

    /// Takes libpq's lists apart: `h1,h2` and `5432,5433`, one port for all, or one each.
    ///
    /// - Returns: nothing when the lists do not fit together, which libpq then says itself.
    static func list(hosts: String?, addresses: String?, ports: String?) -> [ServerAddress] {
        let hosts = Self.split(hosts)
        let addresses = Self.split(addresses)
        let ports = Self.split(ports)
        let count = max(hosts.count, addresses.count)
        guard hosts.isEmpty || hosts.count == count, addresses.isEmpty || addresses.count == count else { return [] }
        guard ports.count <= 1 || ports.count == count else { return [] }
        return (0..<count).map { index in
            ServerAddress(
                host: hosts.isEmpty ? nil : hosts[index], address: addresses.isEmpty ? nil : addresses[index],
                port: ports.isEmpty ? nil : ports[ports.count == 1 ? 0 : index])
        }
    }

    /// An empty place of a list is libpq's default.
    private static func split(_ list: String?) -> [String?] {
        guard let list, !list.isEmpty else { return [] }
        return list.split(separator: ",", omittingEmptySubsequences: false).map { $0.isEmpty ? nil : String($0) }
    }
}

/// Which of several servers last took a connection: the others are tried after it, so that a dead one costs its time once.
final class LastServer: Sendable {
    private let index = Lock(0)

    var value: Int {
        get { self.index.withLock { $0 } }
        set { self.index.withLock { $0 = newValue } }
    }
}

extension PostgresConfiguration {
    /// What a server must be: `any`, `read-write`, `read-only`, `primary`, `standby`, `prefer-standby`.
    ///
    /// As the URL or `PGTARGETSESSIONATTRS` says it. Otherwise, with several servers, only the one that takes writes will do: the others
    /// are its standbys.
    var targetSession: String {
        if let given = self.parsed()?["target_session_attrs"] { return given }
        if let given = getenv("PGTARGETSESSIONATTRS") { return String(cString: given) }
        return self.servers.count > 1 ? "read-write" : "any"
    }

    /// Every server that URL or environment name, in their order; empty when libpq alone can tell (a service file).
    var servers: [ServerAddress] {
        let values = self.parsed() ?? [:]
        if values["service"] != nil { return [] }
        let defaults = Self.environmentDefaults()
        let isLocal = values["host"] != nil || values["hostaddr"] != nil
        return ServerAddress.list(
            hosts: values["host"] ?? (isLocal ? nil : defaults["host"]),
            addresses: values["hostaddr"] ?? (isLocal ? nil : defaults["hostaddr"]),
            ports: values["port"] ?? defaults["port"])
    }

    /// How many servers the URL or the environment name: more than one means that a standby can take over.
    public var serverCount: Int { max(1, self.servers.count) }
}
