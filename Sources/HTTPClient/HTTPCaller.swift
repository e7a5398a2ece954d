import CCurl
import Synchronization
import Threading

/// Calls HTTP servers through libcurl, on threads of its own, keeping connections for the next call.
///
/// Certificates are verified, redirects are not followed, and proxies and `.netrc` of the environment are ignored: the configured server is
/// the one that is spoken to.
public final class HTTPCaller: Sendable {
    private let threads: ThreadPool
    private let handles = HandlePool()

    /// - Parameter concurrency: calls that may run at once; more wait their turn, and that time is not part of their timeout.
    public init(concurrency: Int = 4) { self.threads = ThreadPool(name: "http", threads: concurrency) }

    /// Sends the call and returns the whole answer, whatever its status. Cancelling the task breaks the call off within a second.
    ///
    /// - Throws: ``HTTPCallError``, which says whether the server may have seen the request.
    public func send(_ call: HTTPCall) async throws(HTTPCallError) -> HTTPAnswer {
        let cancelled = CancelFlag()
        let handles = self.handles
        let result: Result<HTTPAnswer, HTTPCallError> = await withTaskCancellationHandler {
            do {
                return try await self.threads.run { handles.withHandle { Transfer(call, cancelled: cancelled).run(on: $0) } }
            } catch {
                // The closure throws nothing; `run` is only declared so.
                return .failure(HTTPCallError(code: .cancelled, mayHaveReachedServer: false, detail: "\(error)"))
            }
        } onCancel: {
            cancelled.isSet.store(true, ordering: .relaxed)
        }
        return try result.get()
    }
}

/// Set once, when the calling task is cancelled.
final class CancelFlag: Sendable {
    let isSet = Atomic<Bool>(false)
}

/// libcurl's handles, each with the connections it keeps; used by one thread at a time.
private final class HandlePool: Sendable {
    private struct Idle: @unchecked Sendable {
        // Unchecked because the lock hands each pointer to one thread at a time.
        var handles: [UnsafeMutableRawPointer] = []
    }
    private let idle = Lock(Idle())
    private static let isReady: Bool = flotilla_curl_global_init() == CURLE_OK

    deinit { self.idle.withLock { for handle in $0.handles { curl_easy_cleanup(handle) } } }

    func withHandle(_ body: (UnsafeMutableRawPointer) -> Result<HTTPAnswer, HTTPCallError>) -> Result<HTTPAnswer, HTTPCallError> {
        guard Self.isReady, let handle = self.idle.withLock({ $0.handles.popLast() }) ?? curl_easy_init() else {
            return .failure(HTTPCallError(code: .invalidCall, mayHaveReachedServer: false, detail: "libcurl cannot start"))
        }
        defer {
            // Forgets the call, keeps the connections.
            curl_easy_reset(handle)
            self.idle.withLock { $0.handles.append(handle) }
        }
        return body(handle)
    }
}
