internal import Threading

/// A run that was admitted and waits for a slot, or is in one. A class: it passes through many hands, and its envelope is large.
final class AdmittedRun: Sendable {
    let delivery: Delivery
    let envelope: Envelope
    /// Nil without a job store, as is the fence.
    let work: (identity: WorkIdentity, fence: Fence)?
    let failures: Int
    /// The worker's life in which it was claimed: after a lost lease its result is nobody's.
    let generation: Int

    init(delivery: Delivery, envelope: Envelope, work: (identity: WorkIdentity, fence: Fence)?, failures: Int, generation: Int) {
        self.delivery = delivery
        self.envelope = envelope
        self.work = work
        self.failures = failures
        self.generation = generation
    }

    /// Whether a worker died while it held the message.
    var isSuspect: Bool { self.delivery.crashes > 0 }
}

/// Hands admitted runs to slots in the order in which they came: under a lock, with no suspension and no thread hop unless it is empty.
///
/// (An actor here costs two hops between threads a job, measured at 8 to 10 µs; the lock costs less than 0.1 µs.)
/// Of suspects, messages whose worker died, only one is handed out at a time, and the next when the broker has been told of the last one's end:
/// the next death names the culprit, and not also the one that was tried before it.
final class Feed: Sendable {
    private typealias Waiter = UnsafeContinuation<AdmittedRun?, Never>

    private struct State {
        var runs: [AdmittedRun] = []
        var head = 0
        var suspects: [AdmittedRun] = []
        /// The suspect that is being tried, until the broker knows how that ended.
        var onTrial: DeliveryID?
        /// Whether that one is still in a slot.
        var isTrialRunning = false
        /// Whether its lease was lost meanwhile: no broker will ever be told.
        var isTrialForgotten = false
        var waiters: [Waiter] = []
        var isClosed = false
        /// Handed out and not finished yet.
        var running = 0
        /// Handed out ever.
        var handedOut = 0

        mutating func next() -> AdmittedRun? {
            let run: AdmittedRun
            if self.onTrial == nil, !self.suspects.isEmpty {
                run = self.suspects.removeFirst()
                self.onTrial = run.delivery.id
                (self.isTrialRunning, self.isTrialForgotten) = (true, false)
            } else {
                guard self.head < self.runs.count else { return nil }
                run = self.runs[self.head]
                self.head += 1
                if self.head == self.runs.count {
                    self.runs.removeAll(keepingCapacity: true)
                    self.head = 0
                }
            }
            self.running += 1
            self.handedOut &+= 1
            return run
        }

        mutating func finish(_ run: AdmittedRun) {
            self.running -= 1
            guard run.delivery.id == self.onTrial else { return }
            self.isTrialRunning = false
            if self.isTrialForgotten { self.onTrial = nil }
        }

        /// The waiters that can be served now, each with its run.
        mutating func serve() -> [(Waiter, AdmittedRun)] {
            var served: [(Waiter, AdmittedRun)] = []
            while !self.waiters.isEmpty, let run = self.next() { served.append((self.waiters.removeLast(), run)) }
            return served
        }

        mutating func takeWaiting() -> [AdmittedRun] {
            defer {
                self.runs = []
                self.head = 0
            }
            return Array(self.runs[self.head...])
        }
    }

    private let state = Lock(State())

    /// How many runs wait for a slot or are in one.
    var unfinished: Int { self.state.withLock { $0.runs.count - $0.head + $0.suspects.count + $0.running } }

    /// How many are in slots.
    var running: Int { self.state.withLock { $0.running } }

    /// How many were ever handed out, and whether any that is no suspect waits: who looks twice sees whether the line moves.
    var movement: (handedOut: Int, isWaiting: Bool) { self.state.withLock { ($0.handedOut, $0.head < $0.runs.count) } }

    func push(_ runs: [AdmittedRun]) {
        let served = self.state.withLock { state in
            for run in runs {
                if run.isSuspect { state.suspects.append(run) } else { state.runs.append(run) }
            }
            return state.serve()
        }
        for (waiter, run) in served { waiter.resume(returning: run) }
    }

    /// The next run, as soon as there is one; nil when the feed is closed.
    ///
    /// - Parameter last: the run that the caller had before, which is finished now.
    func next(after last: AdmittedRun?) async -> AdmittedRun? {
        let (run, isClosed) = self.state.withLock { state in
            if let last { state.finish(last) }
            return (state.isClosed ? nil : state.next(), state.isClosed)
        }
        if run != nil || isClosed { return run }
        return await withUnsafeContinuation { continuation in
            let answer: AdmittedRun?? = self.state.withLock { state in
                if state.isClosed { return .some(nil) }
                if let run = state.next() { return .some(run) }
                state.waiters.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// A run is over whose slot asks for no other.
    func finish(_ run: AdmittedRun) {
        let served = self.state.withLock { state in
            state.finish(run)
            return state.serve()
        }
        for (waiter, run) in served { waiter.resume(returning: run) }
    }

    /// The broker knows how these ended: the next suspect may be tried.
    func settled(_ settlements: [Settlement]) {
        let served = self.state.withLock { state -> [(Waiter, AdmittedRun)] in
            guard let onTrial = state.onTrial, settlements.contains(where: { $0.delivery == onTrial }) else { return [] }
            state.onTrial = nil
            return state.serve()
        }
        for (waiter, run) in served { waiter.resume(returning: run) }
    }

    /// The lease is lost: nothing that was handed out before is ever settled by this worker. Drops what waits. A suspect that still runs can still
    /// kill the process: the next one waits for its end.
    func forgetAll() {
        self.state.withLock { state in
            _ = state.takeWaiting()
            state.suspects = []
            state.isTrialForgotten = true
            if !state.isTrialRunning { state.onTrial = nil }
        }
    }

    /// Takes back what no slot has taken, suspects too.
    func takeAll() -> [AdmittedRun] {
        self.state.withLock { state in
            defer { state.suspects = [] }
            return state.takeWaiting() + state.suspects
        }
    }

    /// Takes back what no slot has taken. Suspects stay: they wait for each other, and to give one back would clear its name.
    func takeWaiting() -> [AdmittedRun] { self.state.withLock { $0.takeWaiting() } }

    /// Lets every slot that waits, or asks from now on, end.
    func close() {
        let waiters = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }
}
