import PostgresClient
import Testing

@Suite struct ValueTests {
    private func roundTrip<Value: PostgresEncodable & PostgresDecodable & Equatable>(_ value: Value, cast: String, on pool: PostgresPool)
        async throws
    {
        let row = try await pool.query("SELECT \(value)::\(unescaped: cast) AS v").one()
        #expect(try row["v", as: Value.self] == value, "\(cast)")
        #expect(try row[0, as: Value?.self] == value)
        let null = try await pool.query("SELECT \(Value?.none)::\(unescaped: cast) AS v").one()
        #expect(try null["v", as: Value?.self] == nil)
    }

    @Test func `scalars come back as they went`() async throws {
        try await withPool { pool in
            for value in [0, 1, -1, Int64.max, Int64.min] { try await roundTrip(value, cast: "bigint", on: pool) }
            try await roundTrip(Int.max, cast: "int8", on: pool)
            for value in [Int32.max, Int32.min] { try await roundTrip(value, cast: "int4", on: pool) }
            for value in [Int16.max, Int16.min] { try await roundTrip(value, cast: "int2", on: pool) }
            for value in [0.1, -1e300, Double.leastNonzeroMagnitude, .infinity, 1.0 / 3] {
                try await roundTrip(value, cast: "float8", on: pool)
            }
            try await roundTrip(Float(0.1), cast: "float4", on: pool)
            for value in [true, false] { try await roundTrip(value, cast: "bool", on: pool) }
            for value in ["", "plain", "naïve 日本語 🧑‍🚀", "'; DROP TABLE x; --", "\\ \" { } , NULL", "line\nbreak\ttab"] {
                try await roundTrip(value, cast: "text", on: pool)
            }
            for value in [[], [0], [0, 1, 255, 0, 92, 39], [UInt8](0...255)] as [[UInt8]] {
                try await roundTrip(value, cast: "bytea", on: pool)
            }
            let uuid = try #require(PostgresUUID("0189fE9c-4A6b-7c3d-9e8f-001122334455"))
            #expect(uuid.description == "0189fe9c-4a6b-7c3d-9e8f-001122334455")
            try await roundTrip(uuid, cast: "uuid", on: pool)
        }
    }

    @Test func `timestamps come back to the microsecond in any zone`() async throws {
        for zone in ["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"] {
            try await withPool({ $0.serverSettings["TimeZone"] = zone }) { pool in
                for value in [
                    0, 1, -1, 951_782_400_123_456, 1_795_252_117_000_001, -62_135_596_800_000_000, .max, .min, -99_999_999_999_999_999,
                ] as [Int64] {
                    try await roundTrip(PostgresTimestamp(microseconds: value), cast: "timestamptz", on: pool)
                }
                let row = try await pool.query(
                    "SELECT extract(epoch FROM \(PostgresTimestamp(microseconds: 1_500_000))::timestamptz)::float8"
                ).one()
                #expect(try row[0, as: Double.self] == 1.5)
            }
        }
    }

    @Test func `arrays come back as they went`() async throws {
        try await withPool { pool in
            try await roundTrip([] as [String], cast: "text[]", on: pool)
            try await roundTrip(["", "a", "NULL", "null", "b,c", "d\"e\\f", "{g}", " h ", "日本 🎉"], cast: "text[]", on: pool)
            try await roundTrip(["a", nil, "NULL"] as [String?], cast: "text[]", on: pool)
            try await roundTrip([1, -1, .max, .min] as [Int64], cast: "bigint[]", on: pool)
            try await roundTrip([1, nil] as [Int?], cast: "bigint[]", on: pool)
            try await roundTrip([] as [Int], cast: "bigint[]", on: pool)
            try await roundTrip([1, 2] as [Int32], cast: "int4[]", on: pool)
            try await roundTrip([true, false], cast: "bool[]", on: pool)
            try await roundTrip([true, nil] as [Bool?], cast: "bool[]", on: pool)
            try await roundTrip([0.5, -1e-300, 1e22], cast: "float8[]", on: pool)
            try await roundTrip([0.1, 2] as [Float], cast: "float4[]", on: pool)
            try await roundTrip([[], [0, 255], [92, 34]] as [[UInt8]], cast: "bytea[]", on: pool)
            try await roundTrip([[1], nil] as [[UInt8]?], cast: "bytea[]", on: pool)
            try await roundTrip([PostgresTimestamp(microseconds: 5), nil] as [PostgresTimestamp?], cast: "timestamptz[]", on: pool)
            try await roundTrip([PostgresUUID(high: 1, low: .max)], cast: "uuid[]", on: pool)
        }
    }

