import CSystem
public import Flotilla
import Glibc
import HTTPServer
import Threading

/// What a daemon gets to put itself together.
public struct DaemonContext: Sendable {
    public let configuration: DaemonConfiguration
    public let logger: Logger
    public let metrics: FleetMetrics
}

/// Runs a daemon from its first line to its exit code.
///
/// 0: drained and ended as asked. 1: failed to start, or a service failed, or work had to be abandoned. 2: the configuration is wrong.
public enum DaemonMain {
    /// Runs until the process ends; call it from a synchronous `main`, which must not have started any thread.
    ///
    /// - Parameter build: connects to what the daemon needs and puts it together. May take its time: until it returns, `/livez` is fine
    ///   and `/readyz` is not. SIGTERM cancels it. What it throws ends the process: ``SettingMistakes`` with 2, anything else with 1.
    public static func run(
        role: DaemonRole, arguments: [String] = CommandLine.arguments, build: @escaping @Sendable (DaemonContext) async throws -> Daemon
    ) -> Never {
        ProcessSignals.block()
        flotilla_return_large_blocks()
        self.answer(arguments, role: role)
        let configuration: DaemonConfiguration
        do {
            configuration = try DaemonConfiguration.read(role: role)
        } catch {
            self.complain("\(role.rawValue): \(error)")
            exit(2)
        }
        let output = LogOutput(configuration.settings)
        let logger = Logger("daemon", output: output).with(["role": role.rawValue])
        let metrics = FleetMetrics(registry: Metrics(), version: BuildInfo.version, commit: BuildInfo.commit, role: role.rawValue)
        let context = DaemonContext(configuration: configuration, logger: logger, metrics: metrics)
        let code = DaemonProcess(context: context, build: build).run()
        output.flush()
        // Not `exit`: handlers that run at exit would meet threads that still work.
        _exit(code)
    }

    private static func answer(_ arguments: [String], role: DaemonRole) {
        guard let argument = arguments.dropFirst().first else { return }
        switch argument {
        case "--version":
            print("\(role.rawValue) \(BuildInfo.version) (\(BuildInfo.commit))")
        case "--help", "-h":
            print(
                "Usage: \(role.rawValue) [--check-config | --version | --help]\n\nReads its configuration from the environment; see docs/configuration.md."
            )
        case "--check-config":
            do {
                let configuration = try DaemonConfiguration.read(role: role)
                for warning in configuration.settings.warnings { print("warning: \(warning)") }
                print("configuration is fine")
            } catch {
                self.complain("\(role.rawValue): \(error)")
                exit(2)
            }
        default:
            self.complain(
                "\(role.rawValue): unknown argument '\(Redactor.redact(argument))'; configuration comes from the environment, see --help\n")
            exit(2)
        }
        exit(0)
    }

    private static func complain(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

extension LogOutput {
    /// The output that the settings ask for: level, form, and priorities where journald listens.
    public convenience init(_ settings: Settings, descriptor: Int32 = 1) {
        let format: Format =
            switch settings[\.logFormat] {
            case .json: .json
            case .text: .text(colour: isatty(descriptor) == 1)
            case .auto: .automatic(descriptor: descriptor)
            }
        self.init(
            descriptor: descriptor, level: LogLevel(name: settings[\.logLevel].rawValue) ?? .info, format: format,
            priorities: LogOutput.isJournal(descriptor: descriptor))
    }
}

/// What this program was built from.
public enum BuildInfo {
    public static let version = "0.1.0"
    /// The commit, where the build says so.
    public static let commit = "unknown"
}
