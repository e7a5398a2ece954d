/// Every parser that reads bytes of strangers.
enum FuzzTargets {
    // The targets look inside the modules. Ordinary release builds do not allow that: `make fuzz` makes one that does.
    #if DEBUG || FUZZ
        static let all: [FuzzTarget] =
            [messages, servers, http, cache, formats, texts, entities, models, operators].flatMap { $0 }
    #else
        static let all: [FuzzTarget] = []
    #endif

    /// Targets that misbehave on purpose: they prove that the machinery sees it. Not among ``all``.
    static let proofs: [FuzzTarget] = [trapping, hanging, slow, greedy, promising]
}
