import FlotillaDaemon
import HTTPClient
import JSONText

struct Healthcheck: Verb {
    static let spec = CommandSpec(
        path: ["healthcheck"], summary: "Asks a daemon on this machine whether it is alive; for containers",
        options: [
            .value("role", "ROLE", "whose port, unless HTTP_PORT says it (default document-processor)"),
            .flag("ready", "ask /readyz instead of /livez: do Redis and PostgreSQL answer, does it take work"),
            .value("timeout", "DURATION", "how long to wait (default 3s)"),
        ], examples: ["healthcheck", "healthcheck --role retry-scheduler --ready"])

    private let role: DaemonRole
    private let path: String
    private let timeout: Duration

    init(_ arguments: Arguments) throws(CommandError) {
        let word = arguments.text("role") ?? DaemonRole.documentProcessor.rawValue
        guard let role = DaemonRole(rawValue: word) else {
            let known = DaemonRole.allCases.map(\.rawValue)
            throw .usage(
                "there is no role '\(word)'" + Suggestion.sentence(word, among: known) + "; there are \(known.joined(separator: ", "))")
        }
        self.role = role
        self.path = arguments.has("ready") ? "/readyz" : "/livez"
        self.timeout = try arguments.duration("timeout") ?? .seconds(3)
    }

    func run(_ context: CommandContext) async throws -> Output {
        let configuration = try DaemonConfiguration(settings: context.settings(), role: self.role)
        // Every address of the machine is also its own.
        let isEverywhere = ["0.0.0.0", "::", ""].contains(configuration.httpAddress)
        let host = isEverywhere ? "127.0.0.1" : configuration.httpAddress
        let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(configuration.httpPort)\(self.path)"
        var call = HTTPCall.get(url)
        call.connectTimeout = self.timeout
        call.timeout = self.timeout
        call.responseLimit = 64 << 10
        let answer: HTTPAnswer
        do {
            answer = try await HTTPCaller(concurrency: 1).send(call)
        } catch {
            throw CommandError(.unavailable, "\(self.role.rawValue) does not answer at \(url): \(error)")
        }
        let text = String(decoding: answer.body, as: UTF8.self)
        var output = Output("Health", ["healthy": .bool(answer.isSuccess), "status": .count(answer.status), "url": .string(url)])
        output.blocks = [.text(text)]
        output.exit = answer.isSuccess ? .success : .failed
        return output
    }
}
