import Flotilla
import HTTPServer
import JSONText
import Threading

/// What `/livez` and `/readyz` answer by.
struct HealthState: Sendable {
    enum Phase: String, Sendable {
        case starting, running, quiet, stopping
    }

    var phase = Phase.starting
    /// Nil until the daemon is put together.
    var daemon: Daemon?
}

/// Health and metrics over HTTP.
///
/// `/livez` says whether restarting the process would help: only a work loop that stands still makes it fail. `/readyz` says whether its
/// dependencies answer and it takes work. `?verbose` adds the details to good news too; bad news always has them. `/metrics` is for Prometheus.
struct HealthEndpoint: Sendable {
    /// A work loop that did not turn for so long counts as stuck.
    static let progressLimit = Duration.seconds(30)

    let role: DaemonRole
    let state: Lock<HealthState>
    let metrics: Metrics

    var routes: [HTTPRoute] {
        let live: @Sendable (HTTPRequest) -> HTTPResponse = { self.live($0) }
        let ready: @Sendable (HTTPRequest) -> HTTPResponse = { self.ready($0) }
        return [
            HTTPRoute("GET", "/livez", live), HTTPRoute("GET", "/health/live", live),
            HTTPRoute("GET", "/readyz", ready), HTTPRoute("GET", "/health/ready", ready), HTTPRoute("GET", "/health", ready),
            HTTPRoute("GET", "/metrics") { _ in
                HTTPResponse(contentType: "text/plain; version=0.0.4; charset=utf-8", body: self.metrics.exposition())
            },
        ]
    }

    /// Whether the work loop turns. True while starting and stopping, which have limits of their own.
    static func isProgressing(_ state: HealthState) -> Bool {
        guard state.phase == .running || state.phase == .quiet, let idle = state.daemon?.sinceProgress() else { return true }
        return idle < Self.progressLimit
    }

    private func live(_ request: HTTPRequest) -> HTTPResponse {
        let state = self.state.withLock { $0 }
        let isAlive = Self.isProgressing(state)
        let idle = state.daemon?.sinceProgress()
        let check = HealthCheck(
            "work loop", isHealthy: isAlive, detail: idle.map { "last turned \($0.inMilliseconds) ms ago" } ?? "not expected to turn now")
        return self.answer(request, state, isHealthy: isAlive, [check])
    }

    private func ready(_ request: HTTPRequest) -> HTTPResponse {
        let state = self.state.withLock { $0 }
        let checks = state.daemon?.checks() ?? []
        let isReady = state.phase == .running && checks.allSatisfy { $0.isHealthy || !$0.isCritical }
        return self.answer(request, state, isHealthy: isReady, checks)
    }

    private func answer(_ request: HTTPRequest, _ state: HealthState, isHealthy: Bool, _ checks: [HealthCheck]) -> HTTPResponse {
        let noStore = [(name: "Cache-Control", value: "no-store")]
        guard request.parameter("verbose") != nil || !isHealthy else {
            return HTTPResponse(contentType: "text/plain; charset=utf-8", body: Array("ok\n".utf8), headers: noStore)
        }
        let list = checks.map { check in
            JSONValue.object([
                .init("name", .string(check.name)),
                .init("status", .string(check.isHealthy ? "ok" : check.isCritical ? "failing" : "degraded")),
                .init("detail", .string(Redactor.redact(check.detail))),
            ])
        }
        var members: [JSONValue.Member] = []
        if !isHealthy {
            members = [.init("type", "about:blank"), .init("title", "Service Unavailable"), .init("status", 503)]
        }
        members += [
            .init("state", .string(!isHealthy ? "failing" : checks.allSatisfy(\.isHealthy) ? "ok" : "degraded")),
            .init("phase", .string(state.phase.rawValue)),
            .init("role", .string(self.role.rawValue)), .init("checks", .array(list)),
        ]
        return HTTPResponse(
            status: isHealthy ? 200 : 503, contentType: isHealthy ? "application/json" : "application/problem+json",
            body: JSONValue.object(members).jsonBytes + [0x0A], headers: noStore)
    }
}
