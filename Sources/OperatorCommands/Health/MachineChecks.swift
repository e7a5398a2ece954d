import FlotillaDaemon
import Glibc

/// This machine: directories, secrets, limits.
enum MachineChecks {
    static func directories(_ settings: Settings) -> [HealthFinding] {
        let root = settings[\.storageRoot]
        let work = settings[\.workDirectory]
        var findings: [HealthFinding] = []
        if access(root, R_OK | X_OK) == 0 {
            findings.append(.ok("storage.root", "\(root) can be read"))
        } else {
            findings.append(
                .failed(
                    "storage.root", "\(root): \(String(cString: strerror(errno)))",
                    fix: "create STORAGE_ROOT, and let the processor's user read it"))
        }
        guard access(work, W_OK | X_OK) == 0 else {
            let reason = String(cString: strerror(errno))
            // Workers make it when its parent lets them.
            let parent = work.lastIndex(of: "/").map { String(work[..<$0]) } ?? "/"
            if errno == ENOENT, access(parent.isEmpty ? "/" : parent, W_OK | X_OK) == 0 {
                findings.append(.ok("work.directory", "\(work) is not there yet; workers make it"))
            } else {
                findings.append(
                    .failed("work.directory", "\(work): \(reason)", fix: "create WORK_DIRECTORY, owned by the processor's user, mode 700"))
            }
            return findings
        }
        var space = statvfs()
        guard statvfs(work, &space) == 0 else { return findings }
        let free = Int(clamping: space.f_bavail).multipliedReportingOverflow(by: Int(clamping: space.f_frsize)).partialValue
        let needed = settings[\.maxFileBytes]
        findings.append(
            free >= 2 * needed
                ? .ok("work.directory", "\(work): \(HumanTime.bytes(free)) free")
                : .warning(
                    "work.directory", "\(work): \(HumanTime.bytes(free)) free, less than two of the largest files (MAX_FILE_BYTES)",
                    fix: "make room, or set WORK_DIRECTORY to another disk"))
        return findings
    }

    /// Files with secrets that others than their owner and group can read.
    static func secrets(_ environment: [String: String]) -> [HealthFinding] {
        var open: [String] = []
        var count = 0
        for declaration in SettingCatalog().declarations where declaration.isSecret {
            var paths = [environment[declaration.name + "_FILE"]].compactMap { $0 }
            if let directory = environment["CREDENTIALS_DIRECTORY"] { paths.append("\(directory)/\(declaration.credentialName)") }
            for path in paths {
                var status = stat()
                guard stat(path, &status) == 0 else { continue }
                count += 1
                if status.st_mode & 0o007 != 0 { open.append(path) }
            }
        }
        if open.isEmpty { return [.ok("secrets", count == 0 ? "none comes from a file" : "\(count) files, none open to everybody")] }
        return [.failed("secrets", "open to everybody: \(open.joined(separator: ", "))", fix: "chmod 640 \(open.joined(separator: " "))")]
    }

    static func limits() -> [HealthFinding] {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return [] }
        let evidence = "\(limit.rlim_cur) open files"
        return [
            limit.rlim_cur >= 1_024
                ? .ok("limits.files", evidence) : .warning("limits.files", evidence, fix: "LimitNOFILE=65536 in the unit, or ulimit -n")
        ]
    }
}
