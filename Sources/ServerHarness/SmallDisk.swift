internal import Glibc

/// A file system of a few megabytes in memory, mounted under a directory of its own: to be filled, and to have room again. Needs root.
public final class SmallDisk: Sendable {
    /// Where it is mounted; anybody may enter it.
    public let path: String
    private let directory: ScratchDirectory

    /// - Throws: ``HarnessError`` when it cannot be mounted.
    public init(megabytes: Int) throws {
        let directory = try ScratchDirectory(prefix: "flotilla-disk")
        self.directory = directory
        self.path = "\(directory.path)/disk"
        // PostgreSQL, which is not root, must get there.
        guard chmod(directory.path, 0o755) == 0, mkdir(self.path, 0o755) == 0 else { throw HarnessError("cannot make \(self.path)") }
        let mount = try ChildProcess("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=755", "flotilla-test", self.path])
        guard mount.wait() == .exited(0) else { throw HarnessError("cannot mount a tmpfs of \(megabytes) MB") }
    }

    deinit {
        // Gone at once for everybody else, and for good when its last file is closed. A failure leaves an empty file system behind.
        if let umount = try? ChildProcess("umount", ["--lazy", self.path]) { umount.wait() }
    }

    private var filler: String { "\(self.path)/filler" }

    /// Writes until nothing more fits. Returns how many bytes there were left.
    @discardableResult
    public func fill() -> Int {
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
    public func free() { unlink(self.filler) }
}
