/// The slot that the keys of one or more commands share.
enum KeyedSlot: Equatable {
    /// No command has a key.
    case none
    case slot(UInt16)
    /// Two keys that lie in different slots.
    case conflict(String, String)

    init(_ commands: some Sequence<RedisCommand>) {
        var result = KeyedSlot.none
        // The first key is only needed as text when another one is at odds with it.
        var first: [UInt8] = []
        for command in commands {
            command.forEachKey { key in
                let slot = ClusterSlot.of(key)
                switch result {
                case .none:
                    result = .slot(slot)
                    first = Array(key)
                    return true
                case .slot(slot): return true
                case .slot, .conflict:
                    result = .conflict(Self.shown(first), Self.shown(Array(key)))
                    return false
                }
            }
            if case .conflict = result { break }
        }
        self = result
    }

    /// The key for a message: short, and without control characters.
    private static func shown(_ key: [UInt8]) -> String {
        let text = String(decoding: key.prefix(100), as: UTF8.self)
        let clean = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
        return key.count > 100 ? clean + "…" : clean
    }
}
