import Testing
import Threading

@testable import Flotilla

@Suite struct WorkerStateTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)

    private func state(concurrency: Int = 4) -> WorkerState { WorkerState(options: WorkerScene.options(concurrency: concurrency)) }

    private func delivery(_ number: UInt64) -> DeliveryID { DeliveryID(worker: WorkerID("w"), sequence: number) }

    /// Planning changes the state, which #expect does not allow inside it.
    private func check(_ plan: WorkerState.Plan, _ expected: WorkerState.Plan, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(plan == expected, sourceLocation: sourceLocation)
    }

    @Test func `claims as many as slots are free`() {
        var state = self.state()
        self.check(state.plan(inFeed: 0, at: self.now), .exchange(settlements: [], claiming: 4))
        state.claimed(3, of: 4, isPaused: false, generation: 0, at: self.now)
        #expect(state.isIdle)
        self.check(state.plan(inFeed: 0, at: self.now), .wait)
        let isWelcome = state.waited(generation: 0, at: self.now)
        #expect(isWelcome)
        self.check(state.plan(inFeed: 0, at: self.now), .exchange(settlements: [], claiming: 1))
        state.admitted(3)
        self.check(state.plan(inFeed: 3, at: self.now), .exchange(settlements: [], claiming: 1))
    }

    /// A state whose exchange a moment ago found the queue empty.
    private func idle(held: Int = 0) -> WorkerState {
        var state = self.state()
        let call = state.begin(claiming: 4, at: self.now)
        let isSound = state.answered(call, claimed: held, settled: 0, held: held)
        #expect(isSound)
        state.claimed(held, of: 4, isPaused: false, generation: 0, at: self.now)
        return state
    }

    @Test func `waits with as many claims as slots are free, under numbers of their own`() throws {
        var state = self.idle(held: 1)
        let waiting = state.beginWaiting(inFeed: 0, generation: 0, at: self.now + .seconds(1))
        #expect(waiting?.claim == .init(count: 3, firstSequence: 5))
        let next = state.begin(claiming: 2, at: self.now)
        #expect(next.claim == .init(count: 2, firstSequence: 8) && !next.isRepeat)
    }

    @Test func `waits only while it is known to be alive, with room, and not for a former life`() {
        var state = self.idle()
        let late = state.beginWaiting(inFeed: 0, generation: 0, at: self.now + state.options.lease / 2)
        #expect(late == nil, "it may be given up by now")
        #expect(!state.isIdle, "an exchange looks first")
        state = self.idle()
        let full = state.beginWaiting(inFeed: 4, generation: 0, at: self.now)
        #expect(full == nil && !state.isIdle)
        state = self.idle()
        let former = state.beginWaiting(inFeed: 0, generation: 1, at: self.now)
        #expect(former == nil && state.isIdle)
        state.advance(to: .quiet)
        let quiet = state.beginWaiting(inFeed: 0, generation: 0, at: self.now)
        #expect(quiet == nil)
    }

    @Test func `repeats what is unknown under the same numbers, the oldest first, until it is known`() {
        var state = self.idle()
        let waiting = state.beginWaiting(inFeed: 0, generation: 0, at: self.now)!
        state.waitFailed(generation: 0, inFeed: 0, at: self.now)
        state.failed(waiting, isUnknown: true)
        let other = state.begin(claiming: 0, at: self.now)
        #expect(other.isRepeat && other.claim == waiting.claim)
        state.failed(other, isUnknown: false)
        #expect(state.unknownClaims == [waiting.claim], "that the repetition did not run tells nothing of the first")
        let again = state.begin(claiming: 4, at: self.now)
        #expect(again.isRepeat && again.claim == waiting.claim)
        #expect(other.holding == nil && again.holding == nil, "what the first did is not known")
        let isSound = state.answered(again, claimed: 1, settled: 0, held: 1)
        #expect(isSound && state.unknownClaims.isEmpty && state.outstanding == 1)
        let next = state.begin(claiming: 2, at: self.now)
        #expect(!next.isRepeat && next.claim.firstSequence == 9 && next.holding == 1)
        state.failed(next, isUnknown: false)
        #expect(state.unknownClaims.isEmpty, "what surely did not run is forgotten")
    }

    @Test func `looks at what the broker holds only when no other call was under way`() {
        var state = self.idle()
        let waiting = state.beginWaiting(inFeed: 0, generation: 0, at: self.now)!
        let settling = state.begin(claiming: 0, at: self.now)
        var isSound = state.answered(settling, claimed: 0, settled: 0, held: 1)
        #expect(isSound, "the wait may just have brought it")
        isSound = state.answered(waiting, claimed: 0, settled: 0, held: 1)
        #expect(isSound, "another call came and went meanwhile")
        #expect(waiting.holding == 0 && settling.holding == nil)
        let alone = state.begin(claiming: 1, at: self.now)
        isSound = state.answered(alone, claimed: 0, settled: 0, held: 1)
        #expect(!isSound, "the broker came back older")
    }

    @Test func `claims ahead only while runs are quick`() {
        var state = self.state()
        for _ in 0..<200 { state.ended(after: .microseconds(10)) }
        state.recorded(200)
        #expect(state.wanted(inFeed: 0, at: self.now) == 500, "a large claim is taken in parts")
        #expect(state.wanted(inFeed: 1_800, at: self.now) == 0, "small claims cost more than they bring")
        #expect(state.wanted(inFeed: 1_400, at: self.now) == 500, "there is room for a part")
        state.stalled(for: .seconds(1))
        #expect(state.wanted(inFeed: 0, at: self.now) == 4)
    }

    @Test func `settles in the order in which work ended, what failed to go out first`() {
        var state = self.state()
        let isFirst = state.settle(.ack(self.delivery(1)), generation: 0)
        let isSecond = state.settle(.ack(self.delivery(2)), generation: 0)
        #expect(isFirst && !isSecond)
        state.claimed(0, of: 4, isPaused: false, generation: 0, at: self.now)
        let both: [Settlement] = [.ack(self.delivery(1)), .ack(self.delivery(2))]
        self.check(state.plan(inFeed: 0, at: self.now), .exchange(settlements: both, claiming: 0))
        _ = state.settle(.ack(self.delivery(3)), generation: 0)
        state.restore(both, generation: 0)
        #expect(state.settlements == both + [.ack(self.delivery(3))])
    }

    @Test func `forgets a life whose lease was lost`() {
        var state = self.state()
        _ = state.settle(.ack(self.delivery(1)), generation: 0)
        state.claimed(1, of: 4, isPaused: false, generation: 0, at: self.now)
        state.leaseLost()
        let isFirst = state.settle(.ack(self.delivery(2)), generation: 0)
        #expect(!isFirst)
        state.restore([.ack(self.delivery(1))], generation: 0)
        #expect(state.settlements.isEmpty)
        state.claimed(0, of: 4, isPaused: false, generation: 0, at: self.now)
        #expect(!state.isIdle, "the wait of a former life must not hold up the new one")
        #expect(state.wanted(inFeed: 0, at: self.now) == 3)
    }

    @Test func `is done draining when nothing is held in any place`() {
        var state = self.state()
        state.claimed(2, of: 4, isPaused: false, generation: 0, at: self.now)
        state.advance(to: .draining)
        self.check(state.plan(inFeed: 0, at: self.now), .wait)
        state.admitted(2)
        self.check(state.plan(inFeed: 2, at: self.now), .wait)
        state.returned(2)
        self.check(state.plan(inFeed: 0, at: self.now), .wait)
        _ = state.settle(.release(self.delivery(1)), generation: 0)
        state.recorded(2)
        self.check(state.plan(inFeed: 0, at: self.now), .exchange(settlements: [.release(self.delivery(1))], claiming: 0))
        self.check(state.plan(inFeed: 0, at: self.now), .finish)
        state.advance(to: .running)
        #expect(state.mode == .draining, "there is no way back")
    }

    @Test func `holds off longer and longer while the infrastructure fails, and not at once`() {
        var state = self.state()
        state.faulted(at: self.now)
        #expect(state.wanted(inFeed: 0, at: self.now) == 4)
        // All slots fail together: that is one fault.
        for _ in 0..<10 { state.faulted(at: self.now) }
        #expect(state.consecutiveFaults == 2)
        #expect(state.wanted(inFeed: 0, at: self.now) == 0)
        var time = self.now
        for _ in 0..<20 {
            time = state.claimsResumeAt
            state.faulted(at: time)
        }
        #expect(state.claimsResumeAt - time == .seconds(4))
        state.succeeded()
        #expect(state.consecutiveFaults == 0)
    }

    @Test func `a message that may have landed in a quiet worker is claimed to be given back`() {
        var state = self.state()
        state.claimed(0, of: 4, isPaused: false, generation: 0, at: self.now)
        state.advance(to: .quiet)
        state.waitFailed(generation: 0, inFeed: 0, at: self.now)
        self.check(state.plan(inFeed: 0, at: self.now), .exchange(settlements: [], claiming: 1))
        state.claimed(1, of: 1, isPaused: false, generation: 0, at: self.now)
        self.check(state.plan(inFeed: 0, at: self.now), .wait)
    }

    @Test func `claims nothing while results pile up before the store`() {
        var state = self.state()
        for _ in 0..<8_000 { state.ended(after: .microseconds(10)) }
        #expect(state.wanted(inFeed: 0, at: self.now) == 0)
    }
}
