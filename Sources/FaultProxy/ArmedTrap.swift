internal import Threading

/// A ``Trap`` that lies in a proxy.
public final class ArmedTrap: Sendable {
    /// What it waits for.
    public let trap: Trap
    private struct State {
        var seen = 0
        var caught = 0
        var sprung = 0
        var isDisarmed = false
    }
    private let state = Lock(State())

    init(_ trap: Trap) { self.trap = trap }

    /// Requests that matched.
    public var seen: Int { self.state.withLock { $0.seen } }
    /// Requests that were lost, or whose answers were: the server has answered them.
    public var sprung: Int { self.state.withLock { $0.sprung } }

    /// Catches nothing from now on.
    public func disarm() { self.state.withLock { $0.isDisarmed = true } }

    var isArmed: Bool { self.state.withLock { !$0.isDisarmed && $0.caught < self.trap.count } }

    /// Whether the next request that matches is to be caught; counts it.
    func takes() -> Bool {
        self.state.withLock { state in
            guard !state.isDisarmed, state.caught < self.trap.count else { return false }
            state.seen += 1
            guard state.seen > self.trap.skip else { return false }
            state.caught += 1
            return true
        }
    }

    func spring() { self.state.withLock { $0.sprung += 1 } }
}
