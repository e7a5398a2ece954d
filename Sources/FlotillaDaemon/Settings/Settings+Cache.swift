public import FlotillaCache
public import RedisClient

extension Settings {
    /// How the cache works, by the settings.
    public var cacheOptions: CacheOptions {
        var options = CacheOptions()
        let cache = SettingCatalog().cache
        let profile = self[\.cache.profile]
        options.isEnabled = self[\.cache.isEnabled]
        options.keySpace = CacheKeySpace(
            namespace: self[\.cache.namespace], environment: self[\.cache.environment] ?? profile.rawValue)
        for type in CacheType.all { options.policies[type.name] = self.cachePolicy(type, cache.timesToLive, profile) }
        options.disabledTypes = self[\.cache.disabledTypes]
        options.shadowTypes = self[\.cache.shadowTypes]
        options.memoryBytes = self[\.cache.memoryBytes] ?? profile.memoryBytes
        options.loaders = self[\.cache.loaders]
        options.earlyRefreshBeta = Double(self[\.cache.earlyRefresh]) / 100
        options.jitter = Double(self[\.cache.jitter]) / 100
        if self[\.cache.pipelineQuota] > 0 { options.quotas[.pipeline] = self[\.cache.pipelineQuota] }
        if self[\.cache.applicationQuota] > 0 { options.quotas[.application] = self[\.cache.applicationQuota] }
        options.countsStatistics = self[\.cache.statistics]
        options.eventPercent = options.countsStatistics ? self.cacheEventSample : 0
        return options
    }

    private func cachePolicy(_ type: CacheType, _ times: [CacheTimeSetting], _ profile: CacheProfile) -> CachePolicy {
        var policy = type.policy
        policy.compresses = policy.compresses && self[\.cache.compression]
        if let setting = times.first(where: { $0.types.contains(type) })?.setting {
            if let time = self.value(of: setting) {
                policy.timeToLive = time
                return policy
            }
        } else {
            policy.timeToLive = self[\.cache.defaultTTL]
            if self.isSet(\.cache.defaultTTL) { return policy }
        }
        policy.timeToLive = max(.seconds(1), policy.timeToLive / profile.timeDivisor)
        return policy
    }

    /// How values become bytes.
    public var cacheCodec: EntryCodec {
        var options = EntryCodec.Options()
        options.compressionThreshold = self[\.cache.compressionThreshold]
        options.maximumStoredBytes = self[\.cache.maxValueBytes]
        // Checked when the settings were read.
        return EntryCodec(options: options, cipher: self[\.cache.encryptionKeys].flatMap { try? CacheCipher(parsing: $0) })
    }

    /// The Redis of the cache: the queues' where none is configured.
    ///
    /// - Throws: ``SettingMistakes`` when the URL cannot be read; nothing is connected here.
    public func cacheRedis(clientName: String) throws(SettingMistakes) -> RedisConfiguration {
        var configuration = try self.redis(clientName: clientName, connections: self[\.cache.redisConnections])
        if let url = self[\.cache.redisURL] {
            do {
                configuration = try RedisConfiguration(url: url)
            } catch {
                throw SettingMistakes(all: ["CACHE_REDIS_URL=***: \(error.message)"])
            }
            // redis://cache:@host names a user, and leaves the password to its own secret.
            if configuration.password?.isEmpty != false { configuration.password = self[\.cache.redisPassword] ?? configuration.password }
            configuration.clientName = clientName
            configuration.connections = self[\.cache.redisConnections]
        }
        // Each call has a budget of its own. A server that is silent for this long is given up, and connected to anew.
        configuration.commandTimeout = .seconds(2)
        return configuration
    }

    /// How many cache events of a hundred are logged.
    public var cacheEventSample: Int { self[\.cache.eventSample] ?? self[\.cache.profile].eventSample }
}

extension CacheProfile {
    /// By how much values end sooner than the table says.
    var timeDivisor: Int { self == .development ? 10 : 1 }
    var memoryBytes: Int { self == .development ? 8 << 20 : 32 << 20 }
    var eventSample: Int {
        switch self {
        case .development: 100
        case .staging: 10
        case .production: 1
        }
    }
}
