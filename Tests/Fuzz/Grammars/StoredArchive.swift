import Compression

/// Writes ZIP archives without packing: an office document whose parts are hostile, but whose frame is sound.
enum StoredArchive {
    static func make(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for part in parts {
            let sum = part.bytes.withUnsafeBytes { checksum($0) }
            let name = Array(part.name.utf8)
            let common =
                self.little(0, 2) + self.little(0, 2) + self.little(0, 4) + self.little(UInt64(sum), 4)
                + self.little(UInt64(part.bytes.count), 4) + self.little(UInt64(part.bytes.count), 4) + self.little(UInt64(name.count), 2)
            directory += self.little(0x0201_4B50, 4) + self.little(20, 2) + self.little(20, 2) + common + self.little(0, 12)
            directory += self.little(UInt64(archive.count), 4) + name
            archive += self.little(0x0403_4B50, 4) + self.little(20, 2) + common + self.little(0, 2) + name + part.bytes
        }
        let end =
            self.little(0x0605_4B50, 4) + self.little(0, 4) + self.little(UInt64(parts.count), 2) + self.little(UInt64(parts.count), 2)
        return archive + directory + end + self.little(UInt64(directory.count), 4) + self.little(UInt64(archive.count), 4)
            + self.little(0, 2)
    }

    private static func little(_ value: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) : 0 }
    }
}
