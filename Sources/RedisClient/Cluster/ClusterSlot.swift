/// Which of the 16,384 slots of a cluster a key belongs to.
public enum ClusterSlot {
    public static let count = 16_384

    /// The slot of a key, 0 to 16,383. Of a key with braces only what stands between the first `{` and the next `}` counts, if it is
    /// anything: keys that share it lie together, and a script may touch them all.
    public static func of(_ key: String) -> Int {
        var key = key
        return key.withUTF8 { Int(self.of(UnsafeRawBufferPointer($0))) }
    }

    static func of(_ key: UnsafeRawBufferPointer) -> UInt16 {
        crc16(self.hashed(key)) & 0x3FFF
    }

    /// The part of the key that is hashed.
    private static func hashed(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return key }
        return UnsafeRawBufferPointer(rebasing: key[(open + 1)..<close])
    }
}

/// CRC-16/XMODEM: polynomial 0x1021, no reflection, starting at 0.
private func crc16(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
    var crc: UInt16 = 0
    for byte in bytes { crc = crc << 8 ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)] }
    return crc
}

private let table: [UInt16] = (0..<256).map { index in
    var crc = UInt16(index) << 8
    for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    return crc
}
