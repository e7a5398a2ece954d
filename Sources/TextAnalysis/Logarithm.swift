/// The natural logarithm without a C library: this module imports nothing.
enum Logarithm {
    /// ln(x) for finite x > 0, with an error under 1e-12; 0 for anything else.
    static func log(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        // value = significand · 2^exponent; ln(s) = 2·atanh((s-1)/(s+1)) converges fast for s in [0.7, 1.41].
        var significand = value.significand
        var exponent = Double(value.exponent)
        if significand > 1.414_213_562_373_095_1 {
            significand /= 2
            exponent += 1
        }
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var term = ratio
        var sum = 0.0
        for odd in stride(from: 1.0, through: 21.0, by: 2.0) {
            sum += term / odd
            term *= square
        }
        return 2 * sum + exponent * 0.693_147_180_559_945_3
    }
}
