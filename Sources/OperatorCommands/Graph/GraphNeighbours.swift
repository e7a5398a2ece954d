import Corpus
import JSONText

struct GraphNeighbours: Verb {
    static let spec = CommandSpec(
        path: ["graph", "neighbours"], summary: "Shows what lies around an entity",
        positionals: [.init(name: "ENTITY", help: "its number, or a name")],
        options: [.job, .tenant, .value("depth", "N", "steps, 1 to 4 (default 2)"), .limit],
        examples: ["graph neighbours 'Ada Lovelace'", "graph neighbours 42 --depth 1 --json"])

    private let arguments: Arguments
    private let depth: Int
    private let limit: Int

    init(_ arguments: Arguments) throws(CommandError) {
        self.arguments = arguments
        self.depth = try arguments.number("depth", in: 1...4) ?? 2
        self.limit = try arguments.limit()
    }

    func run(_ context: CommandContext) async throws -> Output {
        let picked = try await context.entity(self.arguments.positionals[0], context.selection(self.arguments))
        let center = picked.entity
        guard let around = try await context.graph().neighbours(of: center.id, depth: self.depth) else {
            throw CommandError.notFound("there is no entity \(center.id) any more")
        }
        let entities = around.graph.entities.filter { $0.id != center.id }.sorted { left, right in
            let (near, far) = (around.distances[left.id] ?? 0, around.distances[right.id] ?? 0)
            if near != far { return near < far }
            return left.mentions != right.mentions ? left.mentions > right.mentions : left.id < right.id
        }
        var output = Output("Neighbours", ["entity": center.json, "total": .count(entities.count)])
        output.note(picked)
        output.set(
            "neighbours",
            .array(entities.prefix(self.limit).map { ["steps": .count(around.distances[$0.id] ?? 0), "entity": $0.json] }))
        let shown = Set(entities.prefix(self.limit).map(\.id) + [center.id])
        output.set(
            "relations", .array(around.graph.relations.filter { shown.contains($0.source) && shown.contains($0.target) }.map(\.json)))
        output.set("not_all_followed", .array(around.cut.sorted().map { .integer($0) }))
        var table = Table(
            [.right("STEPS"), .right("ID"), .flexible("NAME"), .left("TYPE"), .right("MENTIONS"), .flexible("BY")],
            empty: "nothing lies around \(center.name)")
        let names = Dictionary(around.graph.entities.map { ($0.id, $0.name) }) { first, _ in first }
        for entity in entities.prefix(self.limit) {
            table.rows.append([
                "\(around.distances[entity.id] ?? 0)", "\(entity.id)", entity.name, entity.type, "\(entity.mentions)",
                Self.link(entity.id, around, names: names),
            ])
        }
        output.table(table)
        if entities.count > self.limit { output.messages.append("\(entities.count) entities in all; --limit shows more") }
        if !around.cut.isEmpty {
            output.messages.append("\(around.cut.count) of these have further neighbours; only the strongest relationships were followed")
        }
        return output
    }

    /// The strongest relationship that leads a step back to the middle.
    private static func link(_ id: Int64, _ around: Neighbourhood, names: [Int64: String]) -> String {
        let back = (around.distances[id] ?? 0) - 1
        let links = around.graph.relations.filter { relation in
            (relation.source == id && around.distances[relation.target] == back)
                || (relation.target == id && around.distances[relation.source] == back)
        }
        guard let best = links.max(by: { ($0.isTyped ? 1 : 0, $0.weight) < ($1.isTyped ? 1 : 0, $1.weight) }) else { return "-" }
        return "\(names[best.source] ?? "?") \(best.words) \(names[best.target] ?? "?")"
    }
}
