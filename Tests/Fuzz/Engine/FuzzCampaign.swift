import Glibc

/// One input that broke its target.
struct FuzzDefect: Sendable, Equatable {
    let target: String
    let seed: UInt64
    let index: Int
    let reason: String
}

/// What came of one target.
struct FuzzResult: Sendable {
    var target: String
    var inputs = 0
    var seconds = 0.0
    var slowest: (nanoseconds: UInt64, index: Int) = (0, 0)
    var defects: [FuzzDefect] = []
}

/// Runs targets in child processes, and goes on behind an input that killed one.
struct FuzzCampaign {
    let seed: UInt64
    /// Inputs for a target of cost 1.
    let inputs: Int
    let limits: FuzzLimits
    /// A target with so many defects is left alone: the first ones are to be mended before the rest is worth reading.
    var defectsAtMost = 10
    /// A folder for the progress and the errors of the children.
    let folder: String

    private static let memoryStep = 64

    func run(_ target: FuzzTarget) throws -> FuzzResult {
        let wanted = max(target.corpus().count, self.inputs / target.cost)
        let start = ContinuousClock.now
        var result = FuzzResult(target: target.name)
        var next = 0
        // A stretch that is run again, looking at the memory after each input.
        var closely: Int?
        while next < wanted, result.defects.count < self.defectsAtMost {
            let (progressPath, errorPath) = ("\(self.folder)/progress", "\(self.folder)/errors")
            unlink(progressPath)
            let progress = try FuzzProgress(path: progressPath)
            let end = closely ?? wanted
            let step = closely == nil ? Self.memoryStep : 1
            let child = try FuzzProcess(
                arguments: ["child", target.name, String(self.seed), String(next), String(end), String(step), progressPath],
                errors: errorPath)
            let outcome = child.wait(progress, hangSeconds: self.limits.hangSeconds)
            result.inputs += progress.done
            if progress.slowest.nanoseconds > result.slowest.nanoseconds { result.slowest = progress.slowest }
            let reason: String
            switch outcome {
            case .finished:
                next = end
                closely = nil
                continue
            case .grown:
                next = progress.index
                closely = min(wanted, next + Self.memoryStep)
                continue
            case .defect: reason = progress.reason
            case .hung: reason = "hang: no end within \(self.limits.hangSeconds) s"
            case .killed(let signal): reason = "trap: \(Self.name(of: signal)) \(Self.firstLine(of: errorPath))"
            case .failed(let status):
                throw FuzzFailure("the target \(target.name) cannot run (status \(status)): \(Self.firstLine(of: errorPath))")
            }
            guard progress.index >= 0 else {
                throw FuzzFailure("the target \(target.name) died before its first input: \(reason)")
            }
            result.defects.append(FuzzDefect(target: target.name, seed: self.seed, index: progress.index, reason: reason))
            next = progress.index + 1
            if let stretch = closely, next >= stretch { closely = nil }
        }
        let taken = (ContinuousClock.now - start).components
        result.seconds = Double(taken.seconds) + Double(taken.attoseconds) / 1e18
        return result
    }

    private static func name(of signal: Int32) -> String {
        switch signal {
        case SIGILL: "SIGILL"
        case SIGTRAP: "SIGTRAP"
        case SIGSEGV: "SIGSEGV"
        case SIGABRT: "SIGABRT"
        case SIGBUS: "SIGBUS"
        case SIGFPE: "SIGFPE"
        case SIGKILL: "SIGKILL"
        default: "signal \(signal)"
        }
    }

    /// What the runtime or the C library said last, in one line.
    private static func firstLine(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 512)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return "" }
        let bytes = buffer.prefix { $0 != 0 && $0 != 0x0A }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
