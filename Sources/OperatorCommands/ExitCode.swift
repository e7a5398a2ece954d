/// How the program ends. Scripts rely on these numbers: none ever changes its meaning.
public enum ExitCode: Int32, Sendable, Hashable {
    case success = 0
    case failed = 1
    /// Wrong arguments or a wrong configuration.
    case usage = 2
    case notFound = 3
    /// The state of things forbids it, or the confirmation is missing. Nothing was changed.
    case conflict = 4
    /// Redis or PostgreSQL refuses this user.
    case unauthorised = 5
    /// Redis or PostgreSQL cannot be reached.
    case unavailable = 6
    /// Some of it was done.
    case partial = 7
    case timedOut = 124
    case interrupted = 130
}
