public import Flotilla

/// The stages that take what a document names into the graph, in order.
public enum GraphPipeline {
    /// `extract_entities`, `resolve_entities`, `build_relationships`.
    public static let stages: [StageName] = ["extract_entities", "resolve_entities", "build_relationships"]
}
