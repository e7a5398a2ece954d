/// Mutual exclusion on a thing of the domain, such as a document's stage, between processes.
///
/// It keeps two workers from doing the same work at once; it does not make that impossible: a process that was stopped may wake up and go on
/// after its lock was lost. Whatever must not happen twice is fenced where it is written.
public protocol DistributedLock: Sendable {
    /// Takes the lock if nobody has it, and keeps it until it is released or lost.
    ///
    /// - Parameters:
    ///   - key: names the thing.
    ///   - lease: for how long it stays taken when this process dies.
    ///   - onLoss: called once, from any thread, when the lock was found to be gone or somebody else's: end the work before its next effect.
    /// - Throws: ``BrokerError``. When the outcome is unknown the lock may stay taken until `lease` has passed.
    func acquire(_ key: String, lease: Duration, onLoss: @escaping @Sendable () -> Void) async throws(BrokerError) -> LockAttempt
}

/// The answer to an attempt to take a lock.
public enum LockAttempt: Sendable {
    case acquired(any LockHold)
    /// Somebody has it; it may become free after this time, or sooner.
    case held(left: Duration)
}

/// A lock that this process holds.
public protocol LockHold: Sendable {
    /// What makes this hold different from every other.
    var token: String { get }
    /// Whether nobody said yet that the lock is lost.
    var isHeld: Bool { get }

    /// Gives the lock back if it is still this hold's own. Only the first call does anything.
    /// - Returns: whether it was.
    @discardableResult
    func release() async throws(BrokerError) -> Bool
}
