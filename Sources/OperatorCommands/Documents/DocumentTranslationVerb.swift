import CorpusPostgres
import FlotillaDaemon
import JSONText

struct DocumentTranslationVerb: Verb {
    static let spec = CommandSpec(
        path: ["document", "translation"], summary: "Prints a document in the language that it was translated into",
        positionals: [.init(name: "UUID", help: "the document's UUID")],
        options: [.value("language", "CODE", "ISO 639-1 (default: TRANSLATE_TO)")],
        examples: ["document translation c39937bd-461f-8db4-bc79-aa56e46f0437 --language es"])

    private let id: String
    private let language: String?

    init(_ arguments: Arguments) {
        self.id = arguments.positionals[0]
        self.language = arguments.text("language")
    }

    func run(_ context: CommandContext) async throws -> Output {
        guard let language = try self.language ?? context.settings()[\.translateTo] else {
            throw CommandError.usage("--language says which translation to print")
        }
        let (uuid, _) = try await context.document(self.id)
        let chunks = try await context.corpus().translation(of: uuid, into: language)
        guard let engine = chunks.first?.engine else {
            throw CommandError.notFound("document \(self.id) has no translation into '\(language)'; 'flotilla document show' says why")
        }
        var output = Output(
            "DocumentTranslation",
            ["document_uuid": .string(self.id), "language": .string(language), "engine": .string(engine)])
        output.set("chunks", .array(chunks.map { ["index": .count($0.index), "text": .string($0.text)] }))
        output.blocks = chunks.map { .text($0.text) }
        output.messages.append("translated by \(engine)")
        return output
    }
}
