/// What one input may cost.
struct FuzzLimits: Sendable {
    /// An input that takes longer is slow, measured by the target's clock: a defect.
    var slowMilliseconds: Int
    /// An input that does not end within this, by the clock on the wall, hangs: its process is killed. Generous: on a busy machine a tenth of a
    /// second of work takes seconds.
    var hangSeconds: Int
    /// A target ends after so long, whatever is left to do; nil runs them all.
    var targetMilliseconds: Int?
    /// Resident memory that one input may add to the process's greatest so far.
    var memoryKilobytes = 192 << 10
    /// Address space of the child: one more allocation kills it, and the machine lives on.
    var addressSpaceBytes: UInt = 6 << 30

    #if DEBUG
        // Without the optimiser the same code takes twenty times as long, and the hang is what is looked for.
        private static let (slow, hang) = (2_000, 60)
    #else
        private static let (slow, hang) = (100, 20)
    #endif

    /// 100 ms for an input when optimised; `FUZZ_SLOW_MILLISECONDS` and `FUZZ_HANG_SECONDS` say otherwise, and
    /// `FUZZ_TARGET_MILLISECONDS` makes a short run of many targets.
    static var fromEnvironment: FuzzLimits {
        FuzzLimits(
            slowMilliseconds: variable("FUZZ_SLOW_MILLISECONDS").flatMap { Int($0) } ?? self.slow,
            hangSeconds: variable("FUZZ_HANG_SECONDS").flatMap { Int($0) } ?? self.hang,
            targetMilliseconds: variable("FUZZ_TARGET_MILLISECONDS").flatMap { Int($0) })
    }
}
