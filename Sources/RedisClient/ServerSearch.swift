/// Asks servers in turn until one gives a useful answer, and remembers what each of the others said.
struct ServerSearch {
    typealias Endpoint = RedisConfiguration.Endpoint

    enum Action: Equatable {
        case ask(Endpoint)
        /// All were asked. The text says who was asked and what each said; the code is theirs if all failed for one and the same reason
        /// that waiting does not mend, else `notConnected`.
        case giveUp(RedisError.Code, String)
    }

    private let candidates: [Endpoint]
    private var position = 0
    private var answers: [String] = []
    private var codes: Set<RedisError.Code> = []

    /// - Parameter candidates: in the order to ask; who is named twice is asked once.
    init(_ candidates: [Endpoint]) {
        var seen: Set<Endpoint> = []
        self.candidates = candidates.filter { seen.insert($0).inserted }
    }

    /// Whom to ask first.
    func begin() -> Action { self.next() }

    /// The server that was asked gave no useful answer, for this reason.
    mutating func refused(_ code: RedisError.Code = .notConnected, because reason: String) -> Action {
        self.answers.append("\(self.candidates[self.position]): \(reason)")
        self.codes.insert(code)
        self.position += 1
        return self.next()
    }

    private func next() -> Action {
        if self.position < self.candidates.count { return .ask(self.candidates[self.position]) }
        let common = self.codes.count == 1 ? self.codes.first : nil
        let code = common.flatMap { RedisError.Code.hopeless.contains($0) ? $0 : nil } ?? .notConnected
        return .giveUp(code, self.answers.joined(separator: "; "))
    }
}
