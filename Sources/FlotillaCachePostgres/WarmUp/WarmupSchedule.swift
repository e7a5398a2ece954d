public import PostgresClient
internal import Threading

/// When a warm-up job runs.
public enum WarmupSchedule: Sendable, Hashable {
    /// From 10 s to 31 days, in whole seconds.
    case every(Duration)
    /// Seconds after midnight, in UTC: 0 to 86,399.
    case daily(secondOfDay: Int)

    var isValid: Bool {
        switch self {
        case .every(let interval):
            (.seconds(10) ... .seconds(31 * 86_400)).contains(interval) && interval.components.attoseconds == 0
        case .daily(let second): (0..<86_400).contains(second)
        }
    }

    /// When it runs next, after a run that was due at `due` and finished at `now`.
    ///
    /// - Returns: later than `now`. Runs that were missed are not made up for; the beat of an interval stays what it was.
    public func next(after due: PostgresTimestamp, finishedAt now: PostgresTimestamp) -> PostgresTimestamp {
        switch self {
        case .every(let interval):
            let step = max(1, interval.inNanoseconds / 1_000)
            let missed = max(0, (now.microseconds - due.microseconds) / step)
            return PostgresTimestamp(microseconds: due.microseconds + (missed + 1) * step)
        case .daily(let second):
            let day = Duration.seconds(86_400)
            let today = now.floored(to: day) + .seconds(second)
            return today > now ? today : today + day
        }
    }
}
