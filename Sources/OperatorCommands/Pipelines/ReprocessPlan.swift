import Flotilla
import FlotillaPostgres
import JSONText

/// What a reprocessing will do to which documents. A pure value.
struct ReprocessPlan: Sendable {
    struct Document: Sendable {
        let document: ProcessedDocument
        let version: Int
        /// Taken over from the current version.
        let carried: [StageName]
        /// Done anew.
        let runs: [StageName]
    }

    private(set) var documents: [Document] = []
    /// Documents that have the version already, from an earlier command.
    private(set) var done: [ProcessedDocument] = []

    /// - Parameters:
    ///   - version: nil for one above all of the documents' current ones.
    ///   - stages: the pipeline of a document's queue; nil for none.
    ///   - translates: whether this fleet translates.
    /// - Throws: ``CommandError`` that names what stands in the way.
    init(
        _ documents: [ProcessedDocument], from stage: StageName?, version: Int?, translates: Bool,
        stages: (QueueName) -> PipelineStages?
    ) throws(CommandError) {
        let next = version ?? (documents.map(\.currentVersion).max() ?? 0) + 1
        var busy: [String] = []
        for document in documents {
            let name = "\(document.item.documentUUID) (\(document.item.label))"
            if version != nil, document.currentVersion == next {
                self.done.append(document)
                continue
            }
            guard next > document.currentVersion else {
                throw .conflict("document \(name) is in version \(document.currentVersion) already; a new version must be higher than that")
            }
            guard let pipeline = stages(document.item.queue) else {
                throw .conflict("no pipeline is configured for the queue \(document.item.queue) of document \(name)")
            }
            if let open = document.openItems.first {
                busy.append("\(name) is \(open.status) on \(open.queue)")
                continue
            }
            guard let earlier = stage.map({ pipeline.before($0) }) ?? [] else {
                let known = pipeline.all.map(\.rawValue)
                throw .usage(
                    "the files of \(document.item.queue) have no stage '\(stage?.rawValue ?? "")'"
                        + Suggestion.sentence(stage?.rawValue ?? "", among: known) + "; theirs are " + known.joined(separator: ", "))
            }
            if let missing = earlier.first(where: { !document.completedStages.contains($0) && !PipelineStages.optional.contains($0) }) {
                throw .conflict(
                    "document \(name) has no output of '\(missing)' in version \(document.currentVersion): begin there or before")
            }
            let carried = earlier.filter { document.completedStages.contains($0) }
            let runs = pipeline.all.filter { !earlier.contains($0) && (translates || !PipelineStages.optional.contains($0)) }
            self.documents.append(Document(document: document, version: next, carried: carried, runs: runs))
        }
        guard busy.isEmpty else {
            let rest = busy.count > 3 ? " and \(busy.count - 3) more" : ""
            throw .conflict(
                "\(busy.prefix(3).joined(separator: "; "))\(rest): wait until they have ended, or cancel them; "
                    + "no two versions of a document run at once"
            )
        }
    }
}
