/// Suspends until the task is cancelled.
public func untilCancelled() async {
    let waiter = Lock<(continuation: UnsafeContinuation<Void, Never>?, isOver: Bool)>((nil, false))
    await withTaskCancellationHandler {
        await withUnsafeContinuation { continuation in
            let isOver = waiter.withLock { waiter in
                if !waiter.isOver { waiter.continuation = continuation }
                return waiter.isOver
            }
            if isOver { continuation.resume() }
        }
    } onCancel: {
        let continuation = waiter.withLock { waiter in
            waiter.isOver = true
            defer { waiter.continuation = nil }
            return waiter.continuation
        }
        continuation?.resume()
    }
}
