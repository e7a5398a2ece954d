import CSystem
import Glibc

/// What a daemon of the fleet is there for.
public enum DaemonRole: String, Sendable, CaseIterable {
    case documentProcessor = "document-processor"
    case audioProcessor = "audio-processor"
    case videoProcessor = "video-processor"
    case graphProcessor = "graph-processor"
    case retryScheduler = "retry-scheduler"

    /// Where its health and metrics endpoint listens unless told otherwise: one port a role, so that all run on one machine.
    public var defaultPort: Int {
        switch self {
        case .documentProcessor: 9101
        case .audioProcessor: 9102
        case .videoProcessor: 9103
        case .graphProcessor: 9104
        case .retryScheduler: 9105
        }
    }
}

/// Cores that this process may use: fewer than the machine has, where an affinity or a container's quota says so.
func availableCores() -> Int {
    let allowed = Int(flotilla_affinity_cores())
    let cores = allowed > 0 ? allowed : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    // `200000 100000`: 200 ms of CPU time in each 100 ms. Version 1 of cgroups is not looked at.
    guard let file = fopen("/sys/fs/cgroup/cpu.max", "re") else { return cores }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), file) != nil else { return cores }
    let fields = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
    guard fields.count == 2, let quota = Int(fields[0]), let period = Int(fields[1]), quota > 0, period > 0 else { return cores }
    return min(cores, max(1, (quota + period - 1) / period))
}
