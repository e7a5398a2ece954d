import Glibc

/// Integrated loudness as EBU R 128 and ITU-R BS.1770-4 define it, and the highest sample, of what is listened to: the mix of all channels
/// at 16 kHz. Of stereo that says the same on both sides, that is 3 LU less than a meter of both channels shows.
struct LoudnessMeter {
    /// In LUFS; nil when nothing is loud enough to count (-70 LUFS).
    private(set) var loudness: Double?
    /// In dBFS; nil for digital silence.
    private(set) var peak: Double?

    /// Reads all samples once: 20 ms for 5 minutes.
    static func measure(_ samples: SampleFile) throws -> LoudnessMeter {
        var shelf = Biquad.shelf
        var highPass = Biquad.highPass
        var highest = 0
        // Mean squares of each 100 ms; a gating block is four of them.
        var powers: [Float] = []
        try samples.forEachWindow(of: SampleFile.rate / 10) { window in
            var sum = 0.0
            for sample in window {
                highest = max(highest, abs(Int(sample)))
                let weighted = highPass.next(shelf.next(Double(sample) / 32_768))
                sum += weighted * weighted
            }
            powers.append(Float(sum / Double(window.count)))
        }
        var result = LoudnessMeter()
        result.peak = highest > 0 ? 20 * log10(Double(highest) / 32_768) : nil
        result.loudness = Self.integrated(powers)
        return result
    }

    private static func integrated(_ powers: [Float]) -> Double? {
        // Shorter than one block: all there is counts as one.
        let length = max(1, min(4, powers.count))
        var blocks: [Float] = []
        for start in 0..<max(0, powers.count - length + 1) {
            blocks.append(powers[start..<start + length].reduce(0, +) / Float(length))
        }
        func level(_ power: Double) -> Double { -0.691 + 10 * log10(power) }
        func mean(_ values: [Float]) -> Double { values.reduce(0.0) { $0 + Double($1) } / Double(max(1, values.count)) }
        let audible = blocks.filter { $0 > 0 && level(Double($0)) > -70 }
        guard !audible.isEmpty else { return nil }
        let gate = level(mean(audible)) - 10
        let counted = audible.filter { level(Double($0)) > gate }
        return counted.isEmpty ? nil : level(mean(counted))
    }
}

/// A second-order filter in direct form 1.
struct Biquad {
    private let b0, b1, b2, a1, a2: Double
    private var x1 = 0.0
    private var x2 = 0.0
    private var y1 = 0.0
    private var y2 = 0.0

    /// Coefficients divided by a0.
    init(b: (Double, Double, Double), a: (Double, Double)) {
        (self.b0, self.b1, self.b2) = b
        (self.a1, self.a2) = a
    }

    mutating func next(_ x: Double) -> Double {
        let y = self.b0 * x + self.b1 * self.x1 + self.b2 * self.x2 - self.a1 * self.y1 - self.a2 * self.y2
        self.x2 = self.x1
        self.x1 = x
        self.y2 = self.y1
        self.y1 = y
        return y
    }

    /// The two filters of BS.1770's K weighting at 16 kHz, from their analogue prototypes by the bilinear transform.
    static let shelf = Self.design(frequency: 1_681.974_450_955_533, quality: 0.707_175_236_955_419_6, gain: 3.999_843_853_973_347)
    static let highPass = Self.design(frequency: 38.135_470_876_024_44, quality: 0.500_327_037_323_877_3, gain: nil)
    /// Takes out hum and rumble before speech is looked for.
    static let rumble = Self.design(frequency: 180, quality: 0.707, gain: nil)

    private static func design(frequency: Double, quality: Double, gain: Double?) -> Biquad {
        let k = tan(.pi * frequency / Double(SampleFile.rate))
        let a0 = 1 + k / quality + k * k
        let a = (2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0)
        guard let gain else { return Biquad(b: (1 / a0, -2 / a0, 1 / a0), a: a) }
        let high = pow(10, gain / 20)
        let band = pow(high, 0.499_666_774_154_541_6)
        return Biquad(
            b: ((high + band * k / quality + k * k) / a0, 2 * (k * k - high) / a0, (high - band * k / quality + k * k) / a0), a: a)
    }
}
