import Corpus
import JSONText

struct GraphResolve: Verb {
    static let spec = CommandSpec(
        path: ["graph", "resolve"], summary: "Resolves names that wait for it",
        examples: ["graph resolve"],
        notes: "Workers do this themselves; large jobs are resolved now and then rather than with each document.")

    init(_ arguments: Arguments) {}

    func run(_ context: CommandContext) async throws -> Output {
        let store = try context.graph()
        var resolved = 0
        while true {
            let count = try await store.refresh()
            resolved += count
            if count == 0 { break }
            try Task.checkCancellation()
        }
        var output = Output("GraphResolve", ["resolved": .count(resolved)])
        output.line(resolved == 0 ? "nothing waits" : "resolved the names of \(resolved) jobs")
        return output
    }
}
