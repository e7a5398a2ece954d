import Glibc
import JSONText
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// What several processes with one cache do to each other.
    @Suite struct CacheProcesses {
        private let redis: PrivateRedis
        private let scratch: ScratchDirectory

        init() throws {
            self.redis = try PrivateRedis(.init(configuration: ["maxmemory 64mb", "maxmemory-policy volatile-lfu"]))
            self.scratch = try ScratchDirectory(prefix: "flotilla-probe")
        }

        private func log(_ number: Int) -> String { "\(self.scratch.path)/probe\(number)" }

        private func start(_ number: Int, _ words: String...) throws -> ChildProcess {
            try ChildProcess("\(Fleet.programs)/cache-probe", [words[0], self.redis.url] + words.dropFirst(), log: self.log(number))
        }

        /// What a probe said at its end.
        private func end(_ probe: ChildProcess, _ number: Int) throws -> JSONValue {
            #expect(probe.wait(milliseconds: 60_000) == .exited(0), "\(readText(self.log(number)))")
            return try JSONValue(parsing: Array((readText(self.log(number)).split(separator: "\n").last ?? "").utf8))
        }

        @Test(.timeLimit(.minutes(2))) func `two thousand callers in two processes load a cold value once`() throws {
            let probes = try (0..<2).map { try self.start($0, "stampede", "2", "1000") }
            let ends = try probes.enumerated().map { try self.end($0.element, $0.offset) }
            print("stampede: \(ends.map { String(decoding: $0.jsonBytes, as: UTF8.self) })")
            #expect(ends.reduce(0) { $0 + ($1["loads"]?.integer ?? 99) } == 1)
            #expect(ends.allSatisfy { $0["right"]?.integer == 1_000 })
        }

        @Test(.timeLimit(.minutes(2))) func `nobody reads another's value in any process, whatever the ids are`() throws {
            let probes = try (0..<2).map { try self.start($0, "isolation", "2") }
            let ends = try probes.enumerated().map { try self.end($0.element, $0.offset) }
            print("isolation: \(ends.map { String(decoding: $0.jsonBytes, as: UTF8.self) })")
            func sum(_ name: String) -> Int64 { ends.reduce(0) { $0 + ($1[name]?.integer ?? -1_000_000) } }
            #expect(sum("foreign") == 0)
            // 24 types, 5 tenants, 5 users; cold and warm; in two processes.
            #expect(sum("reads") == 24 * 25 * 2 * 2)
            // Each once in both processes together, but for the type that is kept in the process alone.
            #expect(sum("cold_loads") == 24 * 25 + 25)
            #expect(sum("warm_loads") == 0)
        }

        @Test(.timeLimit(.minutes(2))) func `requests go on while the cache's server freezes and dies`() async throws {
            let probe = try self.start(0, "latency", "200", "4")
            func said(_ word: String) async throws {
                try await eventually("the probe says \(word)") { readText(self.log(0)).split(separator: "\n").contains(Substring(word)) }
            }
            try await said("half")
            self.redis.freeze()
            try await said("last quarter")
            self.redis.kill9()
            let end = try self.end(probe, 0)
            print("latency: \(String(decoding: end.jsonBytes, as: UTF8.self))")
            #expect(end["errors"]?.integer == 0)
            #expect(end["requests"]?.integer == 800)
            // Well below the requests: the cache was of use while it was there.
            #expect((end["loads"]?.integer ?? 999) < 650)
            #expect((end["ill"]?["p99"]?.integer ?? .max) <= 150_000, "99 of 100 take at most 150 ms while the server is away")
        }
    }
}
