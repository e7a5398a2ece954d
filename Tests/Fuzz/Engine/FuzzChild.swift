import Glibc

/// The process that runs the inputs of one target, one after the other. It ends with the first defect.
struct FuzzChild {
    let target: FuzzTarget
    let seed: UInt64
    let limits: FuzzLimits
    let progress: FuzzProgress

    /// Ends with this when ``FuzzProgress/reason`` says what was wrong.
    static let defectStatus: Int32 = 3

    /// Runs the inputs from `range` and returns when all went well.
    func run(_ range: Range<Int>) throws {
        var space = rlimit(rlim_cur: rlim_t(self.limits.addressSpaceBytes), rlim_max: rlim_t(self.limits.addressSpaceBytes))
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space)
        let mutator = Mutator(self.target, seed: self.seed)
        let run = try self.target.prepare()
        let slow = UInt64(self.limits.slowMilliseconds) * 1_000_000
        var greatest = Self.residentKilobytes
        for index in range {
            let (bytes, random) = mutator.input(at: index)
            self.progress.index = index
            var taken = self.time(bytes, random, run)
            // Once more before it is called slow: the first run may have paid for tables that are made once.
            if taken > slow { taken = min(taken, self.time(bytes, random, run)) }
            if taken > slow { self.fail("slow: \(taken / 1_000_000) ms for \(bytes.count) bytes") }
            if taken > self.progress.slowest.nanoseconds { self.progress.slowest = (taken, index) }
            let resident = Self.residentKilobytes
            if resident > greatest + self.limits.memoryKilobytes {
                self.fail("memory: \((resident - greatest) >> 10) MiB more for \(bytes.count) bytes")
            }
            greatest = max(greatest, resident)
            self.progress.done += 1
        }
    }

    private func time(_ bytes: [UInt8], _ random: FuzzRandom, _ run: FuzzTarget.Run) -> UInt64 {
        var random = random
        let start = self.now
        do {
            try run(bytes, &random)
        } catch let error as BrokenPromise {
            self.fail("promise: \(error)")
        } catch {
            // A refusal is an answer.
        }
        return self.now - start
    }

    private func fail(_ reason: String) -> Never {
        self.progress.reason = reason
        _exit(Self.defectStatus)
    }

    private var now: UInt64 {
        var time = timespec()
        clock_gettime(self.target.clock == .thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static var residentKilobytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
