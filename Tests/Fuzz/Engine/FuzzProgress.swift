import Glibc

/// What a child is doing, in a file that both processes have mapped: it outlives the child, however that ends.
struct FuzzProgress {
    private enum Word: Int {
        case index, done, slowest, slowestIndex, reasonBytes, reason
    }

    private static let bytes = 4096
    private let words: UnsafeMutablePointer<UInt64>

    /// Maps the file, which is made when it does not exist.
    init(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FuzzFailure("cannot open \(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(Self.bytes)) == 0,
            let memory = mmap(nil, Self.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw FuzzFailure("cannot map \(path): \(String(cString: strerror(errno)))") }
        self.words = memory.bindMemory(to: UInt64.self, capacity: Self.bytes / 8)
    }

    // Through a volatile-like access: the store must happen before the input runs, and a trap must not lose it.
    private func set(_ word: Word, _ value: UInt64) { atomicStore(self.words + word.rawValue, value) }
    private func get(_ word: Word) -> UInt64 { atomicLoad(self.words + word.rawValue) }

    /// The input that runs now, or ran last; -1 before the first.
    var index: Int {
        get { Int(bitPattern: UInt(self.get(.index))) - 1 }
        nonmutating set { self.set(.index, UInt64(newValue + 1)) }
    }

    /// Inputs that came to their end.
    var done: Int {
        get { Int(self.get(.done)) }
        nonmutating set { self.set(.done, UInt64(newValue)) }
    }

    /// The longest that an input took, in nanoseconds, and which one.
    var slowest: (nanoseconds: UInt64, index: Int) {
        get { (self.get(.slowest), Int(self.get(.slowestIndex))) }
        nonmutating set {
            self.set(.slowest, newValue.nanoseconds)
            self.set(.slowestIndex, UInt64(newValue.index))
        }
    }

    /// Why the child ended itself; empty when it did not.
    var reason: String {
        get {
            let start = UnsafeRawPointer(self.words + Word.reason.rawValue)
            return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(self.get(.reasonBytes))), as: UTF8.self)
        }
        nonmutating set {
            let text = Array(newValue.utf8.prefix(Self.bytes - 8 * Word.reason.rawValue))
            let start = UnsafeMutableRawPointer(self.words + Word.reason.rawValue)
            start.copyMemory(from: text, byteCount: text.count)
            self.set(.reasonBytes, UInt64(text.count))
        }
    }
}

/// The program itself could not go on: no defect of a target.
struct FuzzFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
