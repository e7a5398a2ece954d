/// Where the keys of a command stand among its words. Word 0 is the command's name; in a call of a script the keys come first.
enum KeyRule: Equatable {
    /// No key: any server will do.
    case none
    /// From `first` to `last` in steps; a negative `last` counts from the end, -1 being the last word.
    case range(first: Int, last: Int, step: Int)
    /// The word at `count` says how many keys follow; with `before`, the words from 1 up to it are keys as well.
    case counted(count: Int, before: Int)
    /// The first half of what follows the word STREAMS.
    case streams

    static func of(_ name: String) -> KeyRule {
        self.rules[name] ?? self.rules[name.uppercased()] ?? .range(first: 1, last: 1, step: 1)
    }

    /// What is not named here has one key, its first argument, as most commands do.
    private static let rules: [String: KeyRule] = {
        var rules: [String: KeyRule] = [:]
        func set(_ rule: KeyRule, _ names: String) {
            for name in names.split(separator: " ") { rules[String(name)] = rule }
        }
        set(
            .none,
            """
            PING ECHO INFO TIME ROLE COMMAND CONFIG CLIENT CLUSTER SCRIPT FUNCTION ACL AUTH HELLO SELECT QUIT RESET DBSIZE KEYS SCAN RANDOMKEY \
            FLUSHALL FLUSHDB SAVE BGSAVE BGREWRITEAOF LASTSAVE SHUTDOWN SLOWLOG LATENCY MODULE MONITOR SWAPDB SYNC PSYNC REPLCONF REPLICAOF \
            SLAVEOF FAILOVER WAIT WAITAOF LOLWUT MULTI EXEC DISCARD UNWATCH READONLY READWRITE ASKING SENTINEL PUBLISH SUBSCRIBE UNSUBSCRIBE \
            PSUBSCRIBE PUNSUBSCRIBE PUBSUB
            """)
        set(
            .range(first: 1, last: -1, step: 1),
            "DEL UNLINK EXISTS TOUCH MGET WATCH SUNION SINTER SDIFF SUNIONSTORE SINTERSTORE SDIFFSTORE PFCOUNT PFMERGE SSUBSCRIBE")
        set(.range(first: 1, last: -1, step: 2), "MSET MSETNX")
        set(.range(first: 1, last: -2, step: 1), "BLPOP BRPOP BZPOPMIN BZPOPMAX")
        set(
            .range(first: 1, last: 2, step: 1),
            "BLMOVE LMOVE RPOPLPUSH BRPOPLPUSH SMOVE RENAME RENAMENX COPY LCS ZRANGESTORE GEOSEARCHSTORE")
        set(.range(first: 2, last: -1, step: 1), "BITOP")
        set(.range(first: 2, last: 2, step: 1), "OBJECT MEMORY XINFO XGROUP DEBUG")
        set(.counted(count: 2, before: 1), "EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO BLMPOP BZMPOP")
        set(.counted(count: 1, before: 1), "LMPOP ZMPOP ZUNION ZINTER ZDIFF ZINTERCARD SINTERCARD")
        set(.counted(count: 2, before: 2), "ZUNIONSTORE ZINTERSTORE ZDIFFSTORE")
        set(.streams, "XREAD XREADGROUP")
        return rules
    }()
}

extension RedisCommand {
    /// Calls `body` with each key, in order, until it returns false. The bytes are valid during the call.
    func forEachKey(_ body: (UnsafeRawBufferPointer) -> Bool) {
        self.withWords { words in
            if self.script != nil {
                Self.counted(words, at: 0, body)
                return
            }
            switch KeyRule.of(self.name) {
            case .none: return
            case .range(let first, let last, let step):
                let end = last < 0 ? words.count + last : min(last, words.count - 1)
                for index in stride(from: first, through: end, by: step) where !body(words[index]) { return }
            case .counted(let count, let before):
                for index in 1..<max(1, min(before, words.count)) where !body(words[index]) { return }
                Self.counted(words, at: count, body)
            case .streams:
                let mark = words.dropFirst().firstIndex { word in
                    word.count == 7 && zip(word, "STREAMS".utf8).allSatisfy { $0 & 0xDF == $1 }
                }
                guard let mark else { return }
                let half = (words.count - mark - 1) / 2
                for index in mark + 1..<mark + 1 + half where !body(words[index]) { return }
            }
        }
    }

    private static func counted(_ words: [UnsafeRawBufferPointer], at position: Int, _ body: (UnsafeRawBufferPointer) -> Bool) {
        guard position < words.count, let count = Int(String(decoding: words[position], as: UTF8.self)), count > 0 else { return }
        let end = count < words.count ? min(position + count, words.count - 1) : words.count - 1
        for index in position + 1..<max(position + 1, end + 1) where !body(words[index]) { return }
    }
}
