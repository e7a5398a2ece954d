internal import Threading

/// Digests of the outputs of one delivery, each computed once, however many stages read it.
final class OutputDigests: Sendable {
    private let known = Lock<[StageName: String]>([:])

    /// Those that there are of the named outputs. An output never changes within a delivery.
    func of(_ stages: [StageName], in outputs: [StageName: StageOutput]) -> [StageName: String] {
        var digests = self.known.withLock { $0 }
        for stage in stages where digests[stage] == nil { digests[stage] = outputs[stage]?.digest }
        self.known.withLock { [digests] known in known.merge(digests) { $1 } }
        return digests.filter { stages.contains($0.key) }
    }
}
