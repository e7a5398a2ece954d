public import PostgresClient
public import RedisClient

extension Settings {
    /// How to reach Redis: `REDIS_URL`, or host, port and the rest.
    ///
    /// - Throws: ``SettingMistakes`` when the URL cannot be read; nothing is connected here.
    public func redis(clientName: String, connections: Int = 2) throws(SettingMistakes) -> RedisConfiguration {
        try self.redis(self[\.redisURL], "REDIS_URL", clientName, connections)
    }

    /// How to reach the Redis that holds the queue of one kind: that of all where it has none of its own.
    ///
    /// - Throws: ``SettingMistakes`` when the URL cannot be read; nothing is connected here.
    public func redis(of kind: QueueKind, clientName: String, connections: Int = 2) throws(SettingMistakes) -> RedisConfiguration {
        guard let url = self.ownRedisURL(kind) else { return try self.redis(clientName: clientName, connections: connections) }
        return try self.redis(url, "REDIS_URL_\(kind.rawValue.uppercased())", clientName, connections)
    }

    /// Which Redis holds the queue of a kind: equal for kinds that share one.
    public func redisShard(_ kind: QueueKind) -> RedisShard { RedisShard(url: self.ownRedisURL(kind)) }

    private func ownRedisURL(_ kind: QueueKind) -> String? {
        let url =
            switch kind {
            case .document: self[\.redisURLDocument]
            case .audio: self[\.redisURLAudio]
            case .video: self[\.redisURLVideo]
            case .graph: self[\.redisURLGraph]
            }
        return url == self[\.redisURL] ? nil : url
    }

    private func redis(
        _ url: String?, _ setting: String, _ clientName: String, _ connections: Int
    ) throws(SettingMistakes) -> RedisConfiguration {
        var configuration: RedisConfiguration
        if let url {
            do {
                configuration = try RedisConfiguration(url: url)
            } catch {
                throw SettingMistakes(all: ["\(setting)=***: \(error.message)"])
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

    /// Whether `REDIS_URL` names a cluster.
    public var redisIsCluster: Bool { Self.namesCluster(self[\.redisURL]) }

    /// Whether the queue of a kind is on a cluster.
    func isOnCluster(_ kind: QueueKind) -> Bool { Self.namesCluster(self.ownRedisURL(kind) ?? self[\.redisURL]) }

    private static func namesCluster(_ url: String?) -> Bool {
        let url = url?.lowercased() ?? ""
        return url.hasPrefix("redis+cluster://") || url.hasPrefix("rediss+cluster://")
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
        for kind in QueueKind.allCases where self.redisShard(kind) != .main {
            do { _ = try self.redis(of: kind, clientName: "") } catch { mistakes += error.all }
        }
        do {
            if try self.cacheRedis(clientName: "").isCluster, self[\.cache.redisURL] != nil {
                mistakes.append("CACHE_REDIS_URL=***: the cache cannot be on a cluster: use a server of its own, alone or behind sentinels")
            }
        } catch {
            // A REDIS_URL that cannot be read is told already.
            mistakes += error.all.filter { !mistakes.contains($0) }
        }
        do { _ = try self.postgres(applicationName: "") } catch { mistakes += error.all }
        return mistakes
    }
}
