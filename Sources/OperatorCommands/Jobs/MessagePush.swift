import Flotilla

/// Sends messages whose items are in PostgreSQL already.
struct MessagePush: Sendable {
    var messages: [(queue: FleetQueue, payload: [UInt8])]
    /// What the messages are for: `job invoices-7`.
    let subject: String
    /// Not before so long from now.
    var delay: Duration?

    /// - Throws: ``CommandError`` that says how many are surely in Redis, and how the rest gets there.
    func run(_ fleet: any Fleet) async throws {
        var pushed = 0
        do {
            for (queue, group) in Dictionary(grouping: self.messages, by: \.queue).sorted(by: { $0.key.name < $1.key.name }) {
                let broker = fleet.broker(queue)
                for start in stride(from: 0, to: group.count, by: 500) {
                    try Task.checkCancellation()
                    let part = group[start..<min(start + 500, group.count)].map(\.payload)
                    if let delay = self.delay, delay > .zero {
                        for payload in part { try await broker.enqueue(payload, after: delay) }
                    } else {
                        try await broker.enqueue(part)
                    }
                    pushed += part.count
                }
            }
        } catch {
            // The rows are there: nothing is lost, and nothing needs to be submitted again.
            let reason = CommandError(error)
            throw CommandError(
                reason.exit == .interrupted ? .interrupted : pushed == 0 ? reason.exit : .partial,
                "\(self.subject) is written, but only \(pushed) of \(self.messages.count) messages are surely in Redis: \(reason.message). "
                    + "Do not submit again: 'flotilla reconcile --repair' sends the rest")
        }
    }
}
