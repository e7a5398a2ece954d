internal import Glibc
internal import Threading

/// Calls a closure again and again from a thread of its own, which nothing else can starve.
final class Watchdog: Sendable {
    private let isStopped = Lock(false)

    /// - Parameter body: says after which time it wants to be called again.
    init(after delay: Duration, _ body: @escaping @Sendable () -> Duration) {
        DedicatedThread.start(name: "watchdog") { [isStopped] in
            var delay = delay
            while !isStopped.withLock({ $0 }) {
                sleepThisThread(delay)
                delay = body()
            }
        }
    }

    func stop() { self.isStopped.withLock { $0 = true } }
}

/// Blocks the calling thread. Never on a thread of the cooperative pool.
func sleepThisThread(_ duration: Duration) {
    let nanoseconds = max(0, duration.inNanoseconds)
    let end = MonotonicTime.now + .nanoseconds(nanoseconds)
    // A signal may end the sleep early.
    while case let left = (end - .now).inNanoseconds, left > 0 {
        var request = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
        nanosleep(&request, nil)
    }
}
