/// Work on many things, a few at a time.
enum BoundedTasks {
    /// Results in the order of the inputs.
    static func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], atOnce: Int, _ body: @escaping @Sendable (Input) async throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var outputs = [Output?](repeating: nil, count: inputs.count)
            var next = 0
            while next < min(max(1, atOnce), inputs.count) {
                let index = next
                group.addTask { (index, try await body(inputs[index])) }
                next += 1
            }
            while let (index, output) = try await group.next() {
                outputs[index] = output
                guard next < inputs.count else { continue }
                let following = next
                group.addTask { (following, try await body(inputs[following])) }
                next += 1
            }
            return outputs.compactMap { $0 }
        }
    }
}
