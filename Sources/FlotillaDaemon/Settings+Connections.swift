public import PostgresClient
public import RedisClient

extension Settings {
    /// How to reach Redis: `REDIS_URL`, or host, port and the rest.
    ///
    /// - Throws: ``SettingMistakes`` when the URL cannot be read; nothing is connected here.
    public func redis(clientName: String, connections: Int = 2) throws(SettingMistakes) -> RedisConfiguration {
        var configuration: RedisConfiguration
        if let url = self[\.redisURL] {
            do {
                configuration = try RedisConfiguration(url: url)
            } catch {
                throw SettingMistakes(all: ["REDIS_URL=***: \(error.message)"])
            }
            // A URL in plain sight with the password in a secret of its own is a good habit.
            configuration.username = configuration.username ?? self[\.redisUsername]
            configuration.password = configuration.password ?? self[\.redisPassword]
        } else {
            configuration = RedisConfiguration(
                endpoint: .tcp(host: self[\.redisHost], port: UInt16(clamping: self[\.redisPort])), username: self[\.redisUsername],
                password: self[\.redisPassword], database: self[\.redisDB])
        }
        if self[\.redisTLS] || self[\.redisTLSCAFile] != nil || self[\.redisTLSCertFile] != nil {
            configuration.tls = configuration.tls ?? .init()
        }
        if let file = self[\.redisTLSCAFile] { configuration.tls?.authorityFile = file }
        if let file = self[\.redisTLSCertFile] { configuration.tls?.certificateFile = file }
        if let file = self[\.redisTLSKeyFile] { configuration.tls?.keyFile = file }
        configuration.clientName = clientName
        configuration.connections = max(1, connections)
        return configuration
    }

    /// How to reach PostgreSQL: `DATABASE_URL`, or libpq's own variables.
    ///
    /// - Throws: ``SettingMistakes`` when the URL cannot be read; nothing is connected here.
    public func postgres(applicationName: String) throws(SettingMistakes) -> PostgresConfiguration {
        var configuration: PostgresConfiguration
        do {
            configuration = try PostgresConfiguration(url: self[\.databaseURL] ?? "")
        } catch {
            throw SettingMistakes(all: ["DATABASE_URL=***: it cannot be read as a PostgreSQL URL"])
        }
        configuration.applicationName = applicationName
        configuration.maximumConnections = self[\.databaseConnections]
        switch self[\.databasePooler] {
        case .none: configuration.pooler = .none
        case .session: configuration.pooler = .session
        case .transaction: configuration.pooler = .transaction
        }
        // A plan cached while a table was empty scans it from end to end when it has grown: a batch of results then took seconds. Planning
        // anew costs a fraction of a millisecond a batch.
        configuration.serverSettings["plan_cache_mode"] = "force_custom_plan"
        return configuration
    }

    /// What is wrong with the addresses of servers, and what contradicts what.
    func connectionMistakes() -> [String] {
        var mistakes: [String] = []
        do { _ = try self.redis(clientName: "") } catch { mistakes += error.all }
        do { _ = try self.postgres(applicationName: "") } catch { mistakes += error.all }
        return mistakes
    }
}