    @Test func `strings take the type of their place and arrays are cast element by element`() async throws {
        try await withPool { pool in
            try await pool.query("CREATE TABLE t (id uuid, body jsonb, at timestamptz, n int)")
            let id = "0189fe9c-4a6b-7c3d-9e8f-001122334455"
            try await pool.query("INSERT INTO t VALUES (\(id), \("{\"a\": [1, 2]}"), \("2026-01-02T03:04:05Z"), \(7))")
            #expect(
                try await pool.query("SELECT 1 FROM t WHERE id = \(id) AND at < now() + \(Duration.seconds(1)) * 1e9 AND n = \(7)").count
                    == 1)
            #expect(try await pool.query("SELECT 1 FROM t WHERE id = ANY(\([id])::uuid[])").count == 1)
            #expect(
                try await pool.query("SELECT \(Duration.milliseconds(90_500))::interval::text").one()[0, as: String.self] == "00:01:30.5")
            let rows = try await pool.query("SELECT u.* FROM unnest(\(["{}", "[]"])::jsonb[], \([1, 2])) WITH ORDINALITY AS u(j, n, o)")
            #expect(rows.count == 2)
            #expect(rows.columns == ["j", "n", "o"])
            #expect(try rows[1]["j", as: String.self] == "[]")
            #expect(try await pool.query("SELECT sum(x) AS s FROM unnest(\([1, 2, 3])) AS x").one()["s", as: Int.self] == 6)
        }
    }

    @Test func `hostile text stays a value`() async throws {
        try await withPool { pool in
            try await pool.query("CREATE TABLE victim (name text)")
            let hostile = "x'); DROP TABLE victim; --"
            try await pool.query("INSERT INTO victim VALUES (\(hostile))")
            #expect(try await pool.query("SELECT name FROM victim WHERE name = \(hostile)").one()["name", as: String.self] == hostile)
            let name = "odd \" name; DROP TABLE victim"
            try await pool.query("CREATE TABLE \(identifier: name) (v int)")
            #expect(try await pool.query("SELECT * FROM \(identifier: name)").isEmpty)
            #expect(try await pool.query("SELECT count(*) FROM victim").one()[0, as: Int.self] == 1)
        }
    }

    @Test func `fragments keep their parameters in order`() async throws {
        let condition: PostgresQuery = "a = \(1) AND b = \("x")"
        let query: PostgresQuery = "SELECT \(true) WHERE \(fragment: condition) LIMIT \(5)"
        #expect(query.sql == "SELECT $1 WHERE a = $2 AND b = $3 LIMIT $4")
        #expect(PostgresQuery("SELECT 1").sql == "SELECT 1")
        try await withPool { pool in
            let row = try await pool.query(PostgresQuery(file: "SELECT $2::int8 AS b, $1::text AS a", "x", 3)).one()
            #expect(try row["a", as: String.self] == "x" && row["b", as: Int.self] == 3)
        }
    }

    @Test func `a NUL byte in text is refused before anything is sent`() async throws {
        try await withPool { pool in
            for query in ["SELECT \("a\0b")", "SELECT \(["ok", "a\0b"])", "SELECT \(["a\0b", nil] as [String?])", "SELECT 'a\0b'"]
                as [PostgresQuery]
            {
                let error = try await failure { try await pool.query(query) }
                #expect(error.code == .invalidArgument && error.isDataError && !error.mayHaveCommitted)
                #expect(!error.description.contains("a\0b"))
            }
            #expect(try await pool.query("SELECT \([0, 1] as [UInt8])::bytea").one()[0, as: [UInt8].self] == [0, 1])
        }
    }

    @Test func `wrong columns, NULL and wrong types are typed errors`() async throws {
        try await withPool { pool in
            let row = try await pool.query("SELECT NULL::text AS n, 'abc' AS t, 3000000000 AS big, '{1,2}'::int[] AS list").one()
            #expect(throws: PostgresError.self) { try row["missing", as: String.self] }
            #expect(throws: PostgresError.self) { try row[9, as: String.self] }
            #expect(throws: PostgresError.self) { try row["n", as: String.self] }
            #expect(throws: PostgresError.self) { try row["t", as: Int.self] }
            #expect(throws: PostgresError.self) { try row["big", as: Int32.self] }
            #expect(throws: PostgresError.self) { try row["list", as: Int.self] }
            #expect(throws: PostgresError.self) { try row["t", as: [Int].self] }
            let error = try await failure { try row["t", as: Int.self] }
            #expect(error.code == .decoding && error.column == "t" && !error.description.contains("abc"))
        }
    }

    @Test(arguments: ["999999-12-31 24:59:60", "999999-01-01 BC", "294277-01-10 00:00:00", "300000-01-01"])
    func `a time that microseconds cannot say is no time`(text: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer { PostgresTimestamp(postgresText: $0) } == nil)
    }

    @Test func `the last year of PostgreSQL is read`() {
        let bytes = Array("294246-12-31 23:59:59.999999".utf8)
        #expect(bytes.withUnsafeBufferPointer { PostgresTimestamp(postgresText: $0) }?.microseconds == 9_223_371_244_799_999_999)
    }
}
