/// What one child process is asked to run: a program, its arguments, what it may see and how much it may use.
///
/// No shell is ever involved: `arguments` reach the program as they are.
public struct ChildCommand: Sendable {
    /// Where the child's standard input comes from.
    public enum Input: Sendable {
        /// `/dev/null`: reading ends at once.
        case empty
        /// These bytes, held in an anonymous memory file, so that a child that never reads cannot block anybody.
        case bytes([UInt8])
        /// The file at this path, opened for reading by us.
        case file(String)
    }

    /// Where the child's standard output goes.
    public enum Output: Sendable {
        /// Into memory, at most `limits.outputBytes`.
        case bytes
        /// Into the file at this path, made (or cut to nothing) by us with mode 0600; `limits.fileSizeBytes` bounds it in a sandbox.
        case file(String)
        /// Nowhere.
        case discarded
    }

    /// A path with a `/`, or a name to be looked up in the `PATH` of the calling process.
    public var executable: String
    /// Everything after the program's name.
    public var arguments: [String]
    /// The whole environment of the child; nothing is inherited.
    public var environment: [String: String]
    /// The child's working directory; nil means ours.
    public var directory: String?
    public var input: Input
    public var output: Output
    public var limits: ChildLimits
    /// Set by a sandbox whose exit codes above 128 stand for the signal that ended the program inside.
    var exitCodesCarrySignals = false

    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = ChildCommand.cleanEnvironment,
        directory: String? = nil, input: Input = .empty, output: Output = .bytes, limits: ChildLimits = ChildLimits()
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.input = input
        self.output = output
        self.limits = limits
    }

    /// An environment without anything of ours: a fixed `PATH`, UTF-8, a home in `/tmp`, one OpenMP thread.
    ///
    /// One thread, because the fleet runs one child a slot: tesseract with its own threads is slower and takes the cores of the others.
    public static let cleanEnvironment: [String: String] = [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp", "OMP_THREAD_LIMIT": "1",
    ]
}

/// How much one child may use.
///
/// `outputBytes`, `wall` and `grace` always hold. The others are enforced by the kernel, when the command is wrapped by a ``Sandbox``
/// whose level is `.limits` or better.
public struct ChildLimits: Sendable, Equatable {
    /// CPU time in whole seconds; the child gets SIGXCPU there and SIGKILL a second later.
    public var cpuSeconds: Int
    /// Size of each process's address space.
    public var addressSpaceBytes: Int
    /// Size of any file that it writes.
    public var fileSizeBytes: Int
    /// Bytes of standard output kept in memory; more kills the child.
    public var outputBytes: Int
    /// Time on the clock from start to exit.
    public var wall: Duration
    /// Time between SIGTERM and SIGKILL once the wall time is over or the caller gave up.
    public var grace: Duration
    /// Size of the private `/tmp` of a fully sandboxed child.
    public var tmpfsBytes: Int
    /// Open files.
    public var openFiles: Int

    public init(
        cpuSeconds: Int = 120, addressSpaceBytes: Int = 1 << 30, fileSizeBytes: Int = 1 << 30, outputBytes: Int = 64 << 20,
        wall: Duration = .seconds(300), grace: Duration = .seconds(2), tmpfsBytes: Int = 1 << 30, openFiles: Int = 256
    ) {
        self.cpuSeconds = cpuSeconds
        self.addressSpaceBytes = addressSpaceBytes
        self.fileSizeBytes = fileSizeBytes
        self.outputBytes = outputBytes
        self.wall = wall
        self.grace = grace
        self.tmpfsBytes = tmpfsBytes
        self.openFiles = openFiles
    }
}
