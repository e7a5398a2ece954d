import Corpus
import CorpusPostgres
import Flotilla
import Foundation
import JSONText
import PostgresClient
import Reactor
import ServerHarness
import Testing

@testable import OperatorCommands

/// A database with a small graph, and commands run against it.
private struct GraphFixture {
    let postgres: PrivatePostgres
    let folder: String
    static let first = "c39937bd-461f-8db4-bc79-aa56e46f0437"

    init() async throws {
        self.postgres = try await Task { @concurrent in try PrivatePostgres(.init(fsync: false)) }.value
        self.folder = NSTemporaryDirectory() + "graph-verbs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        #expect(await self.run("migrate").exit == .success)
        let pool = PostgresPool(configuration: try PostgresConfiguration(url: self.postgres.url()), eventLoop: EventLoop(name: "graph"))
        try await Self.fill(pool)
        await pool.close()
    }

    func run(_ line: String) async -> (exit: ExitCode, output: String, error: String) {
        let terminal = FakeTerminal()
        // Nothing listens there: the graph needs no Redis.
        let environment = ["REDIS_URL": "redis://127.0.0.1:1", "DATABASE_URL": self.postgres.url(), "PATH": "/usr/bin:/bin"]
        let exit = await OperatorCommandLine(environment: environment, terminal: terminal).run(shellWords(line))
        return (exit, terminal.output, terminal.error)
    }

    func json(_ line: String) async throws -> JSONValue {
        let result = await self.run("\(line) --json")
        #expect(result.exit == .success, "\(line): \(result.error)")
        return try JSONValue(parsing: result.output)
    }

    func id(_ name: String) async throws -> Int64 {
        try #require(try await self.json("graph entity '\(name)'")["entity"]?["id"]?.integer)
    }

    /// Two documents: Acme employs Ada Lovelace, who lives in London; Globex employs Ada Lovelace, and Rome stands near.
    private static func fill(_ pool: PostgresPool) async throws {
        let store = PostgresGraphStore(pool: pool)
        let corpus = CorpusStore(pool: pool)
        for (number, firm, town, predicate) in [(0, "Acme Corp", "London", "lives_in"), (1, "Globex", "Rome", "co_occurs")] {
            let uuid = try #require(PostgresUUID(number == 0 ? Self.first : "c39937bd-461f-8db4-bc79-aa56e46f0438"))
            let text = "\(firm) employs Ada Lovelace. She was seen in \(town), <b>they</b> say."
            let words: [(String, String)] = [("organization", firm), ("person", "Ada Lovelace"), ("place", town)]
            let mentions = words.map { type, name in
                let start = text.utf8.count - text[(text.range(of: name)?.lowerBound ?? text.startIndex)...].utf8.count
                return DocumentMentions.Mention(
                    type: type, text: name, normal: name, bytes: start..<start + name.utf8.count, chunk: 0, page: number == 0 ? 3 : nil,
                    time: number == 0 ? nil : TimeRange(start: 62_000, end: 65_000))
            }
            let relations = [
                DocumentRelations.Relation(
                    predicate: "employs", source: 0, target: 1, bytes: 0..<29, chunk: 0, page: number == 0 ? 3 : nil,
                    time: number == 0 ? nil : TimeRange(start: 62_000, end: 65_000), rule: "employs.verb", confidence: 0.9),
                DocumentRelations.Relation(
                    predicate: predicate, isSymmetric: number == 1, source: 1, target: 2, bytes: 30..<40, chunk: 0, rule: "test",
                    confidence: 0.6),
            ]
            try await pool.withTransaction { transaction in
                var facts = DocumentFacts()
                facts.filename = number == 0 ? "letter.pdf" : "talk.mp3"
                facts.jobID = "j1"
                try await corpus.write(facts, of: uuid, version: 1, in: transaction)
                let chunk = DocumentChunk(index: 0, text: text, bytes: 0..<text.utf8.count, firstPage: 1, lastPage: 1)
                try await corpus.replaceChunks([chunk], of: uuid, version: 1, in: transaction)
                try await store.write(DocumentMentions(mentions: mentions), of: uuid, version: 1, in: transaction)
                let names = DocumentNames(names: words.map { .init(type: $0.0, name: $0.1, count: 1) })
                try await store.write(
                    names, of: uuid, version: 1, scope: GraphScope(tenantID: nil, jobID: "j1", document: uuid), in: transaction)
                try await store.write(DocumentRelations(relations: relations), of: uuid, version: 1, in: transaction)
            }
        }
    }
}

