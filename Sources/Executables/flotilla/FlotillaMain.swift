import FlotillaDaemon
import Glibc
import OperatorCommands
import SelfTest

/// Runs one command of the operator and ends with its exit code.
///
/// The main thread waits for signals; the command runs beside it. The first Ctrl-C stops the command between two steps, each of which is
/// whole; the second, or two seconds, ends the process at once.
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
        let task = Task { @concurrent in Glibc.exit(await command.run(words).rawValue) }

        var number: Int32 = 0
        sigwait(&signals, &number)
        task.cancel()
        var patience = timespec(tv_sec: 2, tv_nsec: 0)
        sigtimedwait(&signals, nil, &patience)
        Glibc.exit(number == SIGTERM ? 143 : ExitCode.interrupted.rawValue)
    }
}
