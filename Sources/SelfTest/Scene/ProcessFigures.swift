internal import Glibc

extension FleetProcess {
    /// Processor time that it has used, in seconds.
    public var processorSeconds: Double {
        let text = readText("/proc/\(self.pid)/stat")
        // After the name, which may hold anything.
        guard let end = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in bytes.
    public var residentBytes: Int {
        let fields = readText("/proc/\(self.pid)/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// Open file descriptors.
    public var openDescriptors: Int {
        guard let directory = opendir("/proc/\(self.pid)/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // `.` and `..`.
        return count - 2
    }
}
