import Glibc

/// Small questions about files of ours in a work directory.
package enum FileCheck {
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Bytes, or nil when there is no such regular file.
    package static func size(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    package static func remove(_ path: String) {
        unlink(path)
    }

    /// The whole file, at most `maximum` bytes of it. Nil when it cannot be read.
    package static func read(_ path: String, maximum: Int) -> [UInt8]? {
        guard let file = fopen(path, "rbe") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(256 << 10, max(1, maximum)))
        while bytes.count < maximum {
            let count = fread(&buffer, 1, min(buffer.count, maximum - bytes.count), file)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return bytes
    }

    /// Writes a new file, or replaces one. False when it is not all there.
    package static func write(_ bytes: [UInt8], to path: String) -> Bool {
        guard let file = fopen(path, "wbe") else { return false }
        let count = fwrite(bytes, 1, bytes.count, file)
        return fclose(file) == 0 && count == bytes.count
    }

    /// The width and height in a binary PGM's header; nil when the file holds fewer pixels than it says.
    package static func graySize(_ path: String) -> (width: Int, height: Int)? {
        guard let size = Self.size(path), let head = Self.read(path, maximum: 64), head.starts(with: [0x50, 0x35]) else { return nil }
        let numbers = head.dropFirst(2).split { $0 <= 0x20 }.prefix(3).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 3, numbers[0] > 0, numbers[1] > 0 else { return nil }
        let (pixels, overflow) = numbers[0].multipliedReportingOverflow(by: numbers[1])
        return !overflow && pixels <= size ? (numbers[0], numbers[1]) : nil
    }
}

extension FileCheck {
    /// Whether a PGM shows next to nothing: less ink than a line of small print on a page.
    package static func isBlank(_ path: String) -> Bool {
        guard let size = Self.graySize(path), let bytes = Self.read(path, maximum: 512 << 20) else { return false }
        let dark = bytes.withUnsafeBytes { raw in
            var dark = 0
            // Every third pixel will do; the header's few bytes do not matter.
            var index = 0
            while index < raw.count {
                if raw[index] < 160 { dark += 1 }
                index += 3
            }
            return dark
        }
        return dark < max(20, size.width * size.height / 3 / 5_000)
    }

    /// Gives a file a second name in the same file system.
    package static func link(_ path: String, _ second: String) -> Bool { Glibc.link(path, second) == 0 }
}
