import Corpus
import CorpusPostgres
import JSONText

struct DocumentScreen: Verb {
    static let spec = CommandSpec(
        path: ["document", "screen"], summary: "Prints what can be read in a video's pictures, and for how long",
        positionals: [.init(name: "UUID", help: "the document's UUID")],
        examples: ["document screen c39937bd-461f-8db4-bc79-aa56e46f0437"])

    private let id: String

    init(_ arguments: Arguments) { self.id = arguments.positionals[0] }

    func run(_ context: CommandContext) async throws -> Output {
        let (uuid, _) = try await context.document(self.id)
        let texts = try await context.corpus().timedTexts(of: uuid, source: .screen)
        var output = Output("DocumentScreen", ["document_uuid": .string(self.id), "spans": .array(texts.map(\.shown))])
        for text in texts {
            let lines = text.text.split(whereSeparator: \.isNewline).joined(separator: " | ")
            output.line("\(Moment.text(text.time))  \(lines)")
        }
        if texts.isEmpty { output.line("no text was read in pictures of this document") }
        return output
    }
}
