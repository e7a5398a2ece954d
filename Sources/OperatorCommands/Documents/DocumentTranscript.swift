import AudioStages
import Corpus
import CorpusPostgres
import JSONText

struct DocumentTranscript: Verb {
    static let spec = CommandSpec(
        path: ["document", "transcript"], summary: "Prints what is said in a recording, with times, or as subtitles",
        positionals: [.init(name: "UUID", help: "the document's UUID")],
        options: [.value("format", "FORMAT", "text (paragraphs), srt or vtt, exactly as a file needs it; without it a list with times")],
        examples: [
            "document transcript c39937bd-461f-8db4-bc79-aa56e46f0437",
            "document transcript c39937bd-461f-8db4-bc79-aa56e46f0437 --format srt > talk.srt",
        ])

    private let id: String
    private let format: TranscriptFormat?

    init(_ arguments: Arguments) throws(CommandError) {
        self.id = arguments.positionals[0]
        self.format = try arguments.choice("format", of: TranscriptFormat.self)
    }

    func run(_ context: CommandContext) async throws -> Output {
        let (uuid, record) = try await context.document(self.id)
        let texts = try await context.corpus().timedTexts(of: uuid, source: .speech)
        guard !texts.isEmpty || record.durationMs != nil else {
            throw CommandError.notFound("document \(self.id) is no recording; 'flotilla document text' prints its text")
        }
        var output = Output("DocumentTranscript", ["document_uuid": .string(self.id), "duration_ms": .optional(record.durationMs)])
        output.set("segments", .array(texts.map(\.shown)))
        if let format = self.format {
            let transcript = Transcript(
                engine: "", durationMs: record.durationMs ?? 0,
                segments: texts.map { .init(time: $0.time, text: $0.text, confidence: $0.confidence) })
            let file = format.file(of: transcript)
            output.blocks = [context.terminal.width == nil ? .raw(Array(file.utf8)) : .text(file)]
            return output
        }
        for text in texts { output.line("\(Moment.text(text.time.start))  \(text.text)") }
        if texts.isEmpty { output.line("nobody speaks") }
        return output
    }
}

extension TimedText {
    /// What people and programs see of it.
    var shown: JSONValue {
        [
            "start_ms": .count(self.time.start), "end_ms": .count(self.time.end), "text": .string(self.text),
            "confidence": self.confidence.map { .number($0) } ?? .null,
        ]
    }
}
