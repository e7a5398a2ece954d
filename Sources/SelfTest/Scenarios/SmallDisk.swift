internal import Glibc
internal import ServerHarness

/// A file system of a few megabytes in memory, mounted under a directory of its own: to be filled, and to have room again. Needs root.
final class SmallDisk: Sendable {
    /// Where it is mounted.
    let path: String
    private let directory: ScratchDirectory

    /// - Throws: ``SelfTestError`` when it cannot be mounted.
    init(megabytes: Int) throws {
        let directory = try ScratchDirectory(prefix: "flotilla-disk")
        self.directory = directory
        self.path = "\(directory.path)/disk"
        // PostgreSQL, which is not root, must get there.
        guard chmod(directory.path, 0o755) == 0, mkdir(self.path, 0o755) == 0 else { throw SelfTestError("cannot make \(self.path)") }
        guard succeeds(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=755", "flotilla-selftest", self.path]) else {
            throw SelfTestError("cannot mount a tmpfs of \(megabytes) MB")
        }
    }

    deinit {
        // At once for everybody else, and for good when the last file of it is closed.
        _ = succeeds(["umount", "--lazy", self.path])
    }

    private var filler: String { "\(self.path)/filler" }

    /// Writes until nothing more fits. Returns how many bytes there were left.
    @discardableResult
    func fill() -> Int {
        let file = open(self.filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        let piece = [UInt8](repeating: 0, count: 4_096)
        var total = 0
        while true {
            let count = write(file, piece, piece.count)
            if count <= 0 { return total }
            total += count
        }
    }

    /// Makes room again.
    func free() { unlink(self.filler) }
}
