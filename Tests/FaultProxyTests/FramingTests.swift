import Testing

@testable import FaultProxy

@Suite struct FramingTests {
    /// The ends of frames in `bytes`, given in pieces of `size`.
    private func ends(_ bytes: [UInt8], size: Int, _ take: (ArraySlice<UInt8>) -> FramePiece) -> [Int] {
        var ends: [Int] = []
        var offset = 0
        while offset < bytes.count {
            let piece = take(bytes[offset..<min(bytes.count, offset + size)])
            #expect(piece.count >= 1)
            offset += piece.count
            if piece.isEnd { ends.append(offset) }
        }
        return ends
    }

    private static let requests = [
        "PING\r\n", "*1\r\n$4\r\nPING\r\n", "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$12\r\n*1\r\n$4\r\nPING\r\n", "*2\r\n$3\r\nGET\r\n$0\r\n\r\n",
    ]
    private static let replies = [
        "+OK\r\n", "-ERR *3 $5\r\n", ":12\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "$5\r\na\r\nbc\r\n", "*2\r\n*2\r\n:1\r\n$1\r\nx\r\n*0\r\n",
        "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n_\r\n", "~1\r\n#t\r\n", "|1\r\n+ttl\r\n:3\r\n:7\r\n", "=7\r\ntxt:abc\r\n",
        "(123456789012345678901\r\n",
        ",1.5\r\n",
    ]

    @Test(arguments: [1, 2, 3, 7, 1_000]) func `requests and replies of Redis are told from each other wherever they are split`(size: Int) {
        for (texts, isRequest) in [(Self.requests, true), (Self.replies, false)] {
            var framing = RESPFraming()
            var expected: [Int] = []
            for text in texts { expected.append((expected.last ?? 0) + text.utf8.count) }
            let found = self.ends(Array(texts.joined().utf8), size: size) { isRequest ? framing.request($0) : framing.reply($0) }
            #expect(found == expected)
            #expect(framing.tellsReplies)
        }
    }

    @Test func `what a server pushes by itself is no reply`() {
        var framing = RESPFraming()
        let push = ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n"
        #expect(self.ends(Array((push + "+OK\r\n").utf8), size: 5) { framing.reply($0) } == [push.utf8.count + 5])
    }

    @Test(arguments: ["$99999999999999999999\r\n", "$x\r\n", "HTTP/1.1 200\r\n", "*1\r\n\u{7F}"])
    func `what is not RESP is passed on without ends`(text: String) {
        var framing = RESPFraming()
        #expect(self.ends(Array(text.utf8), size: 4) { framing.reply($0) }.isEmpty)
        #expect(!framing.tellsReplies)
    }

    private func message(_ type: Character?, _ body: [UInt8]) -> [UInt8] {
        let size = UInt32(body.count + 4)
        return (type.map { Array(String($0).utf8) } ?? []) + withUnsafeBytes(of: size.bigEndian) { Array($0) } + body
    }

    @Test(arguments: [1, 3, 8, 1_000]) func `requests of PostgreSQL last until Sync, and bound statements mean their text`(size: Int) {
        var framing = PostgresFraming()
        let encryption = self.message(nil, [0x04, 0xD2, 0x16, 0x2F])
        let startup = self.message(nil, [0, 3, 0, 0] + Array("user\0me\0\0".utf8))
        #expect(self.ends(encryption, size: size) { framing.request($0) } == [8])
        #expect(self.ends(Array("N".utf8), size: size) { framing.reply($0) } == [1])
        #expect(self.ends(startup, size: size) { framing.request($0) } == [startup.count])
        let greeting = self.message("R", [0, 0, 0, 0]) + self.message("Z", Array("I".utf8))
        #expect(self.ends(greeting, size: size) { framing.reply($0) } == [greeting.count])

        let parse = self.message("P", Array("s1\0UPDATE work\0\0\0".utf8))
        let bind = self.message("B", Array("\0s1\0\0\0\0\0\0\0".utf8))
        let execute = self.message("E", Array("\0\0\0\0\0".utf8))
        let sync = self.message("S", [])
        let first = parse + bind + execute + sync
        #expect(self.ends(first, size: size) { framing.request($0) } == [first.count])
        var meaning: [UInt8] = []
        let second = bind + execute + sync + self.message("Q", Array("COMMIT\0".utf8))
        let found = self.ends(second, size: size) {
            let piece = framing.request($0)
            meaning += piece.meaning
            return piece
        }
        #expect(found == [bind.count + execute.count + sync.count, second.count])
        #expect(String(decoding: meaning, as: UTF8.self) == "UPDATE work")
        #expect(framing.tellsReplies)
    }

    @Test func `an encrypted connection cannot be followed`() {
        var framing = PostgresFraming()
        _ = framing.request(self.message(nil, [0x04, 0xD2, 0x16, 0x2F])[...])
        _ = framing.reply(Array("S".utf8)[...])
        #expect(!framing.tellsReplies)
        let hello = [UInt8](repeating: 0x16, count: 300)
        #expect(framing.request(hello[...]) == FramePiece(count: 300, isEnd: false))
    }

    @Test func `an absurd length ends the reading of frames`() {
        var framing = PostgresFraming()
        _ = framing.request([0, 0, 0, 1, 0, 0, 0, 0][...])
        #expect(!framing.tellsReplies)
    }

    @Test(arguments: [1, 2, 5, 100]) func `a text is found wherever it is split, and only whole`(size: Int) {
        func find(_ texts: [String], in text: String) -> Bool {
            var needles = Needles(texts.map { Array($0.utf8) })
            let bytes = Array(text.utf8)
            return stride(from: 0, to: bytes.count, by: size).contains { needles.find(in: bytes[$0..<min(bytes.count, $0 + size)]) }
        }
        #expect(find(["aab"], in: "aaaab"))
        #expect(find(["abacabad"], in: "abacabacabad"))
        #expect(find(["zzz", "COMMIT"], in: "xxCOMMIT"))
        #expect(!find(["COMMIT"], in: "COMMICOMMI"))
        #expect(find([], in: "x"))
        #expect(find([""], in: "x"))
    }
}
