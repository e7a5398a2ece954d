internal import CSystem
internal import Glibc

/// A fresh directory under TMPDIR (or /tmp) that is removed when this value goes, or after the test process was killed.
public final class ScratchDirectory: Sendable {
    /// Absolute, short (unix socket paths hold 107 bytes), without a trailing slash.
    public let path: String

    /// - Throws: ``HarnessError`` when the directory cannot be made.
    public init(prefix: String = "flotilla") throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/\(prefix).XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw HarnessError("cannot make a directory under \(base): \(String(cString: strerror(errno)))") }
        self.path = made
        ChildGuard.shared?.adopt(directory: made)
    }

    deinit {
        // A failure leaves litter in the temp directory and is nothing that a test should fail for.
        if let removal = try? ChildProcess("rm", ["-rf", "--", self.path]) { removal.wait() }
    }
}
