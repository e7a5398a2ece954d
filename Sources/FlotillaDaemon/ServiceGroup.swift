import Flotilla
import Synchronization
import Threading

/// Runs services together and stops them in order.
///
/// Stages of stopping, each safe to ask for twice and from any thread: `quiet` (no new work), `drain` (finish, from the last service to the
/// first), `abort` (give back and end, in the same order).
final class ServiceGroup: Sendable {
    private struct State {
        var running: Set<Int> = []
        var isDraining = false
        var failed: (name: String, error: any Error)?
        /// Ends the task of a service that knows no draining.
        var stops: [Int: AsyncStream<Void>.Continuation] = [:]
        /// The service whose end is being waited for.
        var draining: Int?
    }

    private let services: [any DaemonService]
    private let logger: Logger
    private let state = Lock(State())

    init(_ services: [any DaemonService], logger: Logger) {
        self.services = services
        self.logger = logger
    }

    /// Runs until every service has ended. True when all ended because they were asked to.
    func run() async -> Bool {
        await withTaskGroup(of: (Int, (any Error)?).self) { group in
            for (index, service) in self.services.enumerated() {
                let (stream, stop) = AsyncStream<Void>.makeStream()
                self.state.withLock {
                    $0.running.insert(index)
                    $0.stops[index] = stop
                }
                group.addTask { (index, await Self.run(service, until: stream)) }
            }
            if self.state.withLock({ $0.isDraining }) { self.drainNext() }
            while let (index, error) = await group.next() { self.ended(index, error) }
        }
        return self.state.withLock { $0.failed == nil }
    }

    func quiet() { for service in self.services { service.quiet() } }

    func drain() {
        let isFirst = self.state.withLock { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
        guard isFirst else { return }
        self.quiet()
        self.drainNext()
    }

    /// In a hurry, but in the same order: whoever gives back what it holds needs what the services before it offer.
    func abort() {
        self.drain()
        for service in self.services { service.abort() }
    }

    /// The names of the services that still run.
    var running: [String] { self.state.withLock { $0.running.sorted() }.map { self.services[$0].name } }

    /// Runs one service in a task that a finished stream cancels.
    private static func run(_ service: any DaemonService, until stop: AsyncStream<Void>) async -> (any Error)? {
        await withTaskGroup(of: (any Error)??.self) { group in
            group.addTask {
                do {
                    try await service.run()
                    return .some(nil)
                } catch {
                    return .some(error)
                }
            }
            group.addTask {
                for await _ in stop {}
                return nil
            }
            // Either the service ended, or it was told to: then its own end is still to come.
            while let result = await group.next() {
                group.cancelAll()
                if let result { return result }
            }
            return nil
        }
    }

    private func ended(_ index: Int, _ error: (any Error)?) {
        let service = self.services[index]
        let wasAsked = self.state.withLock { state in
            state.running.remove(index)
            state.stops[index] = nil
            let wasAsked = state.isDraining
            if !wasAsked { state.failed = (service.name, error ?? ServiceEnded()) }
            state.isDraining = true
            return wasAsked
        }
        if !wasAsked {
            let failure = error ?? ServiceEnded()
            self.logger.error(
                "a service ended by itself; stopping",
                ["service": service.name, "error_type": String(describing: type(of: failure)), "error": String(describing: failure)])
            self.quiet()
        } else if let error, !(error is CancellationError) {
            self.logger.warning(
                "a service ended with an error while stopping",
                ["service": service.name, "error_type": String(describing: type(of: error)), "error": String(describing: error)])
        } else {
            self.logger.debug("service stopped", ["service": service.name])
        }
        self.drainNext()
    }

    /// Drains the last service that still runs, unless that is already under way.
    private func drainNext() {
        let next = self.state.withLock { state -> Int? in
            guard let last = state.running.max(), state.draining != last else { return nil }
            state.draining = last
            return last
        }
        guard let next else { return }
        if !self.services[next].drain() { self.state.withLock { $0.stops[next] }?.finish() }
    }
}

/// A service returned although nobody had asked it to.
struct ServiceEnded: Error, CustomStringConvertible {
    var description: String { "it returned although nobody had asked it to" }
}
