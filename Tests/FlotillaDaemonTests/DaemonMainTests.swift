import Flotilla
import FlotillaDaemon
import Foundation
import Glibc
import HTTPServer
import Testing

/// Runs the daemon in a thread of this (child) process and returns only through its exit code. The signals are sent to that very thread,
/// since the test runner's own threads do not block them.
private func runDaemon(
    environment: [String: String] = [:],
    build: @escaping @Sendable (DaemonContext, _ signal: @escaping @Sendable (Int32) -> Void) async throws -> Daemon
) -> Never {
    unsetenv("FLOTILLA_FAULT")
    setenv("HTTP_PORT", "0", 1)
    setenv("LOG_FORMAT", "json", 1)
    setenv("DRAIN_SECONDS", "5", 1)
    for (name, value) in environment { setenv(name, value, 1) }
    let thread = pthread_self()
    DaemonMain.run(role: .retryScheduler, arguments: ["test"]) { context in
        try await build(context) { pthread_kill(thread, $0) }
    }
}

/// Suspends until cancelled.
private func idle() async throws { try await Task.sleep(for: .seconds(60)) }

private struct Trouble: Error {}

@Suite struct DaemonMainTests {
    @Test func `SIGTERM drains the services from the last to the first and exits with 0`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            runDaemon { _, signal in
                let (drained, stop) = AsyncStream<Void>.makeStream()
                let worker = ClosureService("worker", drain: { stop.finish() }) {
                    signal(SIGTERM)
                    for await _ in drained {}
                }
                let pool = ClosureService("pool") {
                    do { try await idle() } catch {
                        // The pool may go only after its user has.
                        for await _ in drained { _exit(9) }
                        throw error
                    }
                }
                return Daemon(services: [pool, worker])
            }
        }
    }

    @Test func `a service that fails ends the daemon with 1`() async {
        await #expect(processExitsWith: .exitCode(1)) {
            runDaemon { _, _ in
                Daemon(services: [ClosureService("a", run: idle), ClosureService("b") { throw Trouble() }])
            }
        }
    }

    @Test func `a service that returns by itself ends the daemon with 1`() async {
        await #expect(processExitsWith: .exitCode(1)) {
            runDaemon { _, _ in Daemon(services: [ClosureService("a", run: idle), ClosureService("b") {}]) }
        }
    }

    @Test func `a daemon that cannot be put together ends with 1`() async {
        await #expect(processExitsWith: .exitCode(1)) { runDaemon { _, _ in throw Trouble() } }
    }

    @Test func `a wrong configuration ends with 2, whoever finds it`() async {
        await #expect(processExitsWith: .exitCode(2)) {
            runDaemon(environment: ["REDIS_PORT": "x"]) { _, _ in Daemon(services: []) }
        }
        await #expect(processExitsWith: .exitCode(2)) {
            runDaemon { _, _ in throw SettingMistakes(all: ["the queues share no slot"]) }
        }
    }

    @Test func `SIGTERM while still connecting ends with 0`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            runDaemon { _, signal in
                signal(SIGTERM)
                try await idle()
                return Daemon(services: [])
            }
        }
    }

    @Test func `a second SIGTERM gives the work back at once`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            runDaemon(environment: ["DRAIN_SECONDS": "60"]) { _, signal in
                let (aborted, stop) = AsyncStream<Void>.makeStream()
                // Drains for ever; the second signal is sent once the first has arrived.
                let worker = ClosureService("worker", drain: { signal(SIGTERM) }, abort: { stop.finish() }) {
                    signal(SIGTERM)
                    for await _ in aborted {}
                }
                return Daemon(services: [worker])
            }
        }
    }

    @Test func `work that does not end within the drain time is given back`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            runDaemon(environment: ["DRAIN_SECONDS": "200ms"]) { _, signal in
                let (aborted, stop) = AsyncStream<Void>.makeStream()
                let worker = ClosureService("worker", drain: {}, abort: { stop.finish() }) {
                    signal(SIGTERM)
                    for await _ in aborted {}
                }
                return Daemon(services: [worker])
            }
        }
    }

    @Test func `TSTP quiets, HUP reloads, USR2 dumps, none of them ends anything`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            runDaemon { _, signal in
                let worker = ClosureService("worker", quiet: { signal(SIGHUP) }) {
                    signal(SIGTSTP)
                    try await idle()
                }
                return Daemon(
                    services: [worker],
                    dump: {
                        signal(SIGINT)
                        return [["held": 3]]
                    },
                    reload: { _ in signal(SIGUSR2) })
            }
        }
    }

    @Test func `a default port that is taken is no reason not to start`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            unsetenv("HTTP_PORT")
            let first = try? HTTPListener(port: UInt16(DaemonRole.audioProcessor.defaultPort), routes: [])
            let thread = pthread_self()
            DaemonMain.run(role: .audioProcessor, arguments: ["test"]) { _ in
                Daemon(
                    services: [
                        ClosureService("a") {
                            _ = first
                            pthread_kill(thread, SIGTERM)
                            try await idle()
                        }
                    ])
            }
        }
    }

    @Test func `an address in use is said clearly`() async {
        await #expect(processExitsWith: .exitCode(1)) {
            runDaemon(environment: ["HTTP_ADDRESS": "192.0.2.1", "HTTP_PORT": "9"]) { _, _ in Daemon(services: []) }
        }
    }
}
