import CSystem
import Glibc
import Threading

/// One run of one child on the calling thread: start, pump its output, enforce the limits, kill the group, reap.
struct ChildRun: ~Copyable {
    private enum Stop {
        case timedOut, cancelled, outputLimit
    }

    private let child: pid_t
    private let limits: ChildLimits
    private let cancel: CancelSignal
    private let started = MonotonicTime.now
    private var result = ChildResult(.cancelled)
    private var output: Descriptor
    private var errors: Descriptor
    private var stop: Stop?
    /// When the group is killed for good, once it was asked to stop.
    private var killTime: MonotonicTime?
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// How long to read on after the child's end from pipes that an escaped descendant still holds.
    private static let lateOutput = Duration.milliseconds(250)

    static func run(_ command: ChildCommand, cancel: CancelSignal, children: ChildRegistry) -> ChildResult {
        if cancel.isCancelled { return ChildResult(.cancelled) }
        guard let path = ToolLocator().find(command.executable) else { return ChildResult(.notFound(command.executable)) }
        for text in [path] + command.arguments + command.environment.flatMap({ [$0.key, $0.value] }) where text.utf8.contains(0) {
            return ChildResult(.launchFailed(errno: EINVAL, step: "argument or environment with a NUL byte"))
        }

        var input = Descriptor(-1)
        var inputStep = "open /dev/null"
        switch command.input {
        case .empty: input = .open("/dev/null", O_RDONLY)
        case .bytes(let bytes):
            input = .memory(bytes)
            inputStep = "copy standard input"
        case .file(let path):
            input = .open(path, O_RDONLY)
            inputStep = "open the input file"
        }
        guard input.isOpen else { return ChildResult(.launchFailed(errno: errno, step: inputStep)) }

        var output = Pipe(closed: ())
        switch command.output {
        case .bytes:
            output = Pipe()
            guard output.write.isOpen else { return ChildResult(.launchFailed(errno: errno, step: "make a pipe")) }
            output.read.setNonBlocking()
        case .file(let path): output.write = .open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
        case .discarded: output.write = .open("/dev/null", O_WRONLY)
        }
        guard output.write.isOpen else { return ChildResult(.launchFailed(errno: errno, step: "open the output file")) }
        var errors = Pipe()
        guard errors.write.isOpen else { return ChildResult(.launchFailed(errno: errno, step: "make a pipe")) }
        errors.read.setNonBlocking()

        let standard = (input: input.number, output: output.write.number, errors: errors.write.number)
        let spawned = children.start {
            ChildSpawn.start(
                path: path, arguments: command.arguments, environment: command.environment, directory: command.directory,
                input: standard.input, output: standard.output, errors: standard.errors)
        }
        let child: pid_t
        switch spawned {
        case .success(let started): child = started
        case .failure(.notFound): return ChildResult(.notFound(command.executable))
        case .failure(.failed(let code)): return ChildResult(.launchFailed(errno: code, step: "start the program"))
        }
        // Our copies of the child's ends: with these open, its pipes would never end.
        input.close()
        output.write.close()
        errors.write.close()

        var run = ChildRun(child: child, command: command, cancel: cancel, output: output.read, errors: errors.read)
        run.pump()
        run.finish(command, children: children)
        return run.result
    }

    private init(child: pid_t, command: ChildCommand, cancel: CancelSignal, output: consuming Descriptor, errors: consuming Descriptor) {
        self.child = child
        self.limits = command.limits
        self.cancel = cancel
        self.output = output
        self.errors = errors
    }

