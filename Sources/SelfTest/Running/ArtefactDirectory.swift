internal import Glibc
internal import Threading

/// Where logs, journals and histories are kept for people. Made when there is something to keep; nobody but people removes it.
final class ArtefactDirectory: Sendable {
    /// Whether those of scenes that held are kept too.
    let keepsAll: Bool
    private let seed: UInt64
    private let made = Lock<String?>(nil)

    init(seed: UInt64, keepsAll: Bool) {
        self.seed = seed
        self.keepsAll = keepsAll
    }

    /// Absolute; nil while there is nothing.
    var path: String? { self.made.withLock { $0 } }

    /// A directory for one scene. Nil when the disk refuses.
    func directory(for scene: String) -> String? {
        let root = self.made.withLock { made in
            if made == nil {
                let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
                var template = Array("\(base)/flotilla-selftest-seed-\(self.seed).XXXXXX".utf8CString)
                made = template.withUnsafeMutableBufferPointer { buffer in
                    buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
                }
            }
            return made
        }
        guard let root else { return nil }
        let path = "\(root)/\(scene)"
        return mkdir(path, 0o755) == 0 ? path : nil
    }
}
