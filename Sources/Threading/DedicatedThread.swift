import Glibc

/// A pthread of our own that runs one closure and ends with it.
///
/// For work that blocks or must not be starved: it never uses a thread of Swift's cooperative pool, which has one per core.
public enum DedicatedThread {
    /// Starts a detached thread.
    ///
    /// - Parameters:
    ///   - name: shown by `top -H`; Linux keeps 15 bytes of it.
    ///   - body: runs once on the new thread.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let status = pthread_create(&thread, &attributes, threadMain, start.toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(status == 0, "pthread_create failed with \(status): the process may start no more threads")
    }
}

private final class ThreadStart: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

// At file scope and nonisolated: a closure handed to C from isolated code traps on the other thread.
private nonisolated func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
    nameThisThread(start.name)
    start.body()
    return nil
}

/// `pthread_setname_np` is hidden from Swift behind `_GNU_SOURCE`; the kernel offers the same as a file.
private func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    var bytes = Array(name.utf8.prefix(15))
    _ = write(file, &bytes, bytes.count)
    close(file)
}
