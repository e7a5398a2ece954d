/// How a child process ended. Every way of ending is a value; running a child throws nothing.
public enum ChildOutcome: Sendable, Hashable {
    /// It called exit with this code; 0 is success.
    case exited(Int32)
    /// A signal that we did not send ended it.
    case signalled(Int32)
    /// It ran longer than `limits.wall` and was killed with its group.
    case timedOut
    /// It wrote more than `limits.outputBytes` to standard output, or a file above `limits.fileSizeBytes`, and was killed.
    case outputLimit
    /// It used more than `limits.cpuSeconds`.
    case cpuLimit
    /// The calling task was cancelled; the child was killed with its group, or never started.
    case cancelled
    /// There is no such program. Nothing ran.
    case notFound(String)
    /// It could not be started (`errno` and what was being done). Nothing ran.
    case launchFailed(errno: Int32, step: String)

    /// Whether the child ran and exited with code 0.
    public var isSuccess: Bool { self == .exited(0) }
}

/// What came out of one child.
public struct ChildResult: Sendable {
    public var outcome: ChildOutcome
    /// Standard output, when the command captures it; at most `limits.outputBytes`, also after a kill.
    public var output: [UInt8] = []
    /// Standard error: its first KiB and its last three.
    public var errorOutput = HeadAndTail()
    /// Time on the clock from start to reap.
    public var elapsed: Duration = .zero
    /// What the kernel counted; nil when nothing ran, or when a full sandbox's helper hides it.
    public var usage: ChildUsage?

    init(_ outcome: ChildOutcome) { self.outcome = outcome }

    /// Standard output as text; bytes that are not UTF-8 become U+FFFD.
    public var text: String { String(decoding: self.output, as: UTF8.self) }
}

/// Resources of one child and of its descendants that it waited for.
public struct ChildUsage: Sendable, Hashable {
    /// User and system time.
    public var cpu: Duration
    /// Peak resident size. Floored at our own size when the child was started, so it says nothing about small children.
    public var peakResidentBytes: Int
}

/// The beginning and the end of a stream of any length, in bounded memory.
public struct HeadAndTail: Sendable, Hashable {
    private static let headLimit = 1024
    private static let tailLimit = 3072
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    /// Bytes that went by, kept or not.
    public private(set) var total = 0

    public init() {}

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        self.total &+= bytes.count
        var rest = bytes[...]
        if self.head.count < Self.headLimit {
            let taken = rest.prefix(Self.headLimit - self.head.count)
            self.head.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
        }
        if rest.count >= Self.tailLimit {
            self.tail = Array(rest.suffix(Self.tailLimit))
        } else {
            self.tail.append(contentsOf: rest)
            // Cut in large steps, so that a flood of short lines does not move the array each time.
            if self.tail.count > 4 * Self.tailLimit { self.tail.removeFirst(self.tail.count - Self.tailLimit) }
        }
    }

    /// The kept bytes as text, with a note where bytes are missing.
    public var text: String {
        let tail = self.tail.suffix(Self.tailLimit)
        let missing = self.total - self.head.count - tail.count
        let start = String(decoding: self.head, as: UTF8.self)
        let end = String(decoding: tail, as: UTF8.self)
        return missing > 0 ? "\(start)\n[… \(missing) bytes left out …]\n\(end)" : String(decoding: self.head + tail, as: UTF8.self)
    }
}
