import Glibc

/// Finds programs by name in a list of directories.
public struct ToolLocator: Sendable {
    /// The executable `name` in the directory of the running program, or nil: programs that belong together are installed together.
    public static func besideThisProgram(_ name: String) -> String? {
        guard let program = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(program) }
        let path = String(cString: program)
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let candidate = "\(path[..<slash])/\(name)"
        return access(candidate, X_OK) == 0 ? candidate : nil
    }

    /// Absolute directories, searched in order.
    public let directories: [String]

    /// Searches `path`, a colon-separated list; relative entries are ignored.
    public init(path: String) {
        self.directories = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    }

    /// Searches the `PATH` of this process, then the usual system directories.
    public init() {
        let inherited = getenv("PATH").map { String(cString: $0) } ?? ""
        self.init(path: inherited + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
    }

    /// The absolute path of an executable regular file, or nil. A name with a `/` is only checked, relative to the working directory.
    public func find(_ name: String) -> String? {
        guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
        if name.utf8.contains(UInt8(ascii: "/")) { return Self.isExecutable(name) ? name : nil }
        for directory in self.directories where Self.isExecutable("\(directory)/\(name)") { return "\(directory)/\(name)" }
        return nil
    }

    /// The first line that the tool prints when asked for its version, or nil when it is missing or silent.
    ///
    /// Many tools print it to standard error (`pdftotext -v`) and some exit with 1 or 99; both are fine here.
    public func version(of name: String, arguments: [String] = ["--version"], using runner: ChildRunner) async -> String? {
        guard let path = self.find(name) else { return nil }
        let limits = ChildLimits(outputBytes: 64 << 10, wall: .seconds(10), grace: .milliseconds(200))
        let result = await runner.run(ChildCommand(path, arguments, limits: limits))
        guard case .exited = result.outcome else { return nil }
        let lines = (result.text + "\n" + result.errorOutput.text).split(whereSeparator: \.isNewline)
        return lines.first { line in line.contains { $0.isNumber } }.map(String.init) ?? lines.first.map(String.init)
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
