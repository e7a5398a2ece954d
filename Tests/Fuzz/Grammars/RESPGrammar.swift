/// Makes replies of a Redis server, with the lies that a broken one might tell about lengths and counts.
enum RESPGrammar {
    static func make(_ random: inout FuzzRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...random.small(4) { self.append(to: &bytes, depth: 0, &random) }
        return bytes
    }

    private static func append(to bytes: inout [UInt8], depth: Int, _ random: inout FuzzRandom) {
        switch random.below(depth > 8 ? 4 : 6) {
        case 0: bytes += "+\(random.one(of: self.words))\r\n".utf8
        case 1: bytes += "-\(random.one(of: self.errors))\r\n".utf8
        case 2: bytes += ":\(self.number(&random))\r\n".utf8
        case 3:
            let text = Array(random.one(of: self.words).utf8)
            let length = random.once(in: 12) ? self.number(&random) : String(text.count)
            bytes += "$\(length)\r\n".utf8
            bytes += text
            bytes += "\r\n".utf8
        default:
            let count = random.small(5)
            bytes += "*\(random.once(in: 12) ? self.number(&random) : String(count))\r\n".utf8
            for _ in 0..<count { self.append(to: &bytes, depth: depth + 1, &random) }
        }
    }

    private static let words = ["", "OK", "PONG", "QUEUED", "message", "subscribe", "12", "-1", "é\0\r\n", "5-1", "9223372036854775808"]

    private static let errors = [
        "", "ERR", "ERR unknown command 'AUTH', with args beginning with: 'secret'", "NOSCRIPT No matching script",
        "MOVED 3999 127.0.0.1:6381",
        "ASK 1 :0", "LOADING", "READONLY You can't write", "lower case", "ÄRGER x", "WRONGTYPE", "_ _",
    ]

    private static func number(_ random: inout FuzzRandom) -> String {
        random.one(of: [
            "0", "-1", "-2", "1", "2", "7", "100000", "1048577", "536870912", "536870913", "2147483647", "2147483648", "4294967296",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e3", "", "+1", "01",
        ])
    }
}
