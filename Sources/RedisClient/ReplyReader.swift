internal import CHiredis

/// Turns bytes of a server into replies: hiredis' `redisReader`, building our values instead of its own.
///
/// Not Sendable: it belongs to one connection, on the loop's thread.
final class ReplyReader {
    private let reader: UnsafeMutablePointer<redisReader>
    // The reader holds an unretained pointer to it; both live exactly as long as this object.
    private let builder = ReplyBuilder()

    /// - Returns: nil when memory is exhausted.
    init?() {
        guard let reader = redisReaderCreateWithFunctions(replyFunctions) else { return nil }
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(self.builder).toOpaque()
        // hiredis gives its buffer back when it is larger than this and empty: large enough not to do so at every read.
        reader.pointee.maxbuf = 256 * 1024
    }

    deinit { redisReaderFree(self.reader) }

    /// Feeds bytes and hands every complete reply to `body`, in order.
    ///
    /// - Returns: nil, or what is wrong with the bytes; the connection must then be closed.
    func feed(_ bytes: UnsafeRawBufferPointer, _ body: (RedisValue) -> Void) -> String? {
        var rest = bytes
        while !rest.isEmpty {
            // Small pieces: the reader moves all that is left of its buffer whenever it has consumed a kilobyte.
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(8 * 1024))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
            guard redisReaderFeed(self.reader, piece.baseAddress?.assumingMemoryBound(to: CChar.self), piece.count) == REDIS_OK else {
                return self.failure
            }
            while true {
                var reply: UnsafeMutableRawPointer?
                guard redisReaderGetReply(self.reader, &reply) == REDIS_OK else { return self.failure }
                guard reply != nil, let value = self.builder.take() else { break }
                body(value)
            }
        }
        return nil
    }

    private var failure: String {
        withUnsafeBytes(of: &self.reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// Collects the events of the reader, which come in the order in which the reply is written, into one value.
private final class ReplyBuilder {
    private var open: [(elements: [RedisValue], missing: Int)] = []
    private var finished: RedisValue?

    func take() -> RedisValue? {
        defer { self.finished = nil }
        return self.finished
    }

    func begin(elements: Int) {
        if elements <= 0 { return self.add(.array([])) }
        var room: [RedisValue] = []
        // The count is the server's word; believe it only so far.
        room.reserveCapacity(min(elements, 4096))
        self.open.append((room, elements))
    }

    func add(_ value: RedisValue) {
        var value = value
        while let last = self.open.indices.last {
            self.open[last].elements.append(value)
            self.open[last].missing -= 1
            if self.open[last].missing > 0 { return }
            value = .array(self.open.removeLast().elements)
        }
        self.finished = value
    }
}

// MARK: The reader's callbacks

// At file scope and nonisolated, as all functions given to C. The pointer they return only has to be non-null.

private nonisolated func builder(of task: UnsafePointer<redisReadTask>?) -> ReplyBuilder? {
    guard let pointer = task?.pointee.privdata else { return nil }
    return Unmanaged<ReplyBuilder>.fromOpaque(pointer).takeUnretainedValue()
}

private nonisolated func createString(
    _ task: UnsafePointer<redisReadTask>?, _ text: UnsafeMutablePointer<CChar>?, _ length: Int
) -> UnsafeMutableRawPointer? {
    guard let task, let builder = builder(of: task) else { return nil }
    let bytes = UnsafeRawBufferPointer(start: text, count: length)
    switch task.pointee.type {
    case REDIS_REPLY_STATUS: builder.add(.simple(String(decoding: bytes, as: UTF8.self)))
    case REDIS_REPLY_ERROR: builder.add(.error(RedisServerError(message: String(decoding: bytes, as: UTF8.self))))
    default: builder.add(.bulk(Array(bytes)))
    }
    return task.pointee.privdata
}

private nonisolated func createArray(_ task: UnsafePointer<redisReadTask>?, _ elements: Int32) -> UnsafeMutableRawPointer? {
    builder(of: task)?.begin(elements: Int(elements))
    return task?.pointee.privdata
}

private nonisolated func createInteger(_ task: UnsafePointer<redisReadTask>?, _ number: Int64) -> UnsafeMutableRawPointer? {
    builder(of: task)?.add(.integer(number))
    return task?.pointee.privdata
}

private nonisolated func createNull(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer? {
    builder(of: task)?.add(.null)
    return task?.pointee.privdata
}

/// The values are ours, not the reader's: nothing to free.
private nonisolated func freeNothing(_ object: UnsafeMutableRawPointer?) {}

/// Made once, never changed, never freed.
private nonisolated(unsafe) let replyFunctions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
    let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
    functions.initialize(
        to: redisReplyObjectFunctions(
            createString: createString, createArray: createArray, createInteger: createInteger, createNil: createNull,
            freeObject: freeNothing))
    return functions
}()
