import Dispatch
import FlotillaCache
import FlotillaCacheRedis
import Glibc
import Reactor
import RedisClient

/// Latencies of the shared tier, as a caller sees them: `cache-benchmark REDIS_URL [hits|facade]`, where `hits` and `facade` measure
/// nothing else.
///
/// Each line is one operation with a number of callers that each wait for their answer before they ask again.
@main struct CacheBenchmark {
    static func main() {
        let arguments = CommandLine.arguments
        guard (2...3).contains(arguments.count) else { fail("usage: cache-benchmark REDIS_URL [hits|facade]") }
        Task { @concurrent in
            do {
                let benchmark = try CacheBenchmark(url: arguments[1])
                if arguments.last == "facade" {
                    try await FacadeBenchmark(backend: benchmark.backend).run()
                } else {
                    try await benchmark.run(hitsOnly: arguments.last == "hits")
                }
                exit(0)
            } catch {
                fail("\(error)")
            }
        }
        dispatchMain()
    }

    private let backend: RedisCacheBackend
    private let keySpace = CacheKeySpace(environment: "benchmark")
    private let url: String
    private static let valueBytes = 1_024
    private static let keys = 10_000

    init(url: String) throws {
        self.url = url
        let loop = EventLoop(name: "benchmark")
        let client = RedisClient(configuration: try RedisConfiguration(url: url), eventLoop: loop)
        self.backend = RedisCacheBackend(client: client, eventLoop: loop, keySpace: self.keySpace)
    }

    func run(hitsOnly: Bool) async throws {
        let backend = self.backend
        let quota = (account: self.keySpace.account(of: CacheTenant("acme"), .application), bytes: 1 << 40)
        let account = quota.account
        for start in stride(from: 0, to: Self.keys, by: 50) {
            _ = try await backend.write((start..<start + 50).map { self.write($0, quota: nil) })
        }
        say("\(self.url), values of \(Self.valueBytes) bytes, 5 generations each")
        for callers in [1, 64] {
            try await self.measure("read, hit", callers: callers, calls: callers == 1 ? 20_000 : 200_000) { number in
                guard let entry = try await backend.read([self.key(number)])[0], entry.isCurrent else { fail("a miss") }
            }
        }
        if hitsOnly { return }
        for callers in [1, 64] {
            try await self.measure("read of 20 at once", callers: callers, calls: callers == 1 ? 5_000 : 20_000) { number in
                _ = try await backend.read((0..<20).map { self.key(number + $0) })
            }
            try await self.measure("lease and fill", callers: callers, calls: callers == 1 ? 5_000 : 40_000) { number in
                let token = UInt64.random(in: 1 ... .max)
                let lease = try await backend.lease(self.key(number), token: token, for: .seconds(5))
                guard lease.isGranted else { return }
                _ = try await backend.fill(self.write(number, quota: nil), lease: token, generations: lease.generations)
            }
            try await self.measure("write", callers: callers, calls: callers == 1 ? 5_000 : 40_000) { number in
                _ = try await backend.write([self.write(number, quota: nil)])
            }
            try await self.measure("write, counted", callers: callers, calls: callers == 1 ? 5_000 : 40_000) { number in
                _ = try await backend.write([self.write(number, quota: (account, 1 << 40))])
            }
            try await self.measure("bump", callers: callers, calls: callers == 1 ? 5_000 : 40_000) { number in
                try await backend.bump([self.key(number).generations[3]])
            }
        }
    }

    private func key(_ number: Int) -> BackendKey {
        let key = CacheKey(
            .documentSummary, tenant: CacheTenant("acme"), "7b9d4b0c-52d5-4f7c-8f2e-\(number % Self.keys)",
            tags: [.document("\(number % Self.keys)"), .job("\(number % 100)")])
        return BackendKey(item: self.keySpace.item(key), generations: self.keySpace.generations(of: key))
    }

    private func write(_ number: Int, quota: (account: String, bytes: Int)?) -> BackendWrite {
        BackendWrite(
            key: self.key(number), bytes: Array(repeating: UInt8(truncatingIfNeeded: number), count: Self.valueBytes),
            timeToLive: .seconds(3_600), quota: quota)
    }

    private func measure(
        _ name: String, callers: Int, calls: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        for number in 0..<1_000 { try await body(number) }
        let clock = ContinuousClock()
        let start = clock.now
        let times = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var times: [Int64] = []
                    times.reserveCapacity(calls / callers)
                    for call in 0..<calls / callers {
                        let began = clock.now
                        try await body(caller * 131 + call * 7)
                        times.append((clock.now - began).components.attoseconds / 1_000_000_000)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        let (seconds, attoseconds) = (clock.now - start).components
        let duration = Double(seconds) + Double(attoseconds) / 1e18
        func at(_ share: Double) -> String { milliseconds(times[min(times.count - 1, Int(Double(times.count) * share))]) }
        let rate = Int(Double(times.count) / duration)
        say(
            "\(pad(name, 20)) \(pad("\(callers) callers", 11)) p50 \(at(0.5))  p99 \(at(0.99))  p99.9 \(at(0.999)) ms"
                + "  \(pad("\(rate)", 7, left: true)) a second")
    }
}

/// - Parameter nanoseconds: below a second.
private func milliseconds(_ nanoseconds: Int64) -> String {
    let micros = nanoseconds / 1_000
    let fraction = "\(1_000 + micros % 1_000)".dropFirst()
    return pad("\(micros / 1_000).\(fraction)", 6, left: true)
}

private func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return left ? blanks + text : text + blanks
}

/// Unbuffered, so that a line is there when it is measured.
func say(_ text: String, to descriptor: Int32 = 1) {
    let line = Array("\(text)\n".utf8)
    _ = Glibc.write(descriptor, line, line.count)
}

func fail(_ text: String) -> Never {
    say(text, to: 2)
    exit(1)
}
