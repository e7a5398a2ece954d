#if DEBUG || FUZZ
    @testable import Flotilla
    @testable import FlotillaRedis
    @testable import PostgresClient
    @testable import RedisClient

    /// What comes from Redis and PostgreSQL, and the URLs that lead there.
    extension FuzzTargets {
        static let servers = [redisReplies, redisURL, workerInfo, postgresURL, postgresValues, postgresArrays]

        /// The replies do not depend on where the stream is cut, and every conversion of every value is safe.
        private static let redisReplies = FuzzTarget(
            "redis-replies",
            dictionary: ["*-1\r\n", "$-1\r\n", "$0\r\n\r\n", "*0\r\n", "*2\r\n", "$5\r\n", ":1\r\n", "\r\n", "*1\r\n*1\r\n*1\r\n"],
            texts: [
                "+OK\r\n", "*3\r\n$3\r\nfoo\r\n:12\r\n*-1\r\n", "-ERR unknown command 'X', with args beginning with: 'a'\r\n",
                "$-1\r\n$0\r\n\r\n",
            ],
            grammar: { RESPGrammar.make(&$0) }
        ) { bytes, random in
            let whole = try read(bytes, cuts: [])
            let cuts = (0..<random.small(12)).map { _ in random.below(bytes.count + 1) }.sorted()
            let pieces = try read(bytes, cuts: cuts)
            try promise(whole.values == pieces.values, "other values when the stream is cut at \(cuts)")
            try promise(whole.failure == nil || pieces.failure != nil, "the failure vanishes when the stream is cut")
            for value in whole.values { try look(at: value, depth: 0) }
        }

        private static func read(_ bytes: [UInt8], cuts: [Int]) throws -> (values: [RedisValue], failure: String?) {
            guard let reader = ReplyReader() else { throw FuzzFailure("no memory for a reader") }
            var values: [RedisValue] = []
            for (start, end) in zip([0] + cuts, cuts + [bytes.count]) {
                let failure = bytes[start..<end].withUnsafeBytes { reader.feed($0) { values.append($0) } }
                if let failure { return (values, failure) }
            }
            return (values, nil)
        }

        private static func look(at value: RedisValue, depth: Int) throws {
            try promise(depth <= 9, "nested \(depth) deep")
            _ = (value.int, value.string, value.bytes?.count, value.isNull)
            if case .error(let error) = value { _ = (error.kind, error.messageWithoutArguments) }
            for element in value.array ?? [] { try look(at: element, depth: depth + 1) }
        }

        private static let redisURL = FuzzTarget(
            "redis-url", maximumBytes: 512,
            dictionary: [
                "redis://", "rediss://", "unix://", "@", "[::1]", "%40", "?db=", "&timeout=", "ssl_ca_certs=", ":6379", "/0", "%2F",
            ],
            texts: [
                "redis://user:pass%40@host:6380/3?timeout=1.5&connections=4", "rediss://:p@[::1]:6379/0?ssl_cert_reqs=none",
                "unix://:p@/run/redis.sock?db=2",
                "redis://h",
            ]
        ) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            let configuration = try RedisConfiguration(url: text)
            try promise((1...64).contains(configuration.connections), "\(configuration.connections) connections")
            try promise(configuration.commandTimeout > .zero && configuration.connectTimeout > .zero, "no time at all")
            try promise((0...Int(Int32.max)).contains(configuration.database), "database \(configuration.database)")
            // What is shown does not depend on the password, wherever else its letters occur.
            var other = configuration
            if other.password != nil { other.password = "another" }
            try promise("\(other)" == "\(configuration)", "the password is shown")
        }

        private static let workerInfo = FuzzTarget(
            "worker-info", dictionary: ["\"host\":", "\"pid\":", "\"started_at\":", "\"concurrency\":"],
            texts: [
                #"{"host":"h","pid":1,"role":"r","version":"1","started_at":7,"concurrency":3}"#,
                #"{"host":"h","process_id":4294967296,"concurrency":1e300,"started_at":"2026-11-21T09:30:00Z"}"#,
            ],
            grammar: {
                JSONGrammar(names: ["host", "pid", "role", "version", "started_at", "concurrency", "started"], texts: [], isObject: true)
                    .make(&$0)
            }
        ) { bytes, _ in _ = WorkerInfo(json: bytes) }

        private static let postgresURL = FuzzTarget(
            "postgres-url", maximumBytes: 512,
            dictionary: ["postgres://", "host=", "sslmode=", "?options=", "-c%20", "'", "\\'", "%", "@"],
            texts: [
                "postgres://user:secretsecret@host:5432/db?sslmode=require", "host=/run dbname=x user='a b' password='secret\\'s'",
                "postgresql:///db?host=/tmp&options=-c%20a%3Db", "postgres://a:1,b:2,/run/db?target_session_attrs=any&hostaddr=1.2.3.4,::1",
            ]
        ) { bytes, _ in
            let configuration = try PostgresConfiguration(url: String(decoding: bytes, as: UTF8.self))
            _ = configuration.description
            for server in configuration.servers.prefix(8).map(Optional.some) + [nil] {
                _ = configuration.connectionKeywords(to: server, target: configuration.targetSession)
            }
        }

        private static let postgresTexts = [
            "2026-11-21 09:08:37.123456+05:30", "0001-01-01 00:00:00 BC", "294276-12-31 23:59:60-23:59:59", "infinity", "-infinity",
            "4713-01-01 BC", "999999-12-31 24:59:60", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "-9223372036854775808", "1e309", "t",
            "\\x00ff",
        ]

        /// Every type either reads a text or refuses it; what it read can be written.
        private static let postgresValues = FuzzTarget(
            "postgres-values", maximumBytes: 128, dictionary: ["-", ":", "+", " BC", "\\x", "infinity", "999999", "000000000"],
            texts: postgresTexts
        ) { bytes, _ in
            try bytes.withUnsafeBufferPointer { text throws in
                if let time = PostgresTimestamp(postgresText: text) {
                    var written: [UInt8] = []
                    _ = time.appendPostgresBinary(to: &written)
                    try promise(written.count == 8, "a time of \(written.count) bytes")
                    _ = Timestamp.text(time.microseconds)
                }
                if let uuid = PostgresUUID(postgresText: text) {
                    try promise(PostgresUUID(uuid.description) == uuid, "another UUID came back")
                }
                if let number = Int64(postgresText: text) { try promise(Int64(String(number)) == number, "another number") }
                _ = (Int(postgresText: text), Int32(postgresText: text), Int16(postgresText: text), Bool(postgresText: text))
                _ = (Double(postgresText: text), Float(postgresText: text), String(postgresText: text), [UInt8](postgresText: text))
            }
        }

        private static let postgresArrays = FuzzTarget(
            "postgres-arrays", dictionary: ["{", "}", ",", "NULL", "\"", "\\\"", "\\\\", "{}", "{{", "\"\""],
            texts: ["{1,2,3}", "{a,NULL,\"b \\\"c\\\"\"}", "{}", "{\"\",\"NULL\"}", "{\"a\\\\\",b}", "{{1},{2}}"]
        ) { bytes, _ in
            try bytes.withUnsafeBufferPointer { text throws in
                if let elements = [String?](postgresText: text) {
                    // Every element takes at least its comma.
                    try promise(elements.count <= max(1, text.count - 1), "\(elements.count) elements of \(text.count) bytes")
                }
                _ = ([Int](postgresText: text), [Double](postgresText: text), [PostgresTimestamp](postgresText: text))
                _ = ([PostgresUUID?](postgresText: text), [Bool](postgresText: text))
            }
        }
    }
#endif
