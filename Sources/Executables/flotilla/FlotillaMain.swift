import FlotillaDaemon
import Glibc
import OperatorCommands
import SelfTest
import Threading

/// Runs one command of the operator and ends with its exit code.
///
/// The main thread waits for signals; the command runs beside it. The first Ctrl-C stops the command between two steps, each of which is
/// whole; the second, or the time that the command has for its end (two seconds, for most), ends the process at once.
@main
struct FlotillaMain {
    static func main() {
        // The self-test's own workers; no verb for people. A daemon sets its signals up itself.
        if CommandLine.arguments.dropFirst().first == "selftest-worker" { SelfTestWorker.run() }
        signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // Before any thread is made: all inherit it, and only sigwait takes these signals.
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        let environment = Settings.processEnvironment()
        let command = OperatorCommandLine(environment: environment, terminal: ProcessTerminal(environment: environment))
        let words = Array(CommandLine.arguments.dropFirst())
        // The program's own task: its end is the process's end. `main` belongs to the main actor, whose thread waits below.
        let interruption = Lock(ExitCode.interrupted.rawValue)
        let task = Task { @concurrent in
            let code = await command.run(words)
            Glibc.exit(code == .interrupted ? interruption.withLock { $0 } : code.rawValue)
        }

        var number: Int32 = 0
        sigwait(&signals, &number)
        let status = number == SIGTERM ? 143 : ExitCode.interrupted.rawValue
        interruption.withLock { $0 = status }
        task.cancel()
        let end = MonotonicTime.now + OperatorCommandLine.stopGrace(of: words)
        while MonotonicTime.now < end {
            var moment = timespec(tv_sec: 0, tv_nsec: 100_000_000)
            // Ends early, and empty-handed, with each child that ends.
            if sigtimedwait(&signals, nil, &moment) > 0 { break }
        }
        Glibc.exit(status)
    }
}
