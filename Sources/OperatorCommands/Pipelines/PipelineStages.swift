import AudioStages
import DocumentStages
import Flotilla
import FlotillaDaemon
import GraphStages
import VideoStages

/// The order in which a document's stages run, over both of its pipelines.
struct PipelineStages: Sendable, Hashable {
    /// Of the document's own pipeline; `translate` runs where a language is configured.
    let own: [StageName]
    /// Of the graph's, which follows.
    static let graph = GraphPipeline.stages
    /// Stages that need not have run.
    static let optional: Set<StageName> = ["translate"]

    /// Nil for queues that take no files.
    init?(_ kind: QueueKind) {
        switch kind {
        case .document: self.own = DocumentPipeline.stages + ["translate"]
        case .audio: self.own = AudioPipeline.stages + ["translate"]
        case .video: self.own = VideoPipeline.stages + ["translate"]
        default: return nil
        }
    }

    var all: [StageName] { self.own + Self.graph }

    /// All that run before a stage; nil when there is no such stage.
    func before(_ stage: StageName) -> [StageName]? { self.all.firstIndex(of: stage).map { Array(self.all[..<$0]) } }
}
