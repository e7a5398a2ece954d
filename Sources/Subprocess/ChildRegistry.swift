import CSystem
import Glibc
import Threading

/// Knows which children are ours, so that adopted orphans can be told from them.
final class ChildRegistry: Sendable {
    private let running = Lock<Set<pid_t>>([])
    private let adoptsOrphans: Bool

    init(subreaper: Bool) {
        self.adoptsOrphans = subreaper && flotilla_prctl(Int32(PR_SET_CHILD_SUBREAPER), 1) == 0
    }

    /// Starts a child and notes it, as one step: a sweep in between would take it for an orphan.
    func start(_ spawn: () -> Result<pid_t, ChildSpawn.Failure>) -> Result<pid_t, ChildSpawn.Failure> {
        self.running.withLock { running in
            let result = spawn()
            if case .success(let child) = result { running.insert(child) }
            return result
        }
    }

    func ended(_ child: pid_t) { self.running.withLock { _ = $0.remove(child) } }

    /// Kills and reaps whatever descendants this process has adopted. Does nothing without the subreaper.
    func sweepOrphans() {
        guard self.adoptsOrphans else { return }
        // A killed orphan hands its own children up to us: look again until nothing is left, within reason.
        for _ in 0..<16 {
            let killed = self.running.withLock { running -> Int in
                var killed = 0
                for child in Self.childrenOfThisProcess() where !running.contains(child) {
                    _ = kill(child, SIGKILL)
                    var status: Int32 = 0
                    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
                    killed += 1
                }
                return killed
            }
            if killed == 0 { return }
        }
    }

    /// Children are listed by the thread that started or adopted them.
    private static func childrenOfThisProcess() -> [pid_t] {
        guard let tasks = opendir("/proc/self/task") else { return [] }
        defer { closedir(tasks) }
        var children: [pid_t] = []
        while let entry = readdir(tasks) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard Int(name) != nil else { continue }
            let file = Descriptor.open("/proc/self/task/\(name)/children", O_RDONLY)
            guard file.isOpen else { continue }
            var text: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(file.number, &buffer, buffer.count)
                guard count > 0 else { break }
                text.append(contentsOf: buffer[..<count])
            }
            children += String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
        }
        return children
    }
}
