/// Suspends until the task is cancelled, or until somebody calls what `arrange` is handed.
///
/// - Parameter arrange: called once, before the wait. What it is handed may be called from any thread, at any time, and again.
public func untilCancelled(or arrange: (_ wake: @escaping @Sendable () -> Void) -> Void = { _ in }) async {
    let waiter = Lock<(continuation: UnsafeContinuation<Void, Never>?, isOver: Bool)>((nil, false))
    let wake: @Sendable () -> Void = {
        let continuation = waiter.withLock { waiter in
            waiter.isOver = true
            defer { waiter.continuation = nil }
            return waiter.continuation
        }
        continuation?.resume()
    }
    arrange(wake)
    await withTaskCancellationHandler {
        await withUnsafeContinuation { continuation in
            let isOver = waiter.withLock { waiter in
                if !waiter.isOver { waiter.continuation = continuation }
                return waiter.isOver
            }
            if isOver { continuation.resume() }
        }
    } onCancel: {
        wake()
    }
}
