internal import FaultProxy
internal import ServerHarness

extension Scene {
    /// A proxy in front of the scene's Redis.
    func redisProxy() throws -> FaultProxy {
        try FaultProxy(to: .unix(path: self.redis().socketPath), .init(language: .redis, seed: self.setting.seed))
    }

    /// A proxy in front of its PostgreSQL server.
    func postgresProxy() throws -> FaultProxy {
        guard let server = self.postgres else { throw SelfTestError("the scene has no PostgreSQL of its own") }
        return try FaultProxy(
            to: .unix(path: "\(server.directory)/.s.PGSQL.\(server.port ?? 5432)"), .init(language: .postgres, seed: self.setting.seed))
    }

    /// What a daemon is started with that reaches its servers through proxies; nil for those that it reaches directly.
    func environment(redis: FaultProxy?, postgres: FaultProxy? = nil) -> [String: String] {
        var environment: [String: String] = [:]
        if let redis { environment["REDIS_URL"] = "redis://127.0.0.1:\(redis.port)/0" }
        if let postgres {
            environment["DATABASE_URL"] = "postgres://postgres@127.0.0.1:\(postgres.port)/\(self.databaseName)?sslmode=disable"
        }
        return environment
    }

    /// The name in `postgres://postgres@/name?host=…`.
    private var databaseName: String {
        let rest = self.databaseURL.drop { $0 != "@" }.drop { $0 != "/" }.dropFirst()
        return String(rest.prefix { $0 != "?" })
    }
}
