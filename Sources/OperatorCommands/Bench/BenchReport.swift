import Glibc
import Synchronization

/// What a serving bench worker did, in a file that outlives it however it dies: `count-<pid>` or `ledger-<pid>` in a folder.
///
/// Workers in other languages that are measured beside it write the same files.
final class BenchReport: Sendable {
    enum Kind: Sendable {
        /// One number in a mapped file: how many jobs ran. Costs next to nothing a job.
        case count
        /// A record for each job that has run: its number, and the nanoseconds from its sending to its start. Each is 64 bits, signed, in the
        /// host's byte order.
        case ledger
    }

    private enum Sink {
        case counter(UnsafeMutablePointer<Atomic<Int64>>)
        case ledger(Int32)
    }

    let kind: Kind
    /// Safe to share: the counter is atomic, and the file takes each record in one appending write.
    private nonisolated(unsafe) let sink: Sink

    /// - Throws: ``CommandError`` when the file cannot be made.
    init(_ kind: Kind, in folder: String) throws(CommandError) {
        self.kind = kind
        let path = "\(folder)/\(kind == .count ? "count" : "ledger")-\(getpid())"
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failed(path) }
        switch kind {
        case .ledger: self.sink = .ledger(file)
        case .count:
            defer { close(file) }
            let size = MemoryLayout<Int64>.size
            guard ftruncate(file, off_t(size)) == 0, let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
                memory != MAP_FAILED
            else { throw Self.failed(path) }
            // A file of zeros is an atomic zero. It stays mapped for the life of the process.
            self.sink = .counter(memory.bindMemory(to: Atomic<Int64>.self, capacity: 1))
        }
    }

    deinit { if case .ledger(let file) = self.sink { close(file) } }

    /// Adds a job that has run.
    func add(number: Int64, delay: Int64) throws(CommandError) {
        switch self.sink {
        case .counter(let counter): counter.pointee.add(1, ordering: .relaxed)
        case .ledger(let file):
            let written = withUnsafeBytes(of: (number, delay)) { write(file, $0.baseAddress, $0.count) }
            guard written == 16 else { throw Self.failed("the ledger") }
        }
    }

    private static func failed(_ path: String) -> CommandError {
        .failed("cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
