import Glibc

/// Wraps commands so that a program fed with a hostile file can do little harm.
///
/// What the machine allows is probed once. `.full` is bubblewrap: namespaces of its own for files, processes and network, no
/// capabilities, a private `/tmp`, and the kernel's resource limits. Where namespaces are forbidden (many containers), `.limits` keeps
/// the resource limits, death with the parent and, if possible, the missing network. Paths inside are the same as outside.
public struct Sandbox: Sendable {
    /// How much protection there is.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case full, limits, none
    }

    /// What a wrapped program may touch besides the system's own programs and libraries.
    public struct Access: Sendable {
        /// Files or directories that it may read, absolute, each at the same path inside. Missing ones are left out.
        public var readOnly: [String]
        /// The one directory that it may write in, absolute.
        public var workDirectory: String?

        public init(readOnly: [String] = [], workDirectory: String? = nil) {
            self.readOnly = readOnly
            self.workDirectory = workDirectory
        }
    }

    public let level: Level
    /// Whether wrapped programs are without a network.
    public let networkIsolated: Bool
    /// Why the level is below `.full`, for people; nil at `.full`.
    public let reason: String?

    private let bwrap: String?
    private let launcher: [String]
    private let prlimit: String?
    private let fileSystem: SandboxFileSystem

    /// Tries what works here by running small programs, in 20 ms or so; blocks for that long.
    ///
    /// - Parameter strongest: the best level to try; tests and operators can ask for less.
    public static func probe(using runner: ChildRunner, strongest: Level = .full, tools: ToolLocator = ToolLocator()) -> Sandbox {
        let prlimit = tools.find("prlimit")
        let fileSystem = SandboxFileSystem.current()
        var reasons: [String] = strongest == .full ? [] : ["level \(strongest.rawValue) was asked for"]

        if strongest == .full {
            if let bwrap = tools.find("bwrap"), prlimit != nil {
                let full = Sandbox(
                    level: .full, networkIsolated: true, reason: nil, bwrap: bwrap, launcher: [], prlimit: prlimit, fileSystem: fileSystem)
                if let trouble = full.failure(running: runner) { reasons.append("bwrap: \(trouble)") } else { return full }
            } else {
                reasons.append(prlimit == nil ? "prlimit is not installed" : "bwrap is not installed")
            }
        }
        guard strongest != .none, prlimit != nil else {
            return Sandbox(
                level: .none, networkIsolated: false, reason: reasons.joined(separator: "; "), bwrap: nil, launcher: [], prlimit: nil,
                fileSystem: fileSystem)
        }
        // Each launcher is tried with what was found to work before it.
        var launcher: [String] = []
        var networkIsolated = false
        if let setpriv = tools.find("setpriv") {
            let candidate = [setpriv, "--no-new-privs", "--pdeathsig", "KILL", "--"]
            if Self.works(candidate, running: runner) { launcher = candidate }
        }
        if let unshare = tools.find("unshare") {
            for flags in [["--net"], ["--user", "--net"]] {
                let candidate = launcher + [unshare] + flags + ["--"]
                if Self.works(candidate, running: runner) {
                    launcher = candidate
                    networkIsolated = true
                    break
                }
            }
        }
        let limits = Sandbox(
            level: .limits, networkIsolated: networkIsolated, reason: reasons.joined(separator: "; "), bwrap: nil, launcher: launcher,
            prlimit: prlimit, fileSystem: fileSystem)
        // A system call filter can forbid even setting limits; commands wrapped for nothing would all fail.
        guard let trouble = limits.failure(running: runner) else { return limits }
        reasons.append("prlimit: \(trouble)")
        return Sandbox(
            level: .none, networkIsolated: false, reason: reasons.joined(separator: "; "), bwrap: nil, launcher: [], prlimit: nil,
            fileSystem: fileSystem)
    }

    /// The command to run instead of `command`, with the same result seen from outside. A program that cannot be found is left as it is,
    /// so that running it says `.notFound`. Below `.full`, whose `/tmp` is private, `HOME` and `TMPDIR` lead into the work directory unless
    /// the command sets them, so that what tools leave there goes with it.
    public func wrap(_ command: ChildCommand, access: Access = Access()) -> ChildCommand {
        var command = command
        if self.level != .full, let work = access.workDirectory {
            if command.environment["HOME"] == ChildCommand.cleanEnvironment["HOME"] { command.environment["HOME"] = work }
            if command.environment["TMPDIR"] == nil { command.environment["TMPDIR"] = work }
        }
        guard self.level != .none, let prlimit = self.prlimit, let program = ToolLocator().find(command.executable) else { return command }
        let limits = command.limits
        let limited: [String] =
            [
                prlimit, "--cpu=\(max(1, limits.cpuSeconds)):\(max(1, limits.cpuSeconds) &+ 1)", "--as=\(limits.addressSpaceBytes)",
                "--fsize=\(limits.fileSizeBytes)", "--nofile=\(limits.openFiles)", "--core=0", "--", program,
            ] + command.arguments

        var wrapped = command
        if let bwrap = self.bwrap, self.level == .full {
            wrapped.executable = bwrap
            wrapped.arguments =
                self.fileSystem.bubblewrapArguments(
                    program: program, access: access, directory: command.directory, tmpfsBytes: limits.tmpfsBytes) + ["--"] + limited
            wrapped.directory = nil
            wrapped.exitCodesCarrySignals = true
        } else {
            let line = self.launcher + limited
            wrapped.executable = line[0]
            wrapped.arguments = Array(line.dropFirst())
        }
        return wrapped
    }

    /// Nil when a program runs inside; else what was said.
    private func failure(running runner: ChildRunner) -> String? {
        let limits = ChildLimits(wall: .seconds(10), grace: .milliseconds(100))
        let result = runner.runBlocking(self.wrap(ChildCommand("true", limits: limits)))
        if result.outcome.isSuccess { return nil }
        let said = result.errorOutput.text.split(whereSeparator: \.isNewline).first.map(String.init)
        return said ?? "\(result.outcome)"
    }

    private static func works(_ launcher: [String], running runner: ChildRunner) -> Bool {
        guard let program = ToolLocator().find("true"), let first = launcher.first else { return false }
        let limits = ChildLimits(wall: .seconds(10), grace: .milliseconds(100))
        return runner.runBlocking(ChildCommand(first, launcher.dropFirst() + [program], limits: limits)).outcome.isSuccess
    }
}