@Suite struct GraphVerbTests {
    @Test func `a graph is looked at, corrected and exported`() async throws {
        let fixture = try await GraphFixture()
        let list = try await fixture.json("graph show --job j1")
        #expect(list["total"]?.integer == 5 && list["entities"]?[0]?["name"]?.string == "Ada Lovelace")
        #expect(try await fixture.json("graph show --document \(GraphFixture.first)")["total"]?.integer == 3)
        #expect(try await fixture.json("graph show --type place")["total"]?.integer == 2)
        #expect(await fixture.run("graph show --document nonsense").exit == .usage)
        #expect(await fixture.run("graph show --job nobody").error.contains("there is no job 'nobody'"))
        #expect(await fixture.run("graph entity 'Glöbex'").output.contains("Globex"))

        let ada = await fixture.run("graph entity 'ada lovelace' --evidence 2")
        #expect(
            ada.output.contains("Acme Corp employs Ada Lovelace\n    letter.pdf, page 3: Acme Corp employs Ada Lovelace."), "\(ada.output)")
        #expect(ada.output.contains("talk.mp3, 1:02: Globex employs Ada Lovelace"), "\(ada.output)")
        #expect(await fixture.run("graph entity 'Xyzzy'").exit == .notFound)
        #expect(await fixture.run("graph entity 99999").exit == .notFound)
        let numbered = try await fixture.id("London")
        #expect(await fixture.run("graph entity \(numbered) --job j1").exit == .success)
        #expect(await fixture.run("graph entity \(numbered) --job another").exit == .notFound)
        #expect(await fixture.run("graph neighbours \(numbered) --tenant another").exit == .notFound)

        let path = try await fixture.json("graph path London Globex")
        #expect(path["steps"]?.array?.count == 2)
        #expect(path["steps"]?[1]?["evidence"]?[0]?["place"]?["start_ms"]?.integer == 62_000)
        #expect(await fixture.run("graph path London Rome --steps 1").exit == .notFound)
        #expect(await fixture.run("graph path London London").exit == .usage)
        let near = try await fixture.json("graph neighbours Rome --depth 2")
        #expect(near["neighbours"]?.array?.count == 4 && near["relations"]?.array?.count == 4, "\(near.jsonText)")

