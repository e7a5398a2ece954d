import Glibc

/// What of this machine's file system a fully sandboxed program sees.
struct SandboxFileSystem: Sendable {
    /// Arguments that show the system's programs and libraries: `/usr`, and `/lib` and the like, links on most machines.
    private let system: [String]
    /// Directories outside `/usr` that our own process loads libraries from, for our own programs.
    private let libraryDirectories: [String]

    /// Reads it from the running machine.
    static func current() -> SandboxFileSystem {
        var system = ["--ro-bind", "/usr", "/usr"]
        for path in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
            if let target = Self.linkTarget(path) {
                system += ["--symlink", target, path]
            } else {
                system += ["--ro-bind-try", path, path]
            }
        }
        // Without the cache, libraries in directories named by ld.so.conf are not found; fonts and alternatives are read by the tools.
        for path in ["/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/libreoffice", "/etc/paperspecs", "/etc/mime.types"] {
            system += ["--ro-bind-try", path, path]
        }
        return SandboxFileSystem(system: system, libraryDirectories: Self.loadedLibraryDirectories())
    }

    func bubblewrapArguments(program: String, access: Sandbox.Access, directory: String?, tmpfsBytes: Int) -> [String] {
        var arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"] + self.system
        arguments += ["--proc", "/proc", "--dev", "/dev", "--size", "\(max(4096, tmpfsBytes))", "--tmpfs", "/tmp"]
        if !program.hasPrefix("/usr/") && !program.hasPrefix("/bin/") && !program.hasPrefix("/sbin/") {
            for path in self.libraryDirectories + [program] { arguments += ["--ro-bind-try", path, path] }
        }
        for path in access.readOnly { arguments += ["--ro-bind-try", path, path] }
        if let work = access.workDirectory { arguments += ["--bind", work, work] }
        return arguments + ["--chdir", directory ?? access.workDirectory ?? "/tmp"]
    }

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { readlink(path, $0, bytes.count) } ?? -1
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// Where the shared libraries of this process lie, `/usr` and `/lib` aside.
    private static func loadedLibraryDirectories() -> [String] {
        guard let file = fopen("/proc/self/maps", "re") else { return [] }
        defer { fclose(file) }
        var directories: Set<String> = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0 {
            guard let line else { break }
            let text = String(cString: line)
            guard let start = text.firstIndex(of: "/"), let slash = text.lastIndex(of: "/"), text.contains(".so") else { continue }
            let directory = String(text[start..<slash])
            if directory.isEmpty || ["/usr/", "/lib"].contains(where: { directory.hasPrefix($0) }) { continue }
            directories.insert(directory)
        }
        return directories.sorted()
    }
}
