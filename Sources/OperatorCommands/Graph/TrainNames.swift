import EntityAnalysis
import Glibc
import JSONText

struct TrainNames: Verb {
    static let spec = CommandSpec(
        path: ["train-ner"], summary: "Learns to find names from labelled sentences, for NAME_MODEL",
        positionals: [
            .init(name: "DATA", help: "a CoNLL file: a token a line, its label (B-PER, I-ORG, O) last, a blank line between sentences")
        ],
        options: [
            .value("output", "MODEL", short: "o", "a new file"),
            .value("test", "FILE", "labelled sentences to measure on, not learned from"),
            .value("iterations", "N", "1 to 100 (default 10)"),
        ], examples: ["train-ner train.conll --output names.model --test test.conll"])

    private let data: String
    private let output: String
    private let test: String?
    private let iterations: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.data = arguments.positionals[0]
        guard let output = arguments.text("output"), !output.isEmpty else { throw .usage("'train-ner' needs --output") }
        self.output = output
        self.test = arguments.text("test")
        self.iterations = try arguments.number("iterations", in: 1...100) ?? 10
    }

    func run(_ context: CommandContext) async throws -> Output {
        let sentences = try Self.sentences(self.data)
        let held = try self.test.map { try Self.sentences($0) }
        let tagger = NameTagger.train(sentences, iterations: self.iterations)
        let bytes = tagger.serialized()
        try OutputFile.write(bytes, to: self.output)
        var output = Output(
            "NameModel",
            [
                "model": .string(tagger.modelID), "file": .string(self.output), "bytes": .count(bytes.count),
                "sentences": .count(sentences.count),
            ])
        output.line("\(tagger.modelID) from \(sentences.count) sentences: \(self.output), \(HumanTime.bytes(bytes.count))")
        if let held { Self.report(tagger, on: held, in: &output) }
        output.messages.append("workers use it with NAME_MODEL=\(self.output)")
        return output
    }

    private static func report(_ tagger: NameTagger, on sentences: [LabelledSentence], in output: inout Output) {
        var score = EntityScore()
        for sentence in sentences {
            score.add(found: LabelledSentence(tokens: sentence.tokens, labels: tagger.labels(for: sentence.tokens)), expected: sentence)
        }
        var table = Table([.left("TYPE"), .right("PRECISION"), .right("RECALL"), .right("F1"), .right("NAMES")], empty: "no names")
        var rows: [JSONValue] = []
        let types = score.types.sorted { $0.key < $1.key }.map { ($0.key.rawValue, $0.value) } + [("all", score.micro)]
        for (type, counts) in types {
            table.rows.append([
                type, Self.percent(counts.precision), Self.percent(counts.recall), Self.percent(counts.f1), "\(counts.expected)",
            ])
            rows.append([
                "type": .string(type), "precision": .number(counts.precision), "recall": .number(counts.recall), "f1": .number(counts.f1),
                "expected": .count(counts.expected), "found": .count(counts.found), "correct": .count(counts.correct),
            ])
        }
        output.set("test", .array(rows))
        output.table(table)
    }

    private static func percent(_ share: Double) -> String { "\(Double(Int(share * 1_000 + 0.5)) / 10) %" }

    private static func sentences(_ path: String) throws(CommandError) -> [LabelledSentence] {
        guard let file = fopen(path, "rbe") else { throw .notFound("'\(path)': \(String(cString: strerror(errno)))") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        guard ferror(file) == 0 else { throw .failed("'\(path)' cannot be read") }
        do {
            let sentences = try LabelledSentence.parse(conll: String(decoding: bytes, as: UTF8.self))
            guard !sentences.isEmpty else { throw CommandError.usage("'\(path)' holds no sentence") }
            return sentences
        } catch let error as CommandError {
            throw error
        } catch {
            throw .usage("'\(path)', \(error)")
        }
    }
}
