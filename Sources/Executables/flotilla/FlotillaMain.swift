import Flotilla
import FlotillaRedis
import OperatorCommands
import Reactor
import RedisClient
import Glibc

@main
struct FlotillaMain {
    static func main() {
        Task { @concurrent in
            do {
                let loop = EventLoop(name: "redis")
                var configuration = try RedisConfiguration(url: String(cString: getenv("REDIS_URL")))
                configuration.commandTimeout = .seconds(5)
                let client = RedisClient(configuration: configuration, eventLoop: loop)
                client.start()
                let blocking = RedisBlockingConnection(configuration: configuration, eventLoop: loop)
                blocking.start()
                let broker = RedisBroker(names: QueueNames(queue: "bench_queue", retry: "bench_retry", deadLetter: "bench_dlq"), client: client, blocking: blocking, eventLoop: loop)
                let bench = DrainBenchmark(client: client, broker: broker, store: nil)
                for i in 0..<(Int(CommandLine.arguments.dropFirst().first ?? "3") ?? 3) { let r = try await bench.run(jobs: Int(CommandLine.arguments.dropFirst(2).first ?? "200000") ?? 1, concurrency: 8, run: "r\(i)"); write(2, "\(Int(r.jobsPerSecond))/s client \(r.clientMicroseconds) redis \(r.redisMicroseconds)\n", "\(Int(r.jobsPerSecond))/s client \(r.clientMicroseconds) redis \(r.redisMicroseconds)\n".utf8.count) }
                exit(0)
            } catch { print(error); exit(1) }
        }
        while true { sleep(100) }
    }
}
