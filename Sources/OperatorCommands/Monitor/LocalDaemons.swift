import FlotillaDaemon
import Glibc

/// The fleet's processes on this machine, found by their names in `/proc`.
enum LocalDaemons {
    static func list() -> [PipelineSnapshot.Daemon] {
        // The kernel keeps 15 bytes of a name.
        let roles = Dictionary(DaemonRole.allCases.map { (String($0.rawValue.prefix(15)), $0.rawValue) }) { first, _ in first }
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var daemons: [PipelineSnapshot.Daemon] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard let process = Int32(name), let comm = self.text("/proc/\(process)/comm"), let role = roles[String(comm.dropLast())] else {
                continue
            }
            // Size and resident size, in pages.
            let pages = self.text("/proc/\(process)/statm")?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            // One that ended in between has none.
            guard let pages else { continue }
            daemons.append(.init(role: role, process: process, bytes: pages * Int(sysconf(Int32(_SC_PAGESIZE)))))
        }
        return daemons.sorted { ($0.role, $0.process) < ($1.role, $1.process) }
    }

    /// The beginning of a small file; nil when it cannot be read.
    private static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
