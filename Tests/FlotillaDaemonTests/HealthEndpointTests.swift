import Flotilla
@testable import FlotillaDaemon
import Foundation
import HTTPClient
import HTTPServer
import JSONText
import Testing
import Threading

@Suite struct HealthEndpointTests {
    private let state = Lock(HealthState())
    private let fleet = FleetMetrics(registry: Metrics(), version: "1.2.3", commit: "abc", role: "retry-scheduler")
    private let server: HTTPListener
    private let caller = HTTPCaller(concurrency: 1)

    init() throws {
        let endpoint = HealthEndpoint(role: .retryScheduler, state: self.state, metrics: self.fleet.registry)
        self.server = try HTTPListener(port: 0, routes: endpoint.routes)
    }

    private func get(_ path: String) async throws -> HTTPAnswer {
        try await self.caller.send(.get("http://127.0.0.1:\(self.server.port)\(path)"))
    }

    private func run(checks: [HealthCheck] = [], idle: Duration? = nil, phase: HealthState.Phase = .running) {
        self.state.withLock { $0 = HealthState(phase: phase, daemon: Daemon(services: [], checks: { checks }, sinceProgress: { idle })) }
    }

    @Test func `while starting it is alive and not ready`() async throws {
        #expect(try await self.get("/livez").status == 200)
        let answer = try await self.get("/readyz")
        #expect(answer.status == 503)
        #expect(answer.header("content-type") == "application/problem+json")
        #expect(try JSONValue(parsing: answer.body)["phase"]?.string == "starting")
    }

    @Test func `a dependency that fails makes it unready, named, and without its secrets`() async throws {
        self.run(checks: [
            HealthCheck("redis", isHealthy: true), HealthCheck("postgres", isHealthy: false, detail: "postgres://u:hunter2@h refused"),
        ])
        let answer = try await self.get("/health/ready")
        #expect(answer.status == 503)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("postgres"))
        #expect(!text.contains("hunter2"))
        #expect(try await self.get("/health/live").status == 200)
    }

    @Test func `good news is short, and long when asked for`() async throws {
        self.run(checks: [HealthCheck("redis", isHealthy: true, detail: "0.2 ms")], idle: .seconds(1))
        #expect(try await self.get("/readyz").body == Array("ok\n".utf8))
        #expect(try JSONValue(parsing: try await self.get("/readyz?verbose").body)["checks"]?[0]?["name"]?.string == "redis")
        #expect(try await self.get("/livez").header("cache-control") == "no-store")
    }

    @Test func `a work loop that stands still is not alive`() async throws {
        self.run(idle: .seconds(31))
        #expect(try await self.get("/livez").status == 503)
        // Finishing long jobs before the end is no standstill.
        self.run(idle: .seconds(31), phase: .stopping)
        #expect(try await self.get("/livez").status == 200)
        #expect(try await self.get("/readyz").status == 503)
    }

    @Test func `Prometheus's own checker finds nothing to say about the metrics`() async throws {
        self.fleet.finished("document_queue", "completed").increment()
        self.fleet.enqueued("document_queue").increment()
        self.fleet.retries("document_queue", "transient").increment()
        self.fleet.recovered("document_queue").increment()
        self.fleet.dead("document_queue", "permanent").increment()
        self.fleet.leasesExpired("document_queue").increment()
        self.fleet.duration("document_queue", "completed").observe(.milliseconds(20))
        self.fleet.wait("document_queue").observe(.seconds(3))
        self.fleet.stageDuration("document_queue", "clean_text", "completed").observe(.milliseconds(20))
        self.fleet.dependencyUp("redis").set(1)
        let answer = try await self.get("/metrics")
        #expect(answer.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("flotilla_build_info{version=\"1.2.3\",commit=\"abc\",role=\"retry-scheduler\"} 1\n"))

        // From the package prometheus; PROMTOOL names another place.
        let tool = ProcessInfo.processInfo.environment["PROMTOOL"] ?? "/usr/bin/promtool"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return }
        let file = NSTemporaryDirectory() + "flotilla-metrics-\(UUID())"
        try Data(answer.body).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = ["check", "metrics"]
        process.standardInput = FileHandle(forReadingAtPath: file)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
