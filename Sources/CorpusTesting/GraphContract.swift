public import Corpus

/// What every graph store must do. Run it on your own store, with `EntityResolver` as what says which names are one:
/// ```swift
/// for name in GraphContract.names { try await GraphContract.check(name, on: subject) }
/// ```
public enum GraphContract {
    /// A store, and the ways into it.
    public struct Subject: Sendable {
        public var store: any GraphStore
        /// Does what the three stages do with a document.
        public var add: @Sendable (GraphPaper) async throws -> Void
        /// Removes the document with this UUID.
        public var remove: @Sendable (String) async throws -> Void

        public init(
            store: any GraphStore, add: @escaping @Sendable (GraphPaper) async throws -> Void,
            remove: @escaping @Sendable (String) async throws -> Void
        ) {
            self.store = store
            self.add = add
            self.remove = remove
        }
    }

    /// A store does not do what is asked of every store.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    /// The cases' names.
    public static var names: [String] { self.cases.map(\.name) }

    /// Runs one case. Cases may share a store: each uses jobs of its own.
    ///
    /// - Throws: ``Violation``, or what the store throws.
    public static func check(_ name: String, on subject: Subject) async throws {
        guard let place = self.cases.firstIndex(where: { $0.name == name }) else {
            throw Violation(description: "no case is named \(name)")
        }
        try await self.cases[place].body(GraphContractScene(subject: subject, number: place))
    }

    static let cases: [(name: String, body: @Sendable (GraphContractScene) async throws -> Void)] = [
        ("names are found as they are, by alias, folded and nearly so", Self.search),
        ("documents in any order give the same graph", Self.orders),
        ("a document that comes again changes nothing, and a new version replaces", Self.versions),
        ("a removed document takes along what only it said", Self.removal),
        ("a merge holds, and a merged id leads to what it became", Self.merges),
        ("a newer split undoes a merge", Self.splits),
        ("one document's use of a name is told apart", Self.namesakes),
        ("what is kept apart stays apart", Self.apart),
        ("decisions that cannot be are refused", Self.refusals),
        ("relationships, evidence and mentions say where they come from", Self.evidence),
        ("neighbours are as far away as they are", Self.neighbours),
        ("paths are the cheapest there are within the steps", Self.paths),
        ("selections pick a job, a document and a type", Self.selections),
        ("pairs that may be one are shown", Self.pairs),
    ]
}

/// A store, and papers in jobs of a case's own.
struct GraphContractScene: Sendable {
    let subject: GraphContract.Subject
    let number: Int

    var store: any GraphStore { self.subject.store }
    var job: String { "contract-\(self.number)" }

    /// A UUID of the case's own.
    func uuid(_ paper: Int) -> String {
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: width - text.count) + text
        }
        return "00000000-0000-4000-8000-\(digits(self.number, 4))\(digits(paper, 8))"
    }

    func paper(_ number: Int, job: String? = nil, version: Int = 1, _ statements: [GraphPaper.Statement]) -> GraphPaper {
        GraphPaper(uuid: self.uuid(number), job: job ?? self.job, version: version, statements)
    }

    func add(_ number: Int, job: String? = nil, version: Int = 1, _ statements: GraphPaper.Statement...) async throws {
        try await self.subject.add(self.paper(number, job: job, version: version, statements))
    }

    /// The only entity of this name in the case's job.
    func id(_ name: String) async throws -> Int64 {
        let found = try await self.store.entities(named: name, GraphSelection(jobID: self.job))
        guard let first = found.first, found.count == 1 else {
            throw GraphContract.Violation(description: "'\(name)' is \(found.count) entities")
        }
        return first.entity.id
    }

    /// All names of each entity of a job, its own first.
    func groups(_ job: String? = nil) async throws -> Set<Set<String>> {
        let graph = try await self.store.graph(GraphSelection(jobID: job ?? self.job))
        return Set(graph.entities.map { Set([$0.name] + $0.aliases) })
    }

    /// A job's relationships by names, with evidence, documents and weight.
    func edges(_ job: String? = nil) async throws -> Set<String> {
        let graph = try await self.store.graph(GraphSelection(jobID: job ?? self.job))
        let names = Dictionary(graph.entities.map { ($0.id, $0.name) }) { first, _ in first }
        return Set(
            graph.relations.map { relation in
                let ends = [names[relation.source] ?? "?", names[relation.target] ?? "?"]
                let ordered = ["co_occurs", "related_to"].contains(relation.predicate) ? ends.sorted() : ends
                return "\(ordered[0]) \(relation.predicate) \(ordered[1]) \(relation.evidence) \(relation.documents) \(relation.weight)"
            })
    }

    func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws(GraphContract.Violation) {
        guard condition else { throw GraphContract.Violation(description: what()) }
    }

    func expectEqual<Value: Equatable>(_ value: Value, _ expected: Value, _ what: String) throws(GraphContract.Violation) {
        try self.expect(value == expected, "\(what): \(value), not \(expected)")
    }

    /// The call must throw a ``GraphError`` of this code.
    func expectRefused<Value>(_ code: GraphError.Code, _ what: String, _ call: () async throws -> Value) async throws {
        do {
            _ = try await call()
        } catch let error as GraphError {
            return try self.expectEqual(error.code, code, what)
        }
        throw GraphContract.Violation(description: "\(what) was not refused")
    }
}
