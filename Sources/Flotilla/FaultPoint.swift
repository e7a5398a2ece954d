internal import Glibc
internal import Threading

/// Places at which a test can kill the process: between every two calls to the broker or the store on a message's way.
///
/// `FLOTILLA_FAULT=record_done:3` in the environment aborts the process, as SIGKILL would, at the third time it passes that place. Without the
/// variable a place costs one load.
public enum FaultPoint: String, CaseIterable, Sendable {
    case registered
    case exchangeSending = "exchange_sending"
    case exchangeDone = "exchange_done"
    /// A wait brought messages.
    case messageLanded = "message_landed"
    case beginSending = "begin_sending"
    case beginDone = "begin_done"
    case handlerStarting = "handler_starting"
    case handlerReturned = "handler_returned"
    case stageStarting = "stage_starting"
    case stageCompleting = "stage_completing"
    case stageCompleted = "stage_completed"
    /// The output is durable, and not in the cache yet.
    case stageCached = "stage_cached"
    case recordSending = "record_sending"
    case recordDone = "record_done"
    case reclaimDone = "reclaim_done"
    case quarantineRecorded = "quarantine_recorded"
    case promoteDone = "promote_done"
    case outboxPushing = "outbox_pushing"
    case outboxPushed = "outbox_pushed"
    case deadLetterArchived = "dead_letter_archived"

    /// Ends the process here if the environment says so.
    @inline(__always)
    public func hit() {
        if let plan = FaultPlan.active { plan.pass(self) }
    }
}

private final class FaultPlan: Sendable {
    static let active: FaultPlan? = getenv("FLOTILLA_FAULT").flatMap { FaultPlan(String(cString: $0)) }

    private let point: FaultPoint
    private let left: Lock<Int>

    private init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard let name = parts.first, let point = FaultPoint(rawValue: String(name)) else { return nil }
        self.point = point
        self.left = Lock(parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }

    func pass(_ point: FaultPoint) {
        guard point == self.point else { return }
        let isTime = self.left.withLock { left in
            left -= 1
            return left == 0
        }
        guard isTime else { return }
        let line = Array("FLOTILLA_FAULT: killed at \(point.rawValue)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        // SIGKILL, not abort(): nothing may clean up, as nothing does when the machine kills a process.
        kill(getpid(), SIGKILL)
    }
}