    /// Moves output and watches the clock until the child has ended. It is then a zombie, so that its id and its group stay ours.
    private mutating func pump() {
        let process = Descriptor(flotilla_pidfd_open(self.child))
        let cancelDescriptor = self.cancel.open()
        defer { self.cancel.close() }
        let deadline = self.started + self.limits.wall
        var ended = false
        var lateDeadline = deadline

        while true {
            if ended && !self.output.isOpen && !self.errors.isOpen { return }
            let now = MonotonicTime.now
            if ended && now >= lateDeadline { return }
            if !ended { self.enforce(deadline: deadline, now: now) }

            // Once it was killed there is nothing to wait for but its end.
            let next: MonotonicTime? = ended ? lateDeadline : self.stop == nil ? deadline : self.killTime
            var wait = next.map { ($0 - now).inMilliseconds + 1 } ?? 60_000
            // Without a descriptor for the process (an old kernel, a strict filter), look at it often instead.
            if !process.isOpen || cancelDescriptor < 0 { wait = min(wait, 20) }
            wait = max(0, min(wait, 60_000))

            var polls = [
                pollfd(fd: ended ? -1 : process.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: self.output.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: self.errors.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: self.stop == nil ? cancelDescriptor : -1, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&polls, nfds_t(polls.count), Int32(wait)) < 0 && errno != EINTR { usleep(1_000) }
            if polls[1].revents != 0 { self.readOutput() }
            if polls[2].revents != 0 { self.readErrors() }
            if !ended && (polls[0].revents != 0 || !process.isOpen) && self.hasEnded() {
                ended = true
                // Nothing of its group may outlive it, nor hold the pipes open.
                _ = kill(-self.child, SIGKILL)
                lateDeadline = MonotonicTime.now + Self.lateOutput
            }
        }
    }

    private mutating func enforce(deadline: MonotonicTime, now: MonotonicTime) {
        if self.stop == nil {
            if self.cancel.isCancelled {
                self.askToStop(.cancelled, now: now)
            } else if now >= deadline {
                self.askToStop(.timedOut, now: now)
            }
        }
        if let killTime = self.killTime, now >= killTime {
            _ = kill(-self.child, SIGKILL)
            self.killTime = nil
        }
    }

    private mutating func askToStop(_ reason: Stop, now: MonotonicTime) {
        self.stop = reason
        _ = kill(-self.child, SIGTERM)
        // A stopped process cannot act on SIGTERM.
        _ = kill(-self.child, SIGCONT)
        self.killTime = now + self.limits.grace
    }

    /// Whether the child is a zombie; leaves it one.
    private func hasEnded() -> Bool {
        var info = siginfo_t()
        if waitid(P_PID, id_t(self.child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 { return info.si_signo == SIGCHLD }
        // Somebody else reaped it; it will not come back.
        return errno == ECHILD
    }

    /// One read a turn, so that a flood cannot keep the clock from being looked at.
    private mutating func readOutput() {
        let count = read(self.output.number, &self.buffer, self.buffer.count)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { self.output.close() }
            return
        }
        let room = max(0, self.limits.outputBytes - self.result.output.count)
        self.result.output.append(contentsOf: self.buffer[..<min(count, room)])
        if count > room {
            if self.stop == nil { self.stop = .outputLimit }
            self.killTime = nil
            _ = kill(-self.child, SIGKILL)
            self.output.close()
        }
    }

    private mutating func readErrors() {
        let count = read(self.errors.number, &self.buffer, self.buffer.count)
        if count > 0 {
            self.buffer.withUnsafeBytes { self.result.errorOutput.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            self.errors.close()
        }
    }

    /// Reaps the child and turns what the kernel says into an outcome.
    private mutating func finish(_ command: ChildCommand, children: ChildRegistry) {
        _ = kill(-self.child, SIGKILL)
        var status: Int32 = 0
        var usage = rusage()
        var reaped: pid_t
        repeat { reaped = wait4(self.child, &status, 0, &usage) } while reaped < 0 && errno == EINTR
        children.ended(self.child)
        children.sweepOrphans()

        self.result.elapsed = MonotonicTime.now - self.started
        let cpu = Self.duration(usage.ru_utime) + Self.duration(usage.ru_stime)
        if reaped == self.child && !command.exitCodesCarrySignals {
            self.result.usage = ChildUsage(cpu: cpu, peakResidentBytes: usage.ru_maxrss &* 1024)
        }
        guard reaped == self.child || self.stop != nil else {
            // Not success: nobody knows how it ended.
            self.result.outcome = .launchFailed(errno: ECHILD, step: "learn how it ended")
            return
        }
        switch self.stop {
        case .timedOut: self.result.outcome = .timedOut
        case .cancelled: self.result.outcome = .cancelled
        case .outputLimit: self.result.outcome = .outputLimit
        case nil:
            let code = flotilla_exit_status(status)
            if flotilla_exited(status) == 0 {
                self.result.outcome = self.outcome(ofSignal: flotilla_term_signal(status), cpu: cpu)
            } else if command.exitCodesCarrySignals && code > 128 && code <= 128 + 64 {
                self.result.outcome = self.outcome(ofSignal: code - 128, cpu: cpu)
            } else {
                self.result.outcome = .exited(code)
            }
        }
    }

    private func outcome(ofSignal signal: Int32, cpu: Duration) -> ChildOutcome {
        switch signal {
        case SIGXCPU: .cpuLimit
        case SIGXFSZ: .outputLimit
        // The hard CPU limit is a plain SIGKILL, for a child that caught SIGXCPU.
        case SIGKILL where cpu >= .seconds(self.limits.cpuSeconds): .cpuLimit
        default: .signalled(signal)
        }
    }

    private static func duration(_ time: timeval) -> Duration { .seconds(time.tv_sec) + .microseconds(time.tv_usec) }
}
