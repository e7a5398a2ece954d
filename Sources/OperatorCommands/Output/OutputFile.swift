import Glibc

/// Files that a verb was asked to write.
enum OutputFile {
    /// Writes a new file; one that is there already is never touched.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .conflict("'\(path)' exists already") : .failed("'\(path)': \(String(cString: strerror(errno)))")
        }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                close(descriptor)
                throw .failed("'\(path)': \(reason); \(written) of \(bytes.count) bytes were written")
            }
            written += count
        }
        // Some file systems say only now that there was no room.
        guard close(descriptor) == 0 else { throw .failed("'\(path)': \(String(cString: strerror(errno)))") }
    }
}
