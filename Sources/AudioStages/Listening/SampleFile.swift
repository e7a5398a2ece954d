import Glibc
internal import StageTools

/// Decoded sound on disk: 16,000 samples a second, one channel, 16 bits, little-endian, no header.
struct SampleFile: Sendable {
    static let rate = 16_000
    let path: String
    let count: Int

    /// Nil when there is no such file.
    init?(_ path: String) {
        guard let bytes = FileCheck.size(path) else { return nil }
        self.path = path
        self.count = bytes / 2
    }

    var durationMs: Int { self.count / (Self.rate / 1000) }

    /// Gives the samples to `body` in pieces of `window` samples, the last one shorter, at most 2 MiB in memory.
    ///
    /// - Throws: ``StageFailure`` when the file cannot be read; `CancellationError`; what `body` throws.
    func forEachWindow(of window: Int, _ body: (UnsafeBufferPointer<Int16>) throws -> Void) throws {
        let file = open(self.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.unreadable }
        defer { close(file) }
        let perRead = max(1, (1 << 20) / window) * window
        var buffer = [Int16](repeating: 0, count: perRead)
        var offset = 0
        while offset < self.count {
            try Task.checkCancellation()
            let wanted = min(perRead, self.count - offset)
            try Self.fill(&buffer, wanted, from: file, at: offset)
            try buffer.withUnsafeBufferPointer { samples in
                for start in stride(from: 0, to: wanted, by: window) {
                    try body(UnsafeBufferPointer(rebasing: samples[start..<min(start + window, wanted)]))
                }
            }
            offset += wanted
        }
    }

    /// The samples of `range`, all in memory: 2 MB for a minute.
    func samples(_ range: Range<Int>) throws -> [Int16] {
        let range = range.clamped(to: 0..<self.count)
        let file = open(self.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.unreadable }
        defer { close(file) }
        var samples = [Int16](repeating: 0, count: range.count)
        try Self.fill(&samples, range.count, from: file, at: range.lowerBound)
        return samples
    }

    /// Writes samples as a WAV file with a plain header, which is what every recogniser reads.
    static func writeWAV(_ samples: [Int16], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Self.unwritable(errno) }
        defer { close(file) }
        try Self.write(Self.header(samples: samples.count), to: file)
        try samples.withUnsafeBytes { try Self.write(Array($0), to: file) }
    }

    private static func fill(_ buffer: inout [Int16], _ wanted: Int, from file: Int32, at sample: Int) throws {
        let isComplete = buffer.withUnsafeMutableBytes { bytes in
            var done = 0
            while done < wanted * 2 {
                let count = pread(file, bytes.baseAddress?.advanced(by: done), wanted * 2 - done, off_t(sample * 2 + done))
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                done += count
            }
            return true
        }
        guard isComplete else { throw Self.unreadable }
    }

    private static func write(_ bytes: [UInt8], to file: Int32) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.unwritable(errno) }
            done += count
        }
    }

    /// `RIFF size WAVE | fmt 16: PCM, 1 channel, rate, bytes a second, 2 bytes a frame, 16 bits | data size`
    private static func header(samples: Int) -> [UInt8] {
        func four(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let format: [UInt8] = [1, 0, 1, 0] + four(Self.rate) + four(Self.rate * 2) + [2, 0, 16, 0]
        return Array("RIFF".utf8) + four(36 + samples * 2) + Array("WAVEfmt ".utf8) + four(16) + format + Array("data".utf8)
            + four(samples * 2)
    }

    private static let unreadable = StageFailure(.environment, "The decoded sound in the work directory cannot be read.")

    private static func unwritable(_ code: Int32) -> StageFailure {
        code == ENOSPC
            ? StageFailure(.diskFull, "The work directory's disk is full.")
            : StageFailure(.environment, "The work directory cannot be written: \(String(cString: strerror(code))).")
    }
}
