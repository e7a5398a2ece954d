import Glibc

extension FuzzTargets {
    /// Whether an input sets off the fault of a proof: about one in five hundred.
    static func isFatal(_ bytes: [UInt8]) -> Bool { bytes.count > 3 && bytes[3] == UInt8(ascii: "!") }

    private static func proof(_ name: String, _ fault: @escaping @Sendable () throws -> Void) -> FuzzTarget {
        FuzzTarget(name, texts: ["abcdefgh", "12!34567"]) { bytes, _ in if isFatal(bytes) { try fault() } }
    }

    static let trapping = proof("proof-trap") {
        let numbers = [UInt8.max]
        // An overflow that the compiler cannot foresee.
        print(numbers[0] + UInt8(clamping: CommandLine.arguments.count))
    }

    static let hanging = proof("proof-hang") { while true { usleep(10_000) } }

    /// Busy for longer than the limit of an optimised run, but not for ever.
    static let slow = proof("proof-slow") {
        let deadline = ContinuousClock.now + .milliseconds(500)
        while ContinuousClock.now < deadline {}
    }

    static let greedy = proof("proof-memory") {
        let size = 512 << 20
        guard let memory = malloc(size) else { return }
        memset(memory, 1, size)
        free(memory)
    }

    static let promising = proof("proof-promise") { throw BrokenPromise("the fourth byte is an exclamation mark") }
}
