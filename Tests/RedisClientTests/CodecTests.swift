import Testing

@testable import RedisClient

@Suite struct CodecTests {
    private func encoded(_ command: RedisCommand, withSource: Bool = false) -> String {
        var output: [UInt8] = []
        command.encode(into: &output, withSource: withSource)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func `commands are encoded as arrays of bulks`() {
        #expect(self.encoded(["GET", "é"]) == "*2\r\n$3\r\nGET\r\n$2\r\né\r\n")
        #expect(self.encoded(["A", 0, -7, 1234567890123]) == "*4\r\n$1\r\nA\r\n$1\r\n0\r\n$2\r\n-7\r\n$13\r\n1234567890123\r\n")
        #expect(self.encoded(["A", RedisArgument(Int64.min)]) == "*2\r\n$1\r\nA\r\n$20\r\n-9223372036854775808\r\n")
        #expect(self.encoded(["A", ""]) == "*2\r\n$1\r\nA\r\n$0\r\n\r\n")
        #expect(self.encoded([]) == "*1\r\n$0\r\n\r\n")
        var command = RedisCommand("X", capacity: 10)
        command.append([1, 2, 3][1...])
        #expect(self.encoded(command) == "*2\r\n$1\r\nX\r\n$2\r\n\u{2}\u{3}\r\n")
    }

    @Test func `a script goes by digest or with its source`() {
        let script = RedisScript(name: "one", source: "return 1")
        #expect(script.sha1 == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
        var command = RedisCommand(script, keys: ["k"])
        command.append("v")
        #expect(
            self.encoded(command)
                == "*5\r\n$7\r\nEVALSHA\r\n$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\nv\r\n")
        #expect(self.encoded(command, withSource: true) == "*5\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\nv\r\n")
    }

    /// Replies from `text`, fed in pieces of `size` bytes; the last entry is what was wrong.
    private func read(_ text: [UInt8], pieces size: Int) throws -> ([RedisValue], String?) {
        let reader = try #require(ReplyReader())
        var values: [RedisValue] = []
        for start in stride(from: 0, to: text.count, by: size) {
            let failure = text[start..<min(start + size, text.count)].withUnsafeBytes { reader.feed($0) { values.append($0) } }
            if let failure { return (values, failure) }
        }
        return (values, nil)
    }

    @Test(arguments: [1, 2, 3, 7, 1000]) func `replies are the same however they are cut`(_ size: Int) throws {
        let text =
            "+OK\r\n-ERR no\r\n:-12\r\n$5\r\na\r\nb\0\r\n$-1\r\n*-1\r\n*0\r\n*3\r\n*2\r\n:1\r\n*1\r\n$0\r\n\r\n$-1\r\n-MOVED 1 h:2\r\n:7\r\n"
        let (values, failure) = try self.read(Array(text.utf8), pieces: size)
        #expect(failure == nil)
        #expect(
            values == [
                .simple("OK"), .error(RedisServerError(message: "ERR no")), .integer(-12), .bulk(Array("a\r\nb\0".utf8)), .null, .null,
                .array([]),
                .array([
                    .array([.integer(1), .array([.bulk([])])]), .null, .error(RedisServerError(message: "MOVED 1 h:2")),
                ]), .integer(7),
            ])
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n", "%1\r\n+a\r\n+b\r\n", "\0\0\0\0", "*1\r\n!x\r\n", "*99999999999999999999\r\n",
        "$99999999999999999999999\r\n",
    ])
    func `what is not RESP2 is refused`(_ text: String) throws {
        let (_, failure) = try self.read(Array(text.utf8), pieces: 1000)
        #expect(failure != nil)
    }

    @Test func `random bytes never harm the reader`() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("+-:$*0123456789\r\n\r\n\r\nabc".utf8)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...60, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            _ = try self.read(bytes, pieces: 5)
        }
    }

    @Test func `error replies are classified by their first word`() {
        #expect(RedisServerError(message: "READONLY You can't write").kind == .readOnly)
        #expect(RedisServerError(message: "OOM command not allowed").kind == .outOfMemory)
        #expect(RedisServerError(message: "Error running script").kind == .general)
        #expect(RedisServerError(message: "").kind == .general)
        #expect(RedisServerError(message: "NEWKIND").kind == .init("NEWKIND"))
        #expect(RedisError(RedisServerError(message: "ERR user_script:1: x"), operation: "EVALSHA").mayHaveRun)
        #expect(!RedisError(RedisServerError(message: "OOM x"), operation: "EVALSHA").mayHaveRun)
        #expect(!RedisError(RedisServerError(message: "ERR x"), operation: "GET").mayHaveRun)
    }

    @Test func `the queue is first in, first out across its growth`() {
        var queue = Queue<Int>()
        var model: [Int] = []
        var generator = SystemRandomNumberGenerator()
        for number in 0..<5000 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0...2:
                queue.append(number)
                model.append(number)
            case 3:
                queue.prepend(number)
                model.insert(number, at: 0)
            default:
                #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            }
            #expect(queue.count == model.count)
        }
        #expect(queue.removeAll() == model)
        #expect(queue.isEmpty)
    }
}
