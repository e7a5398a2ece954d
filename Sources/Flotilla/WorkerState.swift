package import Threading

/// What a worker knows of itself: a value that takes events and answers what to do. No clock, no input or output.
///
/// A message is counted in one place after the other, and in two of them rather than in none: `admitting`, the ``Feed``, `recording`,
/// `settlements`.
package struct WorkerState {
    package enum Mode: Int, Comparable {
        /// Claims and runs.
        case running
        /// Claims no more; runs what it holds. Leads to draining.
        case quiet
        /// Ends when it holds nothing. Leads to stopped.
        case draining
        case stopped

        package static func < (left: Mode, right: Mode) -> Bool { left.rawValue < right.rawValue }
    }

    /// What the fetch loop does next.
    package enum Plan: Equatable {
        /// Settle and claim; either may be nothing.
        case exchange(settlements: [Settlement], claiming: Int)
        /// Nothing to do until woken.
        case wait
        case finish
    }

    /// A claim's sequence numbers.
    package struct Claim: Equatable, Sendable {
        package let count: Int
        package let firstSequence: UInt64
    }

    /// A call to the broker that settles or claims.
    package struct Call: Sendable {
        package let claim: Claim
        /// Whether it repeats a claim whose outcome is unknown.
        package let isRepeat: Bool
        package let generation: Int
        let begunAt: MonotonicTime
        let events: Int
        let wasAlone: Bool
        /// How many deliveries the worker holds; nil when another call may change it meanwhile, or an earlier one may have changed it: what that
        /// settled and what it claimed may be equally many, so that the broker's count would agree by chance.
        let holding: Int?
    }

    package let options: WorkerOptions
    package private(set) var mode = Mode.running
    /// Changes with every lost lease.
    package private(set) var generation = 0
    package private(set) var settlements: [Settlement] = []
    /// Claimed and not yet handed to the feed.
    package private(set) var admitting = 0
    /// Ended or given back, and the result is not recorded yet.
    package private(set) var recording = 0
    /// The queue was found empty: what comes next is waited for.
    package private(set) var isIdle = false
    /// A message may have landed that cannot be run now: it must be taken out of the landing slot and given back.
    package private(set) var hasUnwantedLanding = false
    /// Claims whose outcome is unknown, oldest first. Each is repeated with the same numbers until it is known: what it took would otherwise lie
    /// in this worker's hands for ever, kept alive by its own heartbeat.
    package private(set) var unknownClaims: [Claim] = []
    /// Deliveries claimed and not settled.
    package private(set) var outstanding = 0
    private var nextSequence: UInt64 = 1
    /// Counts the beginnings and ends of calls to the broker, and those under way: only a call that was alone knows what the broker must hold.
    private var callEvents = 0
    private var callsUnderWay = 0
    /// When the last call began in whose answer the lease was alive.
    private var aliveSince: MonotonicTime?
    /// Nothing is claimed before this time: the queue is paused, or the infrastructure failed.
    package private(set) var claimsResumeAt = MonotonicTime(nanoseconds: .min)
    package private(set) var consecutiveFaults = 0
    private var meanRunNanoseconds: Double = 1e9

    /// Settlements an exchange at most.
    private static let exchangeLimit = 1_000
    /// Messages a claim at most.
    private static let claimLimit = 500

    package init(options: WorkerOptions) { self.options = options }

    /// Held messages of any kind, so that draining knows when it is done.
    package func held(inFeed: Int) -> Int { self.admitting + inFeed + self.recording + self.settlements.count }

    // MARK: Events

    package mutating func advance(to mode: Mode) { self.mode = max(self.mode, mode) }

    /// Everything held is somebody else's; what is under way ends in its own time and is dropped then.
    package mutating func leaseLost() {
        self.generation += 1
        self.settlements = []
        self.isIdle = false
        self.hasUnwantedLanding = false
        self.unknownClaims = []
        self.outstanding = 0
        self.nextSequence = 1
        self.callsUnderWay = 0
        self.aliveSince = nil
    }

    // MARK: Calls to the broker

    /// A call begins. What is unknown comes before anything else is claimed.
    package mutating func begin(claiming count: Int, at now: MonotonicTime) -> Call {
        guard let claim = self.unknownClaims.first else { return self.begin(self.newClaim(of: count), isRepeat: false, at: now) }
        self.unknownClaims.removeFirst()
        return self.begin(claim, isRepeat: true, at: now)
    }

    /// A call begins that waits for messages and claims them. Nil when there is nothing to wait for; or when the lease was not seen alive lately,
    /// so that a message could land with a worker that was given up: the fetch loop then looks first.
    package mutating func beginWaiting(inFeed: Int, generation: Int, at now: MonotonicTime) -> Call? {
        guard self.isIdle, self.mode == .running, generation == self.generation else { return nil }
        let room = self.capacity - self.admitting - inFeed
        guard room > 0, now >= self.claimsResumeAt, let aliveSince, now - aliveSince < self.options.lease / 2 else {
            self.isIdle = false
            return nil
        }
        return self.begin(self.newClaim(of: min(Self.claimLimit, room)), isRepeat: false, at: now)
    }

    private mutating func newClaim(of count: Int) -> Claim {
        defer { self.nextSequence += UInt64(count) }
        return Claim(count: count, firstSequence: self.nextSequence)
    }

    private mutating func begin(_ claim: Claim, isRepeat: Bool, at now: MonotonicTime) -> Call {
        self.callEvents += 1
        self.callsUnderWay += 1
        return Call(
            claim: claim, isRepeat: isRepeat, generation: self.generation, begunAt: now, events: self.callEvents,
            wasAlone: self.callsUnderWay == 1,
            holding: self.callsUnderWay == 1 && !isRepeat && self.unknownClaims.isEmpty ? self.outstanding : nil)
    }

    /// The broker answered, and the lease is alive.
    ///
    /// - Returns: false when the broker holds more for this worker than the worker knows of: it came back older than it was, with deliveries that
    ///   this worker has settled. They go back to the queue with its name, as does what it runs: nobody would ever ask for them again.
    package mutating func answered(_ call: Call, claimed: Int, settled: Int, held: Int?) -> Bool {
        guard call.generation == self.generation else { return true }
        let wasAlone = call.wasAlone && self.callEvents == call.events
        self.end(call)
        self.aliveSince = max(self.aliveSince ?? call.begunAt, call.begunAt)
        self.outstanding += claimed - settled
        return !wasAlone || held.map { $0 <= self.outstanding } ?? true
    }

    /// The call failed; when its outcome is unknown, its claim is repeated.
    package mutating func failed(_ call: Call, isUnknown: Bool) {
        guard call.generation == self.generation else { return }
        self.end(call)
        if call.isRepeat {
            self.unknownClaims.insert(call.claim, at: 0)
        } else if isUnknown, call.claim.count > 0 {
            self.unknownClaims.append(call.claim)
        }
    }

    private mutating func end(_ call: Call) {
        self.callEvents += 1
        self.callsUnderWay -= 1
    }

    /// Adds a settlement to the next exchange, unless the life it belongs to is over. Returns whether the fetch loop must be told.
    package mutating func settle(_ settlement: Settlement, generation: Int) -> Bool {
        guard generation == self.generation else { return false }
        self.settlements.append(settlement)
        return self.settlements.count == 1
    }

    /// Settlements whose outcome is unknown are sent again, before newer ones.
    package mutating func restore(_ unsent: [Settlement], generation: Int) {
        guard generation == self.generation else { return }
        self.settlements.insert(contentsOf: unsent, at: 0)
    }

    /// An exchange brought `count` of `wanted` messages.
    package mutating func claimed(_ count: Int, of wanted: Int, isPaused: Bool, generation: Int, at now: MonotonicTime) {
        self.admitting += count
        guard generation == self.generation, wanted > 0 else { return }
        self.hasUnwantedLanding = false
        if isPaused {
            self.holdOff(until: now + .milliseconds(500))
        } else if count < wanted {
            self.isIdle = true
        }
    }

    /// Claimed messages have gone on to the feed, or to their settlement.
    package mutating func admitted(_ count: Int) { self.admitting -= count }

    /// The wait for messages is over, and brought what ``claimed(_:of:isPaused:generation:at:)`` will be told.
    ///
    /// - Returns: whether messages can be run now: not by a worker that claims no more, nor by one that holds off.
    package mutating func waited(generation: Int, at now: MonotonicTime) -> Bool {
        guard generation == self.generation else { return false }
        self.isIdle = false
        return self.mode == .running && now >= self.claimsResumeAt
    }

    /// The wait failed, and a message may have landed all the same: the next claim looks, even when nothing can be run now.
    package mutating func waitFailed(generation: Int, inFeed: Int, at now: MonotonicTime) {
        guard generation == self.generation else { return }
        let hasRoom = self.waited(generation: generation, at: now) && self.capacity > self.admitting + inFeed
        if !hasRoom { self.hasUnwantedLanding = true }
    }

    /// A run ended and its result is on its way.
    package mutating func ended(after duration: Duration) {
        self.recording += 1
        // A mean that forgets: an eighth of it is the newest run.
        self.meanRunNanoseconds += (Double(max(1, duration.inNanoseconds)) - self.meanRunNanoseconds) / 8
    }

    package mutating func recorded(_ count: Int) { self.recording -= count }

    /// Admitted runs are given back without having begun.
    package mutating func returned(_ count: Int) { self.recording += count }

    /// No run has ended for a while: nothing is claimed ahead until runs are quick again.
    package mutating func stalled(for duration: Duration) {
        self.meanRunNanoseconds = max(self.meanRunNanoseconds, Double(duration.inNanoseconds))
        self.isIdle = false
    }

    /// The infrastructure failed under a run: from the second time in a row the worker holds off, ever longer, up to 4 s. Runs that had begun
    /// before it held off tell nothing new.
    package mutating func faulted(at now: MonotonicTime) {
        guard now >= self.claimsResumeAt else { return }
        self.consecutiveFaults += 1
        guard self.consecutiveFaults > 1 else { return }
        self.holdOff(until: now + .milliseconds(min(4_000, 500 << min(self.consecutiveFaults - 2, 3))))
    }

    package mutating func succeeded() { self.consecutiveFaults = 0 }

    package mutating func holdOff(until time: MonotonicTime) { self.claimsResumeAt = max(self.claimsResumeAt, time) }

    // MARK: Decisions

    /// How many messages to claim now: free slots, and what the slots finish in 20 ms.
    package func wanted(inFeed: Int, at now: MonotonicTime) -> Int {
        if self.hasUnwantedLanding { return 1 }
        guard self.mode == .running, !self.isIdle, now >= self.claimsResumeAt else { return 0 }
        // Results wait for the store: hold off before they pile up.
        guard self.recording < 8 * self.options.batch else { return 0 }
        let capacity = self.capacity
        let room = max(0, capacity - self.admitting - inFeed)
        // With plenty in hand, many small claims would cost more than they bring. A large one is taken in parts, so that one part is
        // read and run while the next is on its way, and as soon as there is room for a part.
        return capacity > self.options.concurrency && room < min(Self.claimLimit, capacity / 3) ? 0 : min(Self.claimLimit, room)
    }

    /// How many messages the worker may have before and in its slots.
    private var capacity: Int {
        guard self.consecutiveFaults < 2 else { return self.options.concurrency }
        let ahead = Double(self.options.concurrency) * 20e6 / self.meanRunNanoseconds
        return self.options.concurrency + Int(min(ahead, Double(self.options.maximumPrefetch)))
    }

    /// Takes what the next exchange shall carry.
    package mutating func plan(inFeed: Int, at now: MonotonicTime) -> Plan {
        if self.mode == .stopped { return .finish }
        if self.mode == .draining, self.held(inFeed: inFeed) == 0 { return .finish }
        let count = self.wanted(inFeed: inFeed, at: now)
        if self.settlements.isEmpty { return count == 0 ? .wait : .exchange(settlements: [], claiming: count) }
        if self.settlements.count <= Self.exchangeLimit {
            let batch = self.settlements
            self.settlements = []
            return .exchange(settlements: batch, claiming: count)
        }
        let batch = Array(self.settlements.prefix(Self.exchangeLimit))
        self.settlements.removeFirst(batch.count)
        return .exchange(settlements: batch, claiming: count)
    }
}
