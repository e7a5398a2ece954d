internal import Threading

/// What a worker knows of itself: a value that takes events and answers what to do. No clock, no input or output.
struct WorkerState {
    enum Mode: Int, Comparable {
        /// Claims and runs.
        case running
        /// Claims no more; runs what it holds. Leads to draining.
        case quiet
        /// Ends when it holds nothing. Leads to stopped.
        case draining
        case stopped

        static func < (left: Mode, right: Mode) -> Bool { left.rawValue < right.rawValue }
    }

    /// What the fetch loop does next.
    enum Plan: Equatable {
        /// Settle and claim; either may be nothing.
        case exchange(settlements: [Settlement], claiming: Int)
        /// Nothing to do until woken.
        case wait
        case finish
    }

    let options: WorkerOptions
    private(set) var mode = Mode.running
    /// Changes with every lost lease.
    private(set) var generation = 0
    private(set) var settlements: [Settlement] = []
    /// Claimed and not yet handed to the feed.
    private(set) var admitting = 0
    /// In slots.
    private(set) var running = 0
    /// Ended, and the result is not recorded yet.
    private(set) var recording = 0
    /// The queue was found empty: nothing is claimed until a message lands.
    var isIdle = false
    /// A message landed after the worker stopped claiming: it must be taken out of the landing slot and given back.
    var hasUnwantedLanding = false
    /// Nothing is claimed before this time: the queue is paused, or the infrastructure failed.
    private(set) var claimsResumeAt = MonotonicTime(nanoseconds: .min)
    private(set) var consecutiveFaults = 0
    private var meanRunNanoseconds: Double = 1e9

    init(options: WorkerOptions) { self.options = options }

    /// Held messages of any kind, so that draining knows when it is done.
    func held(queued: Int) -> Int { self.admitting + queued + self.running + self.recording + self.settlements.count }

    // MARK: Events

    mutating func advance(to mode: Mode) { self.mode = max(self.mode, mode) }

    mutating func leaseLost() {
        self.generation += 1
        self.settlements = []
        self.isIdle = false
    }

    mutating func settle(_ settlement: Settlement) { self.settlements.append(settlement) }

    /// Settlements that were sent and whose outcome is unknown are sent again, before newer ones.
    mutating func restore(_ unsent: [Settlement]) { self.settlements.insert(contentsOf: unsent, at: 0) }

    mutating func claimed(_ count: Int) { self.admitting += count }
    mutating func admitted(_ count: Int) { self.admitting -= count }
    mutating func started() { self.running += 1 }

    mutating func ended(after duration: Duration) {
        self.running -= 1
        self.recording += 1
        // A mean that forgets: an eighth of it is the newest run.
        self.meanRunNanoseconds += (Double(max(1, duration.inNanoseconds)) - self.meanRunNanoseconds) / 8
    }

    mutating func recorded(_ count: Int) { self.recording -= count }

    /// An admitted run is given back without having begun.
    mutating func returned() { self.recording += 1 }

    /// The infrastructure failed under a run: from the second time in a row the worker holds off, ever longer, up to 30 s.
    mutating func faulted(at now: MonotonicTime) {
        self.consecutiveFaults += 1
        guard self.consecutiveFaults > 1 else { return }
        self.holdOff(until: now + .seconds(min(30, 1 << min(self.consecutiveFaults - 2, 5))))
    }

    mutating func succeeded() { self.consecutiveFaults = 0 }

    mutating func holdOff(until time: MonotonicTime) { self.claimsResumeAt = max(self.claimsResumeAt, time) }

    // MARK: Decisions

    /// How many messages to claim now: free slots, and what the slots finish in 20 ms.
    func wanted(queued: Int, at now: MonotonicTime) -> Int {
        if self.hasUnwantedLanding { return 1 }
        guard self.mode == .running, !self.isIdle, now >= self.claimsResumeAt else { return 0 }
        // Results wait for the store: hold off before they pile up.
        guard self.recording < 8 * self.options.batch else { return 0 }
        let ahead = Double(self.options.concurrency) * 20e6 / self.meanRunNanoseconds
        let prefetch = min(Int(ahead), self.options.maximumPrefetch)
        let capacity = self.options.concurrency + prefetch
        let wanted = max(0, min(1_000, capacity - self.admitting - queued - self.running))
        // With plenty in hand, many small claims would cost more than they bring.
        return prefetch > 0 && wanted < capacity / 3 ? 0 : wanted
    }

    /// Takes what the next exchange shall carry.
    mutating func plan(queued: Int, at now: MonotonicTime) -> Plan {
        if self.mode == .stopped { return .finish }
        if self.mode == .draining, self.held(queued: queued) == 0 { return .finish }
        let count = self.wanted(queued: queued, at: now)
        if count == 0, self.settlements.isEmpty { return .wait }
        let batch = Array(self.settlements.prefix(1_000))
        self.settlements.removeFirst(batch.count)
        return .exchange(settlements: batch, claiming: count)
    }
}
