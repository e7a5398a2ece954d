import Glibc

/// A variable of the environment; nil when it is missing or empty.
func variable(_ name: String) -> String? {
    guard let text = getenv(name), text.pointee != 0 else { return nil }
    return String(cString: text)
}

/// Writes a line to standard error.
func complain(_ text: String) {
    let line = text + "\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
}

/// Writes a line to standard output at once: a run takes hours, and somebody may be watching.
func emit(_ text: String) {
    let line = Array((text + "\n").utf8)
    var sent = 0
    while sent < line.count {
        let count = line[sent...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        sent += count
    }
}

/// The whole of a file.
func readFile(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw FuzzFailure("cannot read \(path): \(String(cString: strerror(errno)))") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}

/// Writes a whole file.
func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    guard let file = fopen(path, "w") else { throw FuzzFailure("cannot write \(path): \(String(cString: strerror(errno)))") }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else { throw FuzzFailure("cannot write \(path)") }
}

/// A new folder for this run.
func temporaryFolder() throws -> String {
    var template = Array("\(variable("TMPDIR") ?? "/tmp")/flotilla-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FuzzFailure("cannot make a temporary folder: \(String(cString: strerror(errno)))") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Removes a folder of ``temporaryFolder()`` and the files that a campaign leaves in it.
func removeFolder(_ folder: String) {
    unlink("\(folder)/progress")
    unlink("\(folder)/errors")
    rmdir(folder)
}

/// The sample documents of the package: their path follows from where this file was compiled.
enum Samples {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")

    /// One file of `Examples/`.
    static func bytes(_ path: String) -> [UInt8] {
        do {
            return try readFile("\(self.root)/Examples/\(path)")
        } catch {
            complain("fuzz: \(error)")
            exit(2)
        }
    }
}
