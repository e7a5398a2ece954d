import CSystem
import Glibc

/// A file without a disk, for readers that want a path.
struct MemoryFile {
    let path: String
    private let descriptor: Int32

    /// Lives until the process ends.
    init(_ name: String) throws {
        self.descriptor = memfd_create(name, 0)
        guard self.descriptor >= 0 else { throw FuzzFailure("no file in memory: \(String(cString: strerror(errno)))") }
        self.path = "/proc/self/fd/\(self.descriptor)"
    }

    /// Replaces the content.
    func write(_ bytes: [UInt8]) throws {
        guard ftruncate(self.descriptor, 0) == 0, pwrite(self.descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw FuzzFailure("cannot write a file in memory: \(String(cString: strerror(errno)))")
        }
    }
}
