// The module's only import: the C library for its logarithm, and with it libm, which Float's own rounding and roots need at link time.
import Glibc

/// The natural logarithm, total on all numbers.
enum Logarithm {
    /// ln(x) for finite x > 0; 0 for anything else, so that weights of untrusted counts stay finite.
    static func log(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        return Glibc.log(value)
    }
}

/// e to the power of a number that is not positive.
enum Exponential {
    static func exp(_ value: Double) -> Double { Glibc.exp(min(0, value)) }
}
