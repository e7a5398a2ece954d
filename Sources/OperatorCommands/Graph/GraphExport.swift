import Corpus
import Glibc
import GraphStages
import JSONText

struct GraphExport: Verb {
    static let spec = CommandSpec(
        path: ["graph", "export"], summary: "Writes the graph to a file: for other programs, or a page to look around in",
        options: [
            .value("format", "FORMAT", "json, graphml, cypher, csv, html or svg"), .job, .tenant,
            .value("document", "UUID", "only what this document names"), .value("type", "TYPE", "only entities of this type"),
            .value("limit", "N", short: "n", "entities at most, the most named (default all)"),
            .value("output", "FILE", short: "o", "a new file; for csv a directory"),
            .value("dialect", "NAME", "of cypher: neo4j (default) or kuzu"),
        ],
        examples: [
            "graph export --format html --job invoices-7 --output graph.html", "graph export --format csv --output graph",
            "graph export --format cypher --dialect kuzu --output graph.cypher",
        ],
        notes: "csv is for: neo4j-admin database import full --nodes=nodes.csv --relationships=relationships.csv")

    private let arguments: Arguments
    private let format: GraphFormat
    private let dialect: CypherDialect
    private let limit: Int
    private let path: String

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        guard let format = try arguments.choice("format", of: GraphFormat.self) else { throw .usage("'graph export' needs --format") }
        guard let path = arguments.text("output"), !path.isEmpty else { throw .usage("'graph export' needs --output") }
        self.format = format
        self.path = path
        self.dialect = try arguments.choice("dialect", of: CypherDialect.self) ?? .neo4j
        self.limit = try arguments.number("limit", in: 1...10_000_000) ?? 10_000_000
    }

    func run(_ context: CommandContext) async throws -> Output {
        let graph = try await context.graph().graph(try context.selection(self.arguments), limit: self.limit)
        let title = self.arguments.text("job").map { "Job \($0)" } ?? self.arguments.text("document").map { "Document \($0)" } ?? "All jobs"
        let files = self.format.files(of: graph, title: title, dialect: self.dialect)
        var written: [String] = []
        if files.count == 1 {
            try OutputFile.write(files[0].bytes, to: self.path)
            written = [self.path]
        } else {
            guard mkdir(self.path, 0o755) == 0 || errno == EEXIST else {
                throw CommandError.failed("'\(self.path)': \(String(cString: strerror(errno)))")
            }
            for file in files {
                try OutputFile.write(file.bytes, to: "\(self.path)/\(file.name)")
                written.append("\(self.path)/\(file.name)")
            }
        }
        var output = Output(
            "GraphExport",
            [
                "format": .string(self.format.rawValue), "entities": .count(graph.entities.count),
                "relations": .count(graph.relations.count), "files": .array(written.map { .string($0) }),
            ])
        output.line(
            "\(graph.entities.count) entities and \(graph.relations.count) relationships in \(written.joined(separator: " and "))")
        try await context.noteWaiting(&output)
        return output
    }
}
