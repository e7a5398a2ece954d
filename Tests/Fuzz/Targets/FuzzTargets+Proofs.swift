import CSystem
import Glibc

extension FuzzTargets {
    /// Whether an input sets off the fault of a proof: about one in a hundred, none of the corpus.
    static func isFatal(_ bytes: [UInt8]) -> Bool { bytes.count > 3 && bytes[3] == UInt8(ascii: "!") }

    private static func proof(_ name: String, _ fault: @escaping @Sendable () throws -> Void) -> FuzzTarget {
        FuzzTarget(name, maximumBytes: 64, dictionary: ["!"], texts: ["abcd!fgh", "12345678"]) { bytes, _ in
            if isFatal(bytes) { try fault() }
        }
    }

    static let trapping = proof("proof-trap") {
        let numbers = [UInt8.max]
        // An overflow that the compiler cannot foresee.
        print(numbers[0] + UInt8(clamping: CommandLine.arguments.count))
    }

    static let hanging = proof("proof-hang") { while true { usleep(10_000) } }

    /// Busy for longer than the limit of an optimised run, but not for ever. Counts its own time: the machine may be busy with others.
    static let slow = proof("proof-slow") {
        let end = processorTime + 0.4
        while processorTime < end {}
    }

    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Asks the system itself: memory that nobody reads is left out by the optimiser.
    static let greedy = proof("proof-memory") {
        // Not much more than an input may add, on large pages: what is slow is reported as slow.
        let size = 224 << 20
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED else { return }
        madvise(memory, size, MADV_HUGEPAGE)
        let bytes = memory.bindMemory(to: UInt8.self, capacity: size)
        for page in stride(from: 0, to: size, by: 4_096) { bytes[page] = 1 }
        munmap(memory, size)
    }

    static let promising = proof("proof-promise") { throw BrokenPromise("the fourth byte is an exclamation mark") }
}
