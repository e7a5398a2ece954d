import Glibc

/// Tells speech from silence, hum and steady noise by how loud each 10 ms is beside what surrounds it.
///
/// The level of each frame, without rumble, is compared with the noise floor of the surrounding half minute. A quiet recording is as good
/// as a loud one, since only differences count; noise that hardly changes has no peaks to find. Music and applause pass for speech: the
/// recogniser decides about them. Memory: one byte for each frame, 2 MB for six hours.
struct SpeechDetector {
    /// Samples of a frame: 10 ms.
    static let frame = SampleFile.rate / 100

    /// Levels in half decibels above -110 dBFS, one a frame, smoothed over five frames.
    private(set) var levels: [UInt8] = []
    /// Stretches of frames with speech, in order and apart. A breath within a sentence does not end one.
    private(set) var regions: [Range<Int>] = []

    /// Frames of a pause that still belongs to what is being said.
    private static let bridged = 30
    /// Frames of the shortest sound that is taken for speech, a syllable.
    private static let shortest = 10
    /// Frames of one block of which the floor is taken, with its neighbours.
    private static let block = 1_500

    init(_ samples: SampleFile) throws {
        var filter = Biquad.rumble
        var levels: [UInt8] = []
        levels.reserveCapacity(samples.count / Self.frame + 1)
        try samples.forEachWindow(of: Self.frame) { window in
            var sum = 0.0
            for sample in window {
                let value = filter.next(Double(sample))
                sum += value * value
            }
            let decibels = 10 * log10(sum / Double(window.count) / (32_768 * 32_768) + 1e-11)
            levels.append(UInt8(max(0, min(255, (decibels + 110) * 2))))
        }
        self.init(levels: Self.smoothed(levels))
    }

    /// From levels alone.
    init(levels: [UInt8]) {
        self.levels = levels
        self.regions = Self.joined(Self.loud(levels))
    }

    /// A frame among its neighbours, so that one crackle is no syllable.
    private static func smoothed(_ levels: [UInt8]) -> [UInt8] {
        var result = levels
        var sum = levels.prefix(2).reduce(0) { $0 + Int($1) }
        for index in levels.indices {
            if index + 2 < levels.count { sum += Int(levels[index + 2]) }
            if index >= 3 { sum -= Int(levels[index - 3]) }
            result[index] = UInt8(sum / (min(index + 2, levels.count - 1) - max(index - 2, 0) + 1))
        }
        return result
    }

    /// Stretches of frames above the threshold of their block.
    private static func loud(_ levels: [UInt8]) -> [Range<Int>] {
        var regions: [Range<Int>] = []
        var start: Int?
        var histogram = [Int](repeating: 0, count: 256)
        var counted = 0..<0
        for begin in stride(from: 0, to: levels.count, by: Self.block) {
            let end = min(begin + Self.block, levels.count)
            // The histogram slides: what has been left behind is taken out, what has come into view is added.
            let view = max(0, begin - Self.block)..<min(levels.count, end + Self.block)
            for index in counted.lowerBound..<view.lowerBound { histogram[Int(levels[index])] -= 1 }
            for index in counted.upperBound..<view.upperBound { histogram[Int(levels[index])] += 1 }
            counted = view
            let threshold = Self.threshold(histogram, total: view.count)
            for index in begin..<end {
                if let threshold, levels[index] >= threshold {
                    if start == nil { start = index }
                } else if let first = start {
                    regions.append(first..<index)
                    start = nil
                }
            }
        }
        if let first = start { regions.append(first..<levels.count) }
        return regions
    }

    /// The level above which a frame counts; nil when nothing stands out.
    private static func threshold(_ histogram: [Int], total: Int) -> UInt8? {
        func percentile(_ share: Double) -> Int {
            var left = Int(Double(total) * share)
            for level in 0..<256 {
                left -= histogram[level]
                if left < 0 { return level }
            }
            return 255
        }
        // Someone who hardly pauses leaves a twentieth of the time between words.
        let floor = percentile(0.05)
        // A short remark in a long silence still counts, hence so near the top.
        let top = percentile(0.985)
        let range = top - floor
        // Half decibels: steady noise varies by less than 6 dB here, and nothing below -85 dBFS was meant to be heard.
        guard range >= 12, top >= 50 else { return nil }
        return UInt8(min(250, max(floor + max(7, min(range * 3 / 10, 24)), 44)))
    }

    /// Joins what only a breath parts, and drops clicks.
    private static func joined(_ regions: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for region in regions where region.count >= 3 {
            if let last = result.last, region.lowerBound - last.upperBound <= Self.bridged {
                result[result.count - 1] = last.lowerBound..<region.upperBound
            } else {
                result.append(region)
            }
        }
        return result.filter { $0.count >= Self.shortest }
    }
}
