import CorpusPostgres
import JSONText

struct DocumentPicture: Verb {
    static let spec = CommandSpec(
        path: ["document", "picture"], summary: "Writes a video's poster or contact sheet to a file",
        positionals: [.init(name: "UUID", help: "the document's UUID")],
        options: [
            .value("kind", "KIND", "poster (the default) or contact_sheet"),
            .value("output", "FILE", short: "o", "where to; must not exist yet"),
        ], examples: ["document picture c39937bd-461f-8db4-bc79-aa56e46f0437 --kind contact_sheet --output sheet.jpg"])

    private let id: String
    private let kind: String
    private let path: String

    init(_ arguments: Arguments) throws(CommandError) {
        self.id = arguments.positionals[0]
        self.kind = arguments.text("kind") ?? "poster"
        guard let path = arguments.text("output") else { throw .usage("--output says which file to write") }
        self.path = path
    }

    func run(_ context: CommandContext) async throws -> Output {
        let (uuid, _) = try await context.document(self.id)
        guard let picture = try await context.corpus().artifact(self.kind, of: uuid) else {
            let kinds = try await context.corpus().artifacts(of: uuid).map(\.kind)
            throw CommandError.notFound(
                "document \(self.id) has no \(self.kind); "
                    + (kinds.isEmpty ? "it has no pictures" : "it has \(kinds.joined(separator: ", "))"))
        }
        try OutputFile.write(picture.body, to: self.path)
        var output = Output(
            "DocumentPicture",
            [
                "document_uuid": .string(self.id), "kind": .string(self.kind), "mime_type": .string(picture.mimeType),
                "file": .string(self.path), "bytes": .count(picture.body.count),
            ])
        output.line("\(self.path): \(HumanTime.bytes(picture.body.count)), \(picture.mimeType)")
        return output
    }
}
