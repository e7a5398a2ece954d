import CSystem
import Glibc
import Threading

/// What an operator asks of a daemon by a signal.
public enum ProcessSignal: Sendable, Hashable {
    /// TSTP: take no new work.
    case quiet
    /// TERM: finish what runs, then end. A second one gives the work back at once.
    case drain
    /// INT: the same, from a keyboard.
    case interrupt
    /// HUP: read the configuration again.
    case reload
    /// USR2: write the state to the log.
    case dump
}

/// Signals taken one by one on the main thread, instead of by handlers that may do next to nothing.
public enum ProcessSignals {
    /// USR1 is how other threads of this process wake the main thread.
    private static let handled: [(number: Int32, signal: ProcessSignal?)] = [
        (SIGTERM, .drain), (SIGINT, .interrupt), (SIGHUP, .reload), (SIGTSTP, .quiet), (SIGUSR2, .dump), (SIGUSR1, nil),
    ]

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for entry in self.handled { sigaddset(&set, entry.number) }
        return set
    }

    /// Blocks the signals in this thread and in all that it starts later. Call it first in `main`, before anything starts a thread:
    /// a thread without the mask would take the signal's default action, which ends the process.
    public static func block() {
        var set = self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // Writing to a peer that is gone is an error of that write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The next signal, or nil after `timeout` or a ``wake()``.
    static func next(within timeout: Duration) -> ProcessSignal? {
        var set = self.set
        let nanoseconds = max(0, timeout.inNanoseconds)
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        let number = sigtimedwait(&set, nil, &time)
        return self.handled.first { $0.number == number }?.signal
    }

    /// Makes ``next(within:)`` return soon on `thread`, which must still run. Safe from any thread.
    static func wake(_ thread: pthread_t) { pthread_kill(thread, SIGUSR1) }
}
