import CSystem
import Glibc

/// The process that runs the inputs of one target, one after the other. It ends with the first defect.
struct FuzzChild {
    let target: FuzzTarget
    let seed: UInt64
    let limits: FuzzLimits
    let progress: FuzzProgress
    /// After how many inputs the memory is looked at: asking the system after each would take longer than most inputs do.
    let memoryStep: Int

    /// Ends with this when ``FuzzProgress/reason`` says what was wrong.
    static let defectStatus: Int32 = 3
    /// Ends with this when one of the last ``memoryStep`` inputs took too much memory; ``FuzzProgress/index`` is the first of them.
    static let memoryStatus: Int32 = 4

    /// Runs the inputs from `range` and returns when all went well.
    func run(_ range: Range<Int>) throws {
        // A parent that is killed takes its child along.
        _ = flotilla_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
        var space = rlimit(rlim_cur: rlim_t(self.limits.addressSpaceBytes), rlim_max: rlim_t(self.limits.addressSpaceBytes))
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space)
        let mutator = Mutator(self.target, seed: self.seed)
        let run = try self.target.prepare()
        var greatest = Self.residentKilobytes
        var window = range.lowerBound
        let deadline = self.limits.targetMilliseconds.map { ContinuousClock.now + .milliseconds($0) }
        for index in range {
            let (bytes, random) = mutator.input(at: index)
            self.progress.index = index
            self.checkTime(bytes, random, run)
            self.progress.done += 1
            if let deadline, ContinuousClock.now > deadline { return }
            guard index + 1 - window >= self.memoryStep || index + 1 == range.upperBound else { continue }
            let resident = Self.residentKilobytes
            if resident > greatest + self.limits.memoryKilobytes {
                if self.memoryStep == 1 { self.fail("memory: \((resident - greatest) >> 10) MiB more for \(bytes.count) bytes") }
                self.progress.index = window
                self.progress.done -= index + 1 - window
                _exit(Self.memoryStatus)
            }
            greatest = max(greatest, resident)
            window = index + 1
        }
    }

    /// Runs one input, and again when it seems to be the slowest so far: neighbours on the machine and tables that are made once do not count.
    private func checkTime(_ bytes: [UInt8], _ random: FuzzRandom, _ run: FuzzTarget.Run) {
        var taken = self.time(bytes, random, run, clock: CLOCK_MONOTONIC)
        guard taken > self.progress.slowest.nanoseconds else { return }
        taken = min(taken, self.time(bytes, random, run, clock: self.target.clock == .thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC))
        // Time that passes has the neighbours in it.
        let allowed = UInt64(self.limits.slowMilliseconds) * (self.target.clock == .wall ? 10 : 1)
        if taken > allowed * 1_000_000 {
            self.fail("slow: \(taken / 1_000_000) ms for \(bytes.count) bytes")
        }
        if taken > self.progress.slowest.nanoseconds { self.progress.slowest = (taken, self.progress.index) }
    }

    private func time(_ bytes: [UInt8], _ random: FuzzRandom, _ run: FuzzTarget.Run, clock: clockid_t) -> UInt64 {
        var random = random
        let start = Self.now(clock)
        do {
            try run(bytes, &random)
        } catch let error as BrokenPromise {
            self.fail("promise: \(error)")
        } catch {
            // A refusal is an answer.
        }
        return Self.now(clock) - start
    }

    private func fail(_ reason: String) -> Never {
        self.progress.reason = reason
        _exit(Self.defectStatus)
    }

    private static func now(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static var residentKilobytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
