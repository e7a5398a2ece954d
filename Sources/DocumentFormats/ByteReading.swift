import Glibc

/// Random access to a file on disk, bounds checked.
final class FileReader {
    private let descriptor: Int32
    let count: Int

    init(path: String, limits: FormatLimits) throws(FormatError) {
        // O_NONBLOCK: opening a pipe by mistake must not wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FormatError(.unreadable, "The file cannot be opened: \(String(cString: strerror(errno))).")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FormatError(.unreadable, "This is not a regular file.")
        }
        guard status.st_size <= limits.fileBytes else {
            close(descriptor)
            throw FormatError(.tooLarge, "The file has \(status.st_size) bytes; the limit is \(limits.fileBytes).")
        }
        self.descriptor = descriptor
        self.count = Int(status.st_size)
    }

    deinit {
        close(self.descriptor)
    }

    /// The bytes at `offset`, fewer at the end of the file, none outside it.
    func read(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
        guard offset >= 0, count > 0, offset < self.count else { return [] }
        let wanted = min(count, self.count - offset)
        var bytes = [UInt8](repeating: 0, count: wanted)
        var filled = 0
        while filled < wanted {
            let got = bytes.withUnsafeMutableBytes { [descriptor] space in
                pread(descriptor, space.baseAddress?.advanced(by: filled), wanted - filled, offset + filled)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FormatError(.unreadable, "The file cannot be read: \(String(cString: strerror(errno))).") }
            if got == 0 { break }
            filled += got
        }
        if filled < wanted { bytes.removeLast(wanted - filled) }
        return bytes
    }

    func readAll() throws(FormatError) -> [UInt8] {
        try self.read(at: 0, count: self.count)
    }
}

/// Numbers out of untrusted bytes: nil past the end.
extension Array where Element == UInt8 {
    func little16(_ offset: Int) -> Int? {
        guard offset >= 0, offset <= self.count - 2 else { return nil }
        return Int(self[offset]) | Int(self[offset + 1]) << 8
    }

    func little32(_ offset: Int) -> Int? {
        guard let low = self.little16(offset), let high = self.little16(offset + 2) else { return nil }
        return low | high << 16
    }

    func big16(_ offset: Int) -> Int? {
        self.little16(offset).map { ($0 & 0xFF) << 8 | $0 >> 8 }
    }

    func big32(_ offset: Int) -> Int? {
        guard let high = self.big16(offset), let low = self.big16(offset + 2) else { return nil }
        return high << 16 | low
    }

    /// Whether these bytes stand at `offset`.
    func has(_ text: String, at offset: Int = 0) -> Bool {
        guard offset >= 0, offset <= self.count - text.utf8.count else { return false }
        return self[offset..<offset + text.utf8.count].elementsEqual(text.utf8)
    }

    /// Where `pattern` begins, looking from `start`.
    func firstRange(of pattern: [UInt8], from start: Int = 0, before end: Int? = nil) -> Int? {
        let end = Swift.min(end ?? self.count, self.count)
        guard let first = pattern.first, start >= 0, end - start >= pattern.count else { return nil }
        return self.withUnsafeBufferPointer { bytes in
            var position = start
            while position <= end - pattern.count {
                guard let base = bytes.baseAddress, let found = memchr(base + position, Int32(first), end - pattern.count - position + 1)
                else { return nil }
                position = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                if pattern.withUnsafeBufferPointer({ $0.baseAddress.map { memcmp(base + position, $0, pattern.count) == 0 } ?? false }) {
                    return position
                }
                position += 1
            }
            return nil
        }
    }
}
