public import Corpus

/// Forms in which a graph leaves the system.
public enum GraphFormat: String, Sendable, Hashable, CaseIterable {
    /// One document, for programs.
    case json
    /// For yEd, Gephi, networkx and others.
    case graphml
    /// A script of statements, one a line.
    case cypher
    /// `nodes.csv` and `relationships.csv`, as `neo4j-admin database import` reads them.
    case csv
    /// One page with a picture to look around in.
    case html
    /// The picture alone.
    case svg

    /// The graph as files: one, or for `csv` two. Names are what they are called in a directory.
    ///
    /// - Parameters:
    ///   - title: shown where the form has a place for it.
    ///   - dialect: of `cypher`.
    public func files(of graph: KnowledgeGraph, title: String, dialect: CypherDialect = .neo4j) -> [(name: String, bytes: [UInt8])] {
        switch self {
        case .json: [("graph.json", GraphJSON.bytes(graph))]
        case .graphml: [("graph.graphml", Array(GraphML.text(graph).utf8))]
        case .cypher: [("graph.cypher", Array(CypherScript.text(graph, dialect: dialect).utf8))]
        case .csv:
            [("nodes.csv", Array(GraphCSV.nodes(graph).utf8)), ("relationships.csv", Array(GraphCSV.relationships(graph).utf8))]
        case .html: [("graph.html", Array(GraphPage.text(graph, title: title).utf8))]
        case .svg: [("graph.svg", Array(GraphPicture(graph).svg(title: title).utf8))]
        }
    }
}
