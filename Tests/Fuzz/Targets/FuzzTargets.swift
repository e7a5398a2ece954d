/// Every parser that reads bytes of strangers.
enum FuzzTargets {
    static let all: [FuzzTarget] = [messages, servers, http, cache, formats, texts, entities, models, operators].flatMap { $0 }

    /// Targets that misbehave on purpose: they prove that the machinery sees it. Not among ``all``.
    static let proofs: [FuzzTarget] = [trapping, hanging, slow, greedy, promising]
}