        let (acme, globex) = (try await fixture.id("Acme Corp"), try await fixture.id("Globex"))
        #expect(await fixture.run("graph merge \(acme) \(globex)").exit == .usage)
        let merged = try await fixture.json("graph merge \(acme) \(globex) --reason 'bought last year'")
        #expect(merged["entity"]?["aliases"]?.array?.count == 1)
        #expect(await fixture.run("graph merge \(acme) \(globex) --reason again").exit == .conflict)
        #expect(try await fixture.id("Globex") == fixture.id("Acme Corp"))
        let gone = merged["entity"]?["id"]?.integer == acme ? globex : acme
        let kept = gone == acme ? globex : acme
        for line in ["graph entity \(gone)", "graph neighbours \(gone)", "graph path \(gone) London"] {
            #expect(await fixture.run(line).error.contains("entity \(gone) was merged into \(kept), "), "\(line)")
        }
        #expect(await fixture.run("graph split \(acme) --alias Nobody --reason x").exit == .conflict)
        let split = try await fixture.json("graph split \(acme) --alias globex --reason 'sold again'")
        #expect(split["entity"]?["name"]?.string == "Globex")
        #expect(await fixture.run("graph apart \(acme) Globex --reason 'to be sure'").exit == .success)
        let person = try await fixture.id("Ada Lovelace")
        #expect(await fixture.run("graph split \(person) --document \(GraphFixture.first) --reason 'namesake'").exit == .success)
        let ambiguous = await fixture.run("graph entity 'Ada Lovelace'")
        #expect(
            ambiguous.exit == .conflict && ambiguous.error.contains("\(person)  Ada Lovelace (person, 1 mentions, job j1)"),
            "\(ambiguous.error)")
        #expect(await fixture.run("graph candidates").exit == .success)
        #expect(await fixture.run("graph resolve").output == "nothing waits\n")
    }

    @Test func `a job without a graph says why`() {
        var absence = GraphAbsence(job: "j", isKnown: false, files: [:], graph: [:], isChaining: true, queue: "graph_queue")
        #expect(absence.sentence.contains("there is no job 'j'"))
        absence.isKnown = true
        #expect(absence.sentence.contains("no file of the job has been begun"))
        absence.files = ["processing": 3]
        #expect(absence.sentence.contains("none of its files is done"))
        absence.files = ["completed": 2, "processing": 1]
        #expect(absence.sentence.contains("does one run, and is graph_queue empty"))
        absence.isChaining = false
        #expect(absence.sentence.contains("GRAPH_CHAINING is off"))
        absence.graph = ["processing": 1, "completed": 1]
        #expect(absence.sentence.contains("1 files are being worked on"))
        absence.graph = ["completed": 2]
        #expect(absence.sentence.contains("name nothing"))
        absence.graph = ["completed": 2, "failed": 1]
        #expect(absence.sentence.contains("flotilla dlq list --queue graph_queue"))
    }

    @Test func `every form of export is written once, with all that there is`() async throws {
        let fixture = try await GraphFixture()
        for format in ["json", "graphml", "cypher", "csv", "html", "svg"] {
            let file = "\(fixture.folder)/graph-\(format)"
            let output = try await fixture.json("graph export --format \(format) --job j1 --output \(file)")
            #expect(output["entities"]?.integer == 5 && output["relations"]?.integer == 4)
            #expect(await fixture.run("graph export --format \(format) --output \(file)").exit == .conflict)
        }
        #expect(try String(contentsOfFile: "\(fixture.folder)/graph-csv/nodes.csv", encoding: .utf8).split(separator: "\n").count == 6)
        #expect(try String(contentsOfFile: "\(fixture.folder)/graph-cypher", encoding: .utf8).split(separator: "\n").count == 10)
        #expect(await fixture.run("graph export --format pdf --output x").exit == .usage)
        #expect(await fixture.run("graph export --format json").exit == .usage)
        try FileManager.default.removeItem(atPath: fixture.folder)
    }

    @Test func `a model is trained, measured and never written over another`() async throws {
        let folder = NSTemporaryDirectory() + "train-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let sentence =
            "Ada B-PER\nLovelace I-PER\nlives O\nin O\nLondon B-LOC\n. O\n\nAcme B-ORG\nemploys O\nGrace B-PER\nHopper I-PER\n. O\n\n"
        try String(repeating: sentence, count: 20).write(toFile: "\(folder)/data.conll", atomically: true, encoding: .utf8)
        let line = "train-ner \(folder)/data.conll --output \(folder)/model --test \(folder)/data.conll"
        let result = await run(line + " --json")
        #expect(result.exit == .success, "\(result.error)")
        let micro = try JSONValue(parsing: result.output)["test"]?.array?.last
        #expect((micro?["f1"]?.number ?? 0) > 0.95 && micro?["expected"]?.integer == 80, "\(result.output)")
        #expect(await run(line).exit == .conflict)
        #expect(await run("train-ner \(folder)/nothing --output \(folder)/other").exit == .notFound)
        try "no label\n".write(toFile: "\(folder)/bad.conll", atomically: true, encoding: .utf8)
        #expect(await run("train-ner \(folder)/bad.conll --output \(folder)/other").exit == .usage)
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/other"))
        try FileManager.default.removeItem(atPath: folder)
    }
}
