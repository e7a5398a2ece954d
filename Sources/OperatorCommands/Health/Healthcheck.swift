import FlotillaDaemon
import HTTPClient
import JSONText

struct Healthcheck: Verb {
    static let spec = CommandSpec(
        path: ["healthcheck"], summary: "Asks a daemon on this machine whether it is alive; for containers",
        options: [
            .value("role", "ROLE", "whose port, unless HTTP_PORT says it (default: whichever daemon answers)"),
            .flag("ready", "ask /readyz instead of /livez: do Redis and PostgreSQL answer, does it take work"),
            .value("timeout", "DURATION", "how long to wait (default 3s)"),
        ], examples: ["healthcheck", "healthcheck --role retry-scheduler --ready"])

    private let roles: [DaemonRole]
    private let path: String
    private let timeout: Duration

    init(_ arguments: Arguments) throws(CommandError) {
        if let word = arguments.text("role") {
            guard let role = DaemonRole(rawValue: word) else {
                let known = DaemonRole.allCases.map(\.rawValue)
                throw .usage(
                    "there is no role '\(word)'" + Suggestion.sentence(word, among: known) + "; there are \(known.joined(separator: ", "))")
            }
            self.roles = [role]
        } else {
            self.roles = DaemonRole.allCases
        }
        self.path = arguments.has("ready") ? "/readyz" : "/livez"
        self.timeout = try arguments.duration("timeout") ?? .seconds(3)
    }

    func run(_ context: CommandContext) async throws -> Output {
        let settings = try context.settings()
        var mistakes: [String] = []
        // With HTTP_PORT all roles have the same address, and the first says all.
        for role in settings.isSet(\.httpPort) ? Array(self.roles.prefix(1)) : self.roles {
            let url = try self.url(DaemonConfiguration(settings: settings, role: role))
            var call = HTTPCall.get(url)
            call.connectTimeout = self.timeout
            call.timeout = self.timeout
            call.responseLimit = 64 << 10
            do {
                return self.output(try await HTTPCaller(concurrency: 1).send(call), url)
            } catch {
                mistakes.append("\(url): \(error)")
            }
        }
        throw CommandError(.unavailable, "no daemon answers at " + mistakes.joined(separator: ", "))
    }

    private func url(_ configuration: DaemonConfiguration) -> String {
        // Every address of the machine is also its own.
        let isEverywhere = ["0.0.0.0", "::", ""].contains(configuration.httpAddress)
        let host = isEverywhere ? "127.0.0.1" : configuration.httpAddress
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(configuration.httpPort)\(self.path)"
    }

    private func output(_ answer: HTTPAnswer, _ url: String) -> Output {
        let text = String(decoding: answer.body, as: UTF8.self)
        var output = Output("Health", ["healthy": .bool(answer.isSuccess), "status": .count(answer.status), "url": .string(url)])
        output.blocks = [.text(text)]
        output.exit = answer.isSuccess ? .success : .failed
        return output
    }
}
