import Glibc
import Threading

/// Runs child processes from async code, at most as many at once as it has threads; further calls wait their turn.
///
/// Each run occupies one long-lived thread from start to reap. That matters: a child that asked the kernel to die with its parent
/// (`PR_SET_PDEATHSIG`, used by the sandbox) dies with the *thread* that started it.
public final class ChildRunner: Sendable {
    private let pool: ThreadPool
    private let children: ChildRegistry

    /// - Parameters:
    ///   - concurrency: children that may run at once.
    ///   - subreaper: makes this whole process adopt the orphans of its children (`PR_SET_CHILD_SUBREAPER`) and kill them after each run,
    ///     so that a grandchild that left its process group with `setsid` is caught even without a sandbox. Only for programs in which
    ///     nothing else starts processes, and with one runner a process: whatever this runner did not start is killed.
    public init(concurrency: Int, subreaper: Bool = false) {
        // Some supervisors start programs with SIGCHLD ignored; the kernel would then reap our children before we learn how they ended.
        signal(SIGCHLD, SIG_DFL)
        self.pool = ThreadPool(name: "child", threads: concurrency)
        self.children = ChildRegistry(subreaper: subreaper)
    }

    /// Runs one child to its end.
    ///
    /// Whatever happens (exit, signal, limit, timeout, cancellation), when this returns the child is reaped, its process group is
    /// killed, and no descriptor of the run is open. Cancelling the calling task sends SIGTERM to the group, and SIGKILL after
    /// `limits.grace`.
    public func run(_ command: ChildCommand) async -> ChildResult {
        let cancel = CancelSignal()
        let children = self.children
        return await withTaskCancellationHandler {
            do {
                return try await self.pool.run { ChildRun.run(command, cancel: cancel, children: children) }
            } catch {
                // The closure throws nothing; `run` is only declared so.
                return ChildResult(.cancelled)
            }
        } onCancel: {
            cancel.cancel()
        }
    }

    /// The same on the calling thread, which must be one that may block and that lives as long as the child should.
    public func runBlocking(_ command: ChildCommand) -> ChildResult {
        ChildRun.run(command, cancel: CancelSignal(), children: self.children)
    }
}
