import Flotilla
import FlotillaDaemon
import Foundation
import RedisClient
import Testing

@Suite struct SettingsTests {
    private func mistakes(_ environment: [String: String]) -> [String] {
        do {
            _ = try DaemonConfiguration.read(role: .documentProcessor, environment: environment)
            return []
        } catch { return error.all }
    }

    private func read(_ environment: [String: String] = [:]) throws -> DaemonConfiguration {
        try DaemonConfiguration.read(role: .documentProcessor, environment: environment)
    }

    /// A directory that is gone when the test is over.
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "flotilla-settings-\(UUID())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `an empty environment gives the documented defaults`() throws {
        let configuration = try self.read()
        #expect(configuration.settings[\.redisHost] == "localhost")
        #expect(configuration.settings[\.redisPort] == 6379)
        #expect(configuration.queue(.document).queue == "document_queue")
        #expect(configuration.queue(.graph).dead == "graph_dlq")
        #expect(configuration.queue(.audio).maximumRetries == 3)
        #expect(configuration.backoffBase == .seconds(60))
        #expect(configuration.backoffMaximum == .seconds(3600))
        #expect(configuration.deadLetterRetention == .seconds(7 * 86_400))
        #expect(configuration.httpPort == 9101)
        #expect(configuration.concurrency >= 1)
        #expect(configuration.settings[\.databaseURL] == nil)
    }

    @Test func `a queue can have a Redis of its own`() throws {
        let configuration = try self.read([
            "REDIS_URL": "redis://one:6379/0", "REDIS_URL_AUDIO": "redis://two:6380/3", "REDIS_URL_GRAPH": "redis://one:6379/0",
            "REDIS_PASSWORD": "secret",
        ])
        let settings = configuration.settings
        #expect(try configuration.redis(of: .document, clientName: "").endpoint == .tcp(host: "one", port: 6379))
        #expect(try configuration.redis(of: .audio, clientName: "").endpoint == .tcp(host: "two", port: 6380))
        #expect(try configuration.redis(of: .audio, clientName: "").database == 3)
        #expect(try configuration.redis(of: .audio, clientName: "").password == "secret")
        // One server, and one set of connections to it.
        #expect(settings.redisShard(.graph) == .main && settings.redisShard(.document) == .main && settings.redisShard(.audio) != .main)
        let mistakes = self.mistakes(["REDIS_URL_VIDEO": "redis://host:99999999"])
        #expect(mistakes.count == 1 && mistakes.allSatisfy { $0.contains("REDIS_URL_VIDEO") && !$0.contains("99999999") }, "\(mistakes)")
    }

    @Test func `values are read in every unit`() throws {
        let configuration = try self.read([
            "LEASE_SECONDS": "1m", "HEARTBEAT_SECONDS": " 500ms ", "DLQ_RETENTION_DAYS": "36h", "RETRY_BACKOFF_BASE_SECONDS": "0.5",
            "MAX_FILE_BYTES": "2GiB", "MAX_RETRY_ATTEMPTS": "5", "MAX_RETRY_ATTEMPTS_AUDIO": "0", "ALLOW_EVICTING_REDIS": "Yes",
            "LOG_LEVEL": "DEBUG", "HTTP_PORT": "0", "OCR_LANGUAGES": "eng+deu", "REDIS_PASSWORD": "",
        ])
        #expect(configuration.lease == .seconds(60))
        #expect(configuration.heartbeat == .milliseconds(500))
        #expect(configuration.deadLetterRetention == .seconds(36 * 3600))
        #expect(configuration.backoffBase == .milliseconds(500))
        #expect(configuration.settings[\.maxFileBytes] == 2 << 30)
        #expect(configuration.queue(.document).maximumRetries == 5)
        #expect(configuration.queue(.audio).maximumRetries == 0)
        #expect(configuration.settings[\.allowEvictingRedis])
        #expect(configuration.settings[\.logLevel] == .debug)
        #expect(configuration.httpPort == 0)
        #expect(configuration.settings[\.redisPassword] == nil)
        #expect(try self.read(["DLQ_RETENTION_DAYS": "0"]).deadLetterRetention == nil)
        #expect(try self.read(["LEASE_SECONDS": "6"]).heartbeat == .seconds(2))
    }

    @Test func `all mistakes come at once, with variable, value and range`() {
        let mistakes = self.mistakes([
            "REDIS_PORT": "70000", "LEASE_SECONDS": "soon", "MAX_FILE_BYTES": "-1", "LOG_FORMAT": "xml", "CONCURRENCY": "0",
            "DATABASE_URL": "mysql://root:hunter2@h/x", "STORAGE_ROOT": "relative", "FLOTILLA_FAULTS": "x",
            "HTTP_ADDRESS": "example.org",
        ])
        #expect(mistakes.count == 9)
        let all = mistakes.joined(separator: "\n")
        #expect(all.contains("REDIS_PORT='70000' (environment): expected whole number from 1 to 65535"))
        #expect(all.contains("did you mean FLOTILLA_FAULT?"))
        #expect(all.contains("`json`, `text`, `auto`"))
        #expect(!all.contains("hunter2"))
    }

    @Test(arguments: [
        "99999999999999999999", "1e9", "+5", "0x10", "5 5", "∞", "NaN", "-1s", "5 minutes", "1..5", ".5", "106751991167d", "٣", "\u{0}5",
    ]) func `nonsense numbers are refused, never trapped on`(text: String) {
        #expect(self.mistakes(["LEASE_SECONDS": text]).count == 1)
        #expect(self.mistakes(["MAX_FILE_BYTES": text]).count == 1)
        #expect(self.mistakes(["MAX_RETRY_ATTEMPTS": text]).count == (text == "+5" ? 0 : 1))
    }

    @Test func `settings that contradict each other are refused`() {
        #expect(self.mistakes(["LEASE_SECONDS": "10", "HEARTBEAT_SECONDS": "5"]).count == 1)
        #expect(self.mistakes(["RETRY_BACKOFF_BASE_SECONDS": "60", "RETRY_BACKOFF_MAX_SECONDS": "10"]).count == 1)
        #expect(self.mistakes(["REDIS_QUEUE_AUDIO": "document_queue"]).count == 1)
        #expect(self.mistakes(["REDIS_TLS_CERT_FILE": "/x"]).count == 1)
        #expect(self.mistakes(["RETRY_BACKOFF_BASE_SECONDS": "2h"]).isEmpty)
    }

    @Test func `a secret comes from a variable, a file or a credential, and only from one`() throws {
        try self.withDirectory { directory in
            try "from file\n".write(toFile: directory + "/password", atomically: false, encoding: .utf8)
            let file = directory + "/password"
            #expect(try self.read(["REDIS_PASSWORD_FILE": file]).settings[\.redisPassword] == "from file")
            let twice = self.mistakes(["REDIS_PASSWORD_FILE": file, "REDIS_PASSWORD": "hunter2"])
            #expect(twice.count == 1)
            #expect(twice.first?.contains("more than once") == true)
            #expect(twice.first?.contains("hunter2") == false)
            #expect(self.mistakes(["REDIS_PASSWORD_FILE": directory + "/missing"]).count == 1)
            #expect(self.mistakes(["REDIS_PASSWORD_FILE": directory]).count == 1)

            try "from credential".write(toFile: directory + "/redis-password", atomically: false, encoding: .utf8)
            let configuration = try self.read(["CREDENTIALS_DIRECTORY": directory])
            #expect(configuration.settings[\.redisPassword] == "from credential")
            #expect(self.mistakes(["CREDENTIALS_DIRECTORY": directory, "REDIS_PASSWORD": "x"]).count == 1)
            let shown = try #require(configuration.settings.shown().first { $0.declaration.name == "REDIS_PASSWORD" })
            #expect(shown.value == "***")
            #expect("\(shown.origin)".hasPrefix("credential /"))

            try "".write(toFile: directory + "/empty", atomically: false, encoding: .utf8)
            #expect(self.mistakes(["REDIS_PASSWORD_FILE": directory + "/empty"]).count == 1)
        }
    }

    @Test func `a switch comes from a file, which may be empty where nothing is a value`() throws {
        try self.withDirectory { directory in
            let (enabled, types) = (directory + "/enabled", directory + "/types")
            try "false\n".write(toFile: enabled, atomically: false, encoding: .utf8)
            try "\n".write(toFile: types, atomically: false, encoding: .utf8)
            let environment = ["CACHE_ENABLED_FILE": enabled, "CACHE_DISABLED_TYPES_FILE": types]
            #expect(try !self.read(environment).settings[\.cache.isEnabled])
            #expect(try self.read(environment).settings[\.cache.disabledTypes] == [])
            try "graph, billing\n".write(toFile: types, atomically: false, encoding: .utf8)
            #expect(try self.read(environment).settings[\.cache.disabledTypes] == ["graph", "billing"])
            #expect(try self.read(environment).settings.warnings == [])
            try "perhaps\n".write(toFile: enabled, atomically: false, encoding: .utf8)
            #expect(self.mistakes(environment).first?.contains("CACHE_ENABLED") == true)
            #expect(self.mistakes(["CACHE_ENABLED_FILE": enabled, "CACHE_ENABLED": "true"]).count == 1)
        }
    }

    @Test func `the cache's URL names a user, and its password is a secret of its own`() throws {
        func redis(_ url: String) throws -> RedisConfiguration {
            try self.read(["CACHE_REDIS_URL": url, "CACHE_REDIS_PASSWORD": "hunter2"]).settings.cacheRedis(clientName: "x")
        }
        #expect(try redis("redis://cache:@redis-cache:6379").username == "cache")
        #expect(try redis("redis://cache:@redis-cache:6379").password == "hunter2")
        #expect(try redis("redis://cache:own@redis-cache:6379").password == "own")
    }

    @Test func `a misspelt variable is a warning, a strange one is nobody's business`() throws {
        let settings = try self.read(["REDIS_HOTS": "x", "REDIS_HOST_FILE": "x", "PATH": "/bin", "HOME": "/", "CACHE_ENABLED": "true"])
            .settings
        #expect(settings.warnings.count == 2)
        #expect(settings.warnings.contains { $0.contains("did you mean REDIS_HOST?") })
    }

    @Test func `the reference names every setting once`() {
        let catalog = SettingCatalog()
        let reference = catalog.markdownReference()
        #expect(catalog.declarations.count > 45)
        #expect(Set(catalog.declarations.map(\.name)).count == catalog.declarations.count)
        for declaration in catalog.declarations {
            #expect(reference.components(separatedBy: "\n| `\(declaration.name)` |").count == 2, "\(declaration.name)")
        }
    }

    /// `UPDATE_DOCS=1 swift test --filter SettingsTests` writes it anew.
    @Test func `docs/configuration.md is what the declarations say`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/configuration.md")
            .standardized
        let reference = SettingCatalog().markdownReference()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try reference.write(to: file, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == reference)
    }

    @Test func `every default lies in its own range`() throws {
        for setting in try self.read().settings.shown() where !setting.value.isEmpty {
            if ["CONCURRENCY", "HTTP_PORT", "CACHE_MEMORY_BYTES"].contains(setting.declaration.name) { continue }
            #expect(self.mistakes([setting.declaration.name: setting.value]).isEmpty, "\(setting.declaration.name)")
        }
    }

    @Test func `the addresses of the servers are put together from what is set`() throws {
        let plain = try self.read(["REDIS_HOST": "r", "REDIS_PORT": "7000", "REDIS_DB": "2", "REDIS_PASSWORD": "hunter2"]).redis(
            clientName: "x")
        #expect("\(plain)" == "redis://:***@r:7000/2")
        let url = try self.read([
            "REDIS_URL": "rediss://h:1/3", "REDIS_USERNAME": "u", "REDIS_PASSWORD": "hunter2", "REDIS_TLS_CA_FILE": "/ca",
        ])
        let secured = try url.redis(clientName: "x")
        #expect("\(secured)" == "rediss://u:***@h:1/3")
        #expect(try self.read(["REDIS_URL": "redis://h", "REDIS_HOST": "x"]).settings.warnings.count == 1)
        let wrong = self.mistakes(["REDIS_URL": "redis://u:hunter2@h:notaport/0", "DATABASE_URL": "postgres://u:hunter2@h/x?nonsense=1"])
        #expect(wrong.count == 2)
        #expect(!wrong.joined().contains("hunter2"))
        #expect(throws: Never.self) { try self.read(["DATABASE_URL": "postgres://u:p@h/x?sslmode=require"]).postgres(applicationName: "x") }
    }

    @Test func `on a cluster the queues have names that lie together, and the cache lies elsewhere`() throws {
        let cluster = ["REDIS_URL": "redis+cluster://a:1,b:2", "CACHE_REDIS_URL": "redis://cache"]
        let configuration = try self.read(cluster)
        #expect(configuration.settings.redisIsCluster)
        #expect(configuration.queue(.document).queue == "document_queue")
        #expect(configuration.queue(.document).retry == "{document_queue}:retry")
        #expect(configuration.queue(.graph).dead == "{graph_queue}:dlq")
        let tagged = try self.read(cluster.merging(["REDIS_QUEUE_AUDIO": "{shop}.audio", "REDIS_DLQ_AUDIO": "{shop}.dead"]) { $1 })
        #expect(tagged.queue(.audio).retry == "{shop}.audio:retry")
        #expect(tagged.queue(.audio).dead == "{shop}.dead")
        // Behind sentinels there is one primary, and the names are what they were.
        let sentinel = try self.read(["REDIS_URL": "redis+sentinel://a,b/mymaster"])
        #expect(sentinel.queue(.document).retry == "document_retry")
        #expect(try self.read(cluster.merging(["CACHE_REDIS_URL": "redis+sentinel://a,b/cache"]) { $1 }).queues.count == 4)
    }

    @Test(arguments: [
        (["REDIS_DLQ_DOCUMENT": "document_dlq"], "set REDIS_DLQ_DOCUMENT={document_queue}:dlq"),
        (["REDIS_RETRY_AUDIO": "audio_waiting"], "set REDIS_RETRY_AUDIO={audio_queue}:retry"),
        (["REDIS_QUEUE_VIDEO": "a{}"], "REDIS_QUEUE_VIDEO=a{}: on a cluster braces"),
        (["CACHE_REDIS_URL": ""], "set CACHE_REDIS_URL to a Redis of its own, or CACHE_ENABLED=false"),
        (["CACHE_REDIS_URL": "redis+cluster://c"], "CACHE_REDIS_URL=***: the cache cannot be on a cluster"),
        (["REDIS_URL": "redis+cluster://a/1"], "a cluster has no database but 0"),
    ]) func `what cannot be on a cluster is a mistake that says what to set`(_ environment: [String: String], _ advice: String) {
        let cluster = ["REDIS_URL": "redis+cluster://a", "CACHE_REDIS_URL": "redis://cache"]
        let error = #expect(throws: SettingMistakes.self) { try self.read(cluster.merging(environment) { $1 }) }
        #expect(error?.all.count == 1)
        #expect(error?.all.first?.contains(advice) == true, "\(error?.all ?? [])")
    }

    @Test func `without a cache a cluster is enough`() throws {
        #expect(try self.read(["REDIS_URL": "redis+cluster://a", "CACHE_ENABLED": "false"]).settings.redisIsCluster)
    }

    @Test func `queues and retry policies go together`() throws {
        let configuration = try self.read(["MAX_RETRY_ATTEMPTS_GRAPH": "9", "RETRY_BACKOFF_BASE_SECONDS": "1"])
        #expect(configuration.retryPolicy(.graph).maximumRetries == 9)
        #expect(configuration.retryPolicy(.graph).backoff.base == .seconds(1))
        #expect(configuration.queue(.video).retry == "video_retry")
        #expect(configuration.queues.count == 4)
    }

    @Test func `a duration above 292 years is none`() {
        #expect(SettingText.parseDuration("36854775807", bare: .seconds) == nil)
        #expect(SettingText.parseDuration("9223372036855ms", bare: .seconds) == nil)
        #expect(SettingText.parseDuration("9223372036854ms", bare: .seconds) == .milliseconds(9_223_372_036_854))
        #expect(SettingText.parseDuration("106751d", bare: .seconds) == .seconds(106_751 * 86_400))
    }
}
