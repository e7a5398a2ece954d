internal import Compression

/// One entry of an archive's central directory.
struct ZipEntry {
    let name: String
    let method: Int
    let isEncrypted: Bool
    let packedBytes: Int
    let claimedBytes: Int
    let checksum: UInt32
    let headerOffset: Int
}

/// Reads ZIP archives by their central directory, and trusts none of it.
///
/// What an archive claims is checked when it is opened, what really unpacks is counted while it is read.
final class ZipArchive {
    private let file: FileReader
    private let limits: FormatLimits
    private(set) var entries: [ZipEntry] = []
    private var index: [String: Int] = [:]
    private var inflatedBytes = 0

    init(path: String, limits: FormatLimits) throws {
        self.file = try FileReader(path: path, limits: limits)
        self.limits = limits
        try self.readDirectory()
    }

    /// The entry of this name, whatever its case: some writers differ from what they refer to.
    func entry(_ name: String) -> ZipEntry? {
        let name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        return (self.index[name] ?? self.index[name.lowercased()]).map { self.entries[$0] }
    }

    /// Unpacks a whole entry.
    func read(_ entry: ZipEntry, atMost maximum: Int? = nil) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try self.stream(entry) { piece in
            if let maximum, bytes.count + piece.count > maximum {
                throw FormatError(.tooLarge, "\(entry.name) in the archive is larger than \(maximum) bytes.")
            }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }

    /// Unpacks an entry piece by piece.
    ///
    /// - Throws: ``FormatError``: `tooLarge` for a bomb, `corrupt` for damage (what was delivered before is right as far as known).
    func stream(_ entry: ZipEntry, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        if entry.isEncrypted { throw FormatError(.encrypted, "The archive is protected by a password.") }
        let header = try self.file.read(at: entry.headerOffset, count: 30)
        guard header.little32(0) == 0x0403_4B50, let nameCount = header.little16(26), let extraCount = header.little16(28) else {
            throw FormatError(.corrupt, "The archive is damaged: \(entry.name) is not where its directory says.")
        }
        let start = entry.headerOffset + 30 + nameCount + extraCount
        var crc: UInt32 = 0
        var produced = 0
        func count(_ piece: UnsafeRawBufferPointer) throws {
            produced += piece.count
            self.inflatedBytes += piece.count
            if self.inflatedBytes > self.limits.inflatedBytes {
                throw FormatError(.tooLarge, "The archive unpacks to more than \(self.limits.inflatedBytes) bytes.")
            }
            if produced > self.limits.ratioFloor, produced / max(entry.packedBytes, 1) > self.limits.ratio {
                throw FormatError(
                    .tooLarge, "\(entry.name) unpacks to more than \(self.limits.ratio) times its size: a decompression bomb.")
            }
            crc = checksum(piece, continuing: crc)
            try sink(piece)
        }
        switch entry.method {
        case 0:
            try self.pieces(from: start, count: entry.packedBytes, count)
        case 8:
            var inflater = try Inflater(format: .raw, maximumOutput: self.limits.inflatedBytes)
            var position = start
            let end = start + entry.packedBytes
            do {
                while position < end && !inflater.isFinished {
                    let packed = try self.file.read(at: position, count: min(256 << 10, end - position))
                    if packed.isEmpty { break }
                    position += packed.count
                    try packed.withUnsafeBytes { try inflater.feed($0, sink: count) }
                }
            } catch let error as CompressionError {
                throw FormatError(error.code == .tooLarge ? .tooLarge : .corrupt, "\(entry.name): \(error.description).")
            }
            guard inflater.isFinished else { throw FormatError(.corrupt, "The archive is damaged: \(entry.name) ends too early.") }
        default:
            throw FormatError(.unsupported, "\(entry.name) is packed by method \(entry.method), which is not supported.")
        }
        guard crc == entry.checksum else { throw FormatError(.corrupt, "The archive is damaged: wrong check sum of \(entry.name).") }
    }

    private func pieces(from start: Int, count: Int, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        var position = start
        let end = start + count
        while position < end {
            let bytes = try self.file.read(at: position, count: min(256 << 10, end - position))
            guard !bytes.isEmpty else { throw FormatError(.corrupt, "The archive ends too early.") }
            position += bytes.count
            try bytes.withUnsafeBytes(sink)
        }
    }

