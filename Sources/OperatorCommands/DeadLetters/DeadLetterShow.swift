import Flotilla
import FlotillaPostgres
import JSONText

struct DeadLetterShow: Verb {
    static let spec = CommandSpec(
        path: ["dlq", "show"], summary: "Shows one dead letter: the error, the history and the message",
        positionals: [.init(name: "ID", help: "an id from 'dlq list'")],
        options: [.queue, .flag("raw", "only the message, byte for byte; not on a terminal")],
        examples: ["dlq show 01JD3YB1GQ8E5Z0V7M4N2K6RTX", "dlq show 01JD3YB1GQ8E5Z0V7M4N2K6RTX --raw > message.json"])

    private let id: String
    private let arguments: Arguments

    init(_ arguments: Arguments) {
        self.id = arguments.positionals[0]
        self.arguments = arguments
    }

    func run(_ context: CommandContext) async throws -> Output {
        let fleet = try context.fleet()
        let resting = try await self.search(fleet)
        let (record, outage) = await self.history(context)
        guard let letter = resting?.letter ?? record?.letter else {
            if let outage, outage.exit != .success {
                throw CommandError(.notFound, "no queue holds a dead letter '\(self.id)'; \(outage.message)")
            }
            throw CommandError.notFound("there is no dead letter '\(self.id)'")
        }
        let message = resting?.entry.restored ?? record?.producerBytes ?? []
        if self.arguments.has("raw") {
            guard context.terminal.width == nil else {
                throw CommandError.usage("--raw writes bytes of strangers: send them to a file or a pipe")
            }
            var output = Output("DeadLetter", ["id": .string(letter.id), "message": .string(String(decoding: message, as: UTF8.self))])
            output.blocks = [.raw(message)]
            return output
        }
        var output = self.output(letter, isResting: resting != nil, record: record, message: message, context)
        if let outage { output.messages.append("the history is missing: \(outage.message)") }
        return output
    }

    /// The letter in the queue that holds it.
    private func search(_ fleet: any Fleet) async throws -> RestingLetter? {
        for queue in try fleet.queues(self.arguments) {
            var pages = LetterPages(fleet.broker(queue), queue)
            while let page = try await pages.next() {
                if let letter = page.letters.first(where: { $0.letter.id == self.id }) { return letter }
            }
        }
        return nil
    }

    /// The history, which may be away: what Redis holds is shown all the same.
    private func history(_ context: CommandContext) async -> (DeadLetterRecord?, CommandError?) {
        do { return (try await context.jobs().deadLetter(self.id), nil) } catch { return (nil, CommandError(error)) }
    }

    private func output(
        _ letter: DeadLetter, isResting: Bool, record: DeadLetterRecord?, message: [UInt8], _ context: CommandContext
    ) -> Output {
        let time = context.time
        let state = isResting ? "resting in the dead-letter queue" : "not in the dead-letter queue"
        let error = Redactor.redact(letter.errorMessage)
        let trace = Redactor.redact(letter.stackTrace)
        let text = Redactor.redact(String(decoding: message.prefix(64 << 10), as: UTF8.self))
        var output = Output("DeadLetter")
        output.set("id", .string(letter.id))
        output.set("resting", .bool(isResting))
        output.set("state", .optional(record?.state))
        output.set("queue", .string(letter.originalQueue.rawValue))
        output.set("reason", .string(letter.reason.rawValue))
        output.set("fingerprint", .string(letter.fingerprint))
        output.set("stage", .optional(letter.stage?.rawValue))
        output.set("job_id", .optional(letter.jobID))
        output.set("filename", .optional(letter.filename))
        output.set("failures", .count(letter.failureCount))
        output.set("failed_at", letter.failureTime > 0 ? .string(Timestamp.text(letter.failureTime)) : .null)
        output.set("error", .string(error))
        output.set("stack_trace", .string(trace))
        output.set("requeued_at", .optional(record?.requeuedAt.map { Timestamp.text($0) }))
        output.set("discarded_at", .optional(record?.discardedAt.map { Timestamp.text($0) }))
        output.set("message", .string(text))
        let fields: [(String, String?)] = [
            ("id", letter.id), ("state", record.map { $0.state == "dead" ? state : "\(state); \($0.state)" } ?? state),
            ("queue", letter.originalQueue.rawValue), ("job", letter.jobID), ("file", letter.filename), ("reason", letter.reason.rawValue),
            ("stage", letter.stage?.rawValue), ("failed", letter.failureTime > 0 ? time.moment(letter.failureTime) : nil),
            ("failures", "\(letter.failureCount)"), ("fingerprint", letter.fingerprint),
            ("requeued", record?.requeuedAt.map { time.moment($0) }), ("discarded", record?.discardedAt.map { time.moment($0) }),
            ("expired", record?.expiredAt.map { time.moment($0) }), ("error", error),
        ]
        output.fields(fields)
        if !trace.isEmpty {
            output.heading("detail")
            output.blocks.append(.text(trace))
        }
        output.heading("message")
        output.blocks.append(.text(text))
        if isResting { output.messages.append("put it back with: flotilla dlq requeue \(letter.id)") }
        return output
    }
}
