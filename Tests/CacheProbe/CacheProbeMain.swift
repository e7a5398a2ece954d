import FlotillaCache
import FlotillaCacheRedis
import Glibc
import Reactor
import RedisClient
import Threading

/// A process with a cache, of which tests start several: what one process cannot show is what two do to each other.
///
/// ```
/// cache-probe stampede URL PROCESSES CALLERS      all callers of all processes ask for one value at once
/// cache-probe isolation URL PROCESSES             every tenant, user and type, with hostile ids, twice
/// cache-probe latency URL RATE SECONDS            a steady stream of requests; says on standard output when half of them are made
/// ```
/// Prints one line of JSON at its end.
@main
struct CacheProbeMain {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        let words = Array(CommandLine.arguments.dropFirst())
        // The program's own task: its end is the process's end.
        Task { @concurrent in
            do {
                Self.say(try await Self.run(words))
                exit(0)
            } catch {
                Self.say("cache-probe: \(error)", on: STDERR_FILENO)
                exit(1)
            }
        }
        while true { pause() }
    }

    /// Writes a line at once: tests wait for some.
    static func say(_ line: String, on descriptor: Int32 = STDOUT_FILENO) {
        let bytes = Array("\(line)\n".utf8)
        // A test that no longer listens has ended.
        _ = write(descriptor, bytes, bytes.count)
    }

    private static func run(_ words: [String]) async throws -> String {
        guard words.count > 2, let number = Int(words[2]) else { throw ProbeError(description: "usage: see CacheProbeMain.swift") }
        let more = words.count > 3 ? Int(words[3]) ?? 0 : 0
        let bench = try ProbeBench(url: words[1])
        switch words[0] {
        case "stampede": return try await Stampede(bench: bench, processes: number, callers: more).run()
        case "isolation": return try await Isolation(bench: bench, processes: number).run()
        case "latency": return try await FrozenLatency(bench: bench, rate: number, seconds: more).run()
        default: throw ProbeError(description: "no mode \(words[0])")
        }
    }
}

struct ProbeError: Error, CustomStringConvertible { let description: String }

/// What all modes need: a client of the cache's Redis, and a way to begin together with the other processes.
struct ProbeBench: Sendable {
    let loop = EventLoop(name: "cache-probe")
    let client: RedisClient

    init(url: String) throws {
        var configuration = try RedisConfiguration(url: url)
        // As daemons have it.
        configuration.commandTimeout = .seconds(2)
        self.client = RedisClient(configuration: configuration, eventLoop: self.loop)
        self.client.start()
    }

    /// A cache as daemons have it, but for what the probe asks for.
    func cache(_ options: CacheOptions, _ budgets: RedisCacheBackend.Options, cipher: CacheCipher? = nil) -> Cache {
        Cache(
            options: options, codec: EntryCodec(options: .init(), cipher: cipher),
            shared: RedisCacheBackend(client: self.client, eventLoop: self.loop, keySpace: options.keySpace, options: budgets))
    }

    /// Waits until as many processes have come to this point.
    func meet(_ point: String, processes: Int) async throws {
        let place = RedisArgument.text("probe:\(point)")
        _ = try await self.client.send(["INCR", place], timeout: .seconds(10))
        while try await self.client.send(["GET", place], timeout: .seconds(10)).string.flatMap({ Int($0) }) ?? 0 < processes {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Budgets that no busy machine exceeds: for questions of right and wrong, not of time.
    static let patient = RedisCacheBackend.Options(readTimeout: .seconds(20), writeTimeout: .seconds(20))
}