    private func readDirectory() throws(FormatError) {
        // The end record is 22 bytes and a comment of at most 64 KiB.
        let tailStart = max(0, self.file.count - 22 - 65_535 - 20)
        let tail = try self.file.read(at: tailStart, count: self.file.count - tailStart)
        var position = tail.count - 22
        while position >= 0, tail.little32(position) != 0x0605_4B50 { position -= 1 }
        guard position >= 0, var count = tail.little16(position + 10), var size = tail.little32(position + 12),
            var offset = tail.little32(position + 16)
        else { throw FormatError(.corrupt, "The archive is damaged or cut off: it has no directory.") }
        if offset == 0xFFFF_FFFF || count == 0xFFFF || size == 0xFFFF_FFFF, let record = try self.zip64Record(tail, endRecord: position) {
            (count, size, offset) = record
        }
        guard count <= self.limits.entries else {
            throw FormatError(.tooLarge, "The archive has \(count) entries; the limit is \(self.limits.entries).")
        }
        guard size <= 64 << 20, offset <= self.file.count else { throw FormatError(.corrupt, "The archive's directory is damaged.") }
        let directory = try self.file.read(at: offset, count: size)
        var cursor = 0
        var claimed = 0
        while cursor < directory.count, self.entries.count <= self.limits.entries {
            guard directory.little32(cursor) == 0x0201_4B50, let entry = self.entry(in: directory, at: &cursor) else { break }
            let (sum, overflow) = claimed.addingReportingOverflow(entry.claimedBytes)
            claimed = overflow ? Int.max : sum
            self.index[entry.name.lowercased()] = self.entries.count
            self.index[entry.name] = self.entries.count
            self.entries.append(entry)
        }
        guard self.entries.count <= self.limits.entries else {
            throw FormatError(.tooLarge, "The archive has more than \(self.limits.entries) entries.")
        }
        guard !self.entries.isEmpty else { throw FormatError(.corrupt, "The archive has no entries.") }
        guard claimed <= self.limits.inflatedBytes else {
            throw FormatError(.tooLarge, "The archive unpacks to \(claimed) bytes; the limit is \(self.limits.inflatedBytes).")
        }
    }

    private func zip64Record(_ tail: [UInt8], endRecord: Int) throws(FormatError) -> (Int, Int, Int)? {
        guard tail.little32(endRecord - 20) == 0x0706_4B50, let low = tail.little32(endRecord - 12),
            let high = tail.little32(endRecord - 8),
            high == 0
        else { return nil }
        let record = try self.file.read(at: low, count: 56)
        guard record.little32(0) == 0x0606_4B50, let count = record.little32(32), let size = record.little32(40),
            let offset = record.little32(48)
        else { return nil }
        return (count, size, offset)
    }

    private func entry(in directory: [UInt8], at cursor: inout Int) -> ZipEntry? {
        guard let flags = directory.little16(cursor + 8), let method = directory.little16(cursor + 10),
            let crc = directory.little32(cursor + 16), var packed = directory.little32(cursor + 20),
            var claimed = directory.little32(cursor + 24), let nameCount = directory.little16(cursor + 28),
            let extraCount = directory.little16(cursor + 30), let commentCount = directory.little16(cursor + 32),
            var offset = directory.little32(cursor + 42), cursor + 46 + nameCount <= directory.count
        else { return nil }
        let name = String(decoding: directory[cursor + 46..<cursor + 46 + nameCount], as: UTF8.self)
        // ZIP64 puts 8-byte sizes into an extra field, in this order, for those that read as all ones.
        var extra = cursor + 46 + nameCount
        let extraEnd = min(extra + extraCount, directory.count)
        while extra + 4 <= extraEnd, let id = directory.little16(extra), let size = directory.little16(extra + 2) {
            if id == 1 {
                var field = extra + 4
                for keyPath in [0, 1, 2] {
                    let value = keyPath == 0 ? claimed : keyPath == 1 ? packed : offset
                    guard value == 0xFFFF_FFFF, field + 8 <= extraEnd, let low = directory.little32(field),
                        let high = directory.little32(field + 4), high < 1 << 20
                    else { continue }
                    let wide = high << 32 | low
                    if keyPath == 0 { claimed = wide } else if keyPath == 1 { packed = wide } else { offset = wide }
                    field += 8
                }
            }
            extra += 4 + size
        }
        cursor += 46 + nameCount + extraCount + commentCount
        return ZipEntry(
            name: name, method: method, isEncrypted: flags & 1 != 0, packedBytes: packed, claimedBytes: claimed,
            checksum: UInt32(truncatingIfNeeded: crc), headerOffset: offset)
    }
}
