import Testing

@testable import RedisClient

@Suite struct ClusterSlotTests {
    @Test(arguments: [
        // The check value of CRC-16/XMODEM is 0x31C3.
        ("123456789", 0x31C3), ("", 0), ("foo", 12_182), ("bar", 5_061), ("hello", 866), ("somekey", 11_058), ("foo{hash_tag}", 2_515),
        ("bar{hash_tag}", 2_515), ("document_queue", 9_299), ("{document_queue}:inflight:w", 9_299), ("document_retry", 12_127),
    ]) func `slots are those that Redis publishes`(_ key: String, _ slot: Int) {
        #expect(ClusterSlot.of(key) == slot)
    }

    @Test func `only the first pair of braces with something in it counts`() {
        #expect(ClusterSlot.of("{user1000}.following") == ClusterSlot.of("{user1000}.followers"))
        #expect(ClusterSlot.of("{user1000}.following") == ClusterSlot.of("user1000"))
        #expect(ClusterSlot.of("foo{}{bar}") != ClusterSlot.of("bar"))
        #expect(ClusterSlot.of("foo{{bar}}zap") == ClusterSlot.of("{bar"))
        #expect(ClusterSlot.of("foo{bar}{zap}") == ClusterSlot.of("bar"))
        #expect(ClusterSlot.of("foo{bar") != ClusterSlot.of("bar"))
        #expect(ClusterSlot.of("foo}bar{") != ClusterSlot.of("foo"))
    }
}

@Suite struct CommandKeyTests {
    private func keys(_ command: RedisCommand) -> [String] {
        var keys: [String] = []
        command.forEachKey {
            keys.append(String(decoding: $0, as: UTF8.self))
            return true
        }
        return keys
    }

    @Test(arguments: [
        ("GET a", "a"), ("get a", "a"), ("SET a b EX 1", "a"), ("PING", ""), ("PING x", ""), ("INFO server", ""), ("TIME", ""), ("GET", ""),
        ("DEL a b c", "a b c"), ("MSET a 1 b 2", "a b"), ("BLPOP a b 5", "a b"), ("BLMOVE a b RIGHT LEFT 1", "a b"),
        ("BITOP AND d a b", "d a b"),
        ("OBJECT FREQ a", "a"), ("XGROUP CREATE a g 0", "a"), ("XREAD COUNT 2 streams a b 0 0", "a b"), ("XREAD COUNT 2", ""),
        ("XREADGROUP GROUP g c BLOCK 5 STREAMS a >", "a"), ("EVAL return 2 a b c", "a b"), ("EVALSHA 00 0 a", ""), ("EVAL x 9 a", "a"),
        ("EVAL x -1 a", ""), ("EVAL x y a", ""), ("EVAL", ""), ("LMPOP 2 a b LEFT", "a b"), ("BLMPOP 0 2 a b LEFT", "a b"),
        ("ZUNIONSTORE d 2 a b WEIGHTS 1 2", "d a b"), ("ZUNIONSTORE", ""), ("SUBSCRIBE a", ""), ("SOMENEWCOMMAND a b", "a"),
        ("RENAME a b", "a b"), ("RENAME a", "a"), ("SCRIPT LOAD x", ""), ("EVAL x 9223372036854775807 a", "a"),
    ]) func `the keys of a command are found`(_ text: String, _ expected: String) {
        let words = text.split(separator: " ").map { RedisArgument(String($0)) }
        var command = RedisCommand(String(text.prefix { $0 != " " }))
        for word in words.dropFirst() { command.append(word) }
        #expect(self.keys(command) == expected.split(separator: " ").map { String($0) })
    }

    @Test func `the keys of a script are found, bytes and all`() {
        let script = RedisScript(name: "s", source: "return 1")
        var command = RedisCommand(script, keys: ["one", "", "{a}\r\n$3"])
        command.append("argument")
        #expect(self.keys(command) == ["one", "", "{a}\r\n$3"])
        #expect(self.keys(RedisCommand(script, keys: [])) == [])
    }

    @Test func `commands of one slot pass, and of two the first pair of keys is named`() {
        #expect(KeyedSlot([["PING"], ["INFO"]]) == .none)
        #expect(KeyedSlot([["PING"], ["GET", "foo"], ["TIME"], ["DEL", "{foo}1", "{foo}2"]]) == .slot(12_182))
        #expect(KeyedSlot([["GET", "foo"], ["GET", "bar"], ["GET", "hello"]]) == .conflict("foo", "bar"))
        #expect(KeyedSlot([["DEL", "{a}", "{a}1", "b\n"]]) == .conflict("{a}", "b?"))
        let script = RedisScript(name: "s", source: "return 1")
        #expect(KeyedSlot([RedisCommand(script, keys: ["{q}:a", "q", "dlq"])]) == .conflict("{q}:a", "dlq"))
    }
}
