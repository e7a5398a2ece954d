internal import Glibc
internal import Threading

/// When to make a value anew before it ends, and for how long it lives: decided by chance, so that many processes and many values do not
/// all do it at once.
public enum EarlyRefresh {
    /// Whether this read should be the one that makes the value anew (XFetch).
    ///
    /// The chance is `exp(-timeLeft / (beta * load))`: the dearer a value, the earlier. With a load of 0.4 s it is 8 % one second before the
    /// end, and 1 in 10^11 ten seconds before. Among n reads a second the first comes about `beta * load * ln(n * load)` before the end.
    ///
    /// - Parameters:
    ///   - load: what the value took to make; nothing is never made early.
    ///   - timeLeft: until it is no longer fresh; 0 and less is due.
    ///   - beta: 1 unless measured otherwise; more is earlier, 0 is never early.
    ///   - random: evenly distributed over (0, 1]; what is outside is moved to the nearest in it.
    /// - SeeAlso: Vattani, Chierichetti & Lowenstein 2015, Optimal Probabilistic Cache Stampede Prevention.
    public static func isDue(load: Duration, timeLeft: Duration, beta: Double, random: Double) -> Bool {
        guard timeLeft > .zero else { return true }
        let reach = load.inSeconds * beta
        guard reach > 0 else { return false }
        return -reach * log(min(max(random, .leastNonzeroMagnitude), 1)) >= timeLeft.inSeconds
    }

    /// A duration moved by up to a part of itself, either way, so that values made together do not end together.
    ///
    /// - Parameters:
    ///   - fraction: 0.1 for ±10 %; from 0 to 1.
    ///   - random: evenly distributed over [0, 1).
    /// - Returns: never less than 0.
    public static func jittered(_ duration: Duration, by fraction: Double, random: Double) -> Duration {
        let factor = 1 + min(max(fraction, 0), 1) * (2 * min(max(random, 0), 1) - 1)
        let nanoseconds = Double(duration.inNanoseconds) * factor
        return .nanoseconds(nanoseconds >= 0x1p63 ? .max : max(0, Int64(nanoseconds)))
    }

    /// The same with a generator.
    public static func jittered(_ duration: Duration, by fraction: Double, using generator: inout some RandomNumberGenerator) -> Duration {
        self.jittered(duration, by: fraction, random: Double.random(in: 0..<1, using: &generator))
    }
}
