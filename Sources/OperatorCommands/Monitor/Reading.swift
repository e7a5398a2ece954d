import Threading

/// What a server answered, or why it did not.
enum Reading<Value: Sendable>: Sendable {
    case known(Value)
    /// For people.
    case failed(String)

    var value: Value? { if case .known(let value) = self { value } else { nil } }
    var failure: String? { if case .failed(let reason) = self { reason } else { nil } }
}

extension Reading: Equatable where Value: Equatable {}

extension Reading {
    /// Asks, and keeps what went wrong. A cancelled task reads as a failure, which nobody sees any more.
    static func of(_ ask: () async throws -> Value) async -> Self {
        do {
            return .known(try await ask())
        } catch {
            // Pages say themselves which server they speak of.
            let message = CommandError(error).message
            let prefix = ["Redis: ", "PostgreSQL: "].first { message.hasPrefix($0) } ?? ""
            return .failed(String(message.dropFirst(prefix.count)))
        }
    }
}
