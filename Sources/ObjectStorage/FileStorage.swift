internal import CSystem
internal import Cryptography
internal import Flotilla
import Glibc

/// Files beneath one directory of this machine, by path or `file://` URL.
///
/// A name leads nowhere else: the kernel resolves it strictly beneath the root (`openat2` with `RESOLVE_BENEATH`), so that neither `..`
/// nor a symbolic link, put there even while we look, leaves it. Devices, pipes and directories are refused.
public struct FileStorage: ObjectStorage {
    /// Absolute, without a slash at its end.
    public let root: String

    /// - Parameter root: an absolute directory. It need not exist yet.
    public init(root: String) {
        var root = root
        while root.count > 1 && root.hasSuffix("/") { root.removeLast() }
        self.root = root
    }

    public func fetch(_ uri: String, to path: String, maximumBytes: Int) async throws -> FetchedObject {
        let name = try self.relativeName(of: uri)
        let source = try self.open(name, uri: uri)
        defer { close(source) }
        var before = stat()
        guard fstat(source, &before) == 0 else {
            throw StorageError(.unavailable, "\(Self.quoted(uri)) cannot be examined: \(Self.reason(errno)).")
        }
        switch before.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw StorageError(.refused, "\(Self.quoted(uri)) is a directory; submit the files in it.")
        default: throw StorageError(.refused, "\(Self.quoted(uri)) is a device, pipe or socket and no file.")
        }
        guard before.st_size <= maximumBytes else {
            throw StorageError(.tooLarge, "\(Self.quoted(uri)) has \(before.st_size) bytes; the limit is \(maximumBytes).")
        }
        let target = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard target >= 0 else { throw Self.writeError(errno) }
        var isComplete = false
        defer {
            close(target)
            if !isComplete { unlink(path) }
        }
        let fetched = try Self.copy(from: source, to: target, uri: uri, maximumBytes: maximumBytes)
        var after = stat()
        guard fstat(source, &after) == 0, after.st_size == before.st_size, Int(after.st_size) == fetched.bytes,
            after.st_mtim.tv_sec == before.st_mtim.tv_sec, after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else { throw StorageError(.unstable, "\(Self.quoted(uri)) changed while it was read.") }
        isComplete = true
        return fetched
    }

    /// The name beneath the root, checked as text; what it leads to is checked when it is opened.
    func relativeName(of uri: String) throws -> String {
        var path = uri
        if uri.lowercased().hasPrefix("file://") {
            let rest = String(uri.dropFirst(7))
            // file:///path and file://localhost/path; any other host is another machine.
            if !rest.hasPrefix("/") && !rest.lowercased().hasPrefix("localhost/") {
                throw StorageError(.refused, "\(Self.quoted(uri)) names another machine; only files of this one are read.")
            }
            path = Self.unescaped(rest.hasPrefix("/") ? rest : String(rest.dropFirst(9)))
        }
        guard !path.isEmpty else { throw StorageError(.refused, "The message names no file.") }
        guard !path.utf8.contains(0) else { throw StorageError(.refused, "\(Self.quoted(uri)) contains a NUL byte.") }
        guard path.utf8.count < 4_096 else { throw StorageError(.refused, "The file's path is longer than 4,095 bytes.") }
        if path.hasPrefix("/") {
            let prefix = self.root == "/" ? "/" : self.root + "/"
            guard path.hasPrefix(prefix) else {
                throw StorageError(.refused, "\(Self.quoted(uri)) is outside of STORAGE_ROOT (\(self.root)).")
            }
            path = String(path.dropFirst(prefix.count))
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        guard !parts.contains("..") else { throw StorageError(.refused, "\(Self.quoted(uri)) contains \"..\", which is refused.") }
        guard !parts.isEmpty else { throw StorageError(.refused, "\(Self.quoted(uri)) is a directory; submit the files in it.") }
        return parts.joined(separator: "/")
    }

    private func open(_ name: String, uri: String) throws -> Int32 {
        let directory = Glibc.open(self.root, pathOnly | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            throw StorageError(.unavailable, "STORAGE_ROOT (\(self.root)) cannot be opened: \(Self.reason(errno)).")
        }
        defer { close(directory) }
        // O_NONBLOCK: a pipe must not hold us until somebody writes.
        let flags = UInt64(O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        var file = flotilla_openat2(directory, name, flags, UInt64(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS))
        var code = errno
        // Kernels before 5.6, and filters of old container runtimes, do not know the call.
        if file < 0 && (code == ENOSYS || code == EPERM) { (file, code) = Self.walk(from: directory, name) }
        guard file < 0 else { return file }
        switch code {
        case ENOENT, ENOTDIR:
            throw StorageError(
                .notFound, "There is no file \(Self.quoted(uri)) in STORAGE_ROOT (\(self.root)). Was it moved, or is the root another one?")
        case EXDEV, ELOOP:
            throw StorageError(.refused, "\(Self.quoted(uri)) leads outside of STORAGE_ROOT (\(self.root)) by a symbolic link.")
        case EACCES: throw StorageError(.notAllowed, "\(Self.quoted(uri)) may not be read by user \(getuid()): permission denied.")
        case ENXIO: throw StorageError(.refused, "\(Self.quoted(uri)) is a device, pipe or socket and no file.")
        case ENAMETOOLONG, EINVAL, EILSEQ: throw StorageError(.refused, "\(Self.quoted(uri)) is no valid path: \(Self.reason(code)).")
        case EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN:
            throw StorageError(.unstable, "\(Self.quoted(uri)) cannot be opened now: \(Self.reason(code)).")
        default: throw StorageError(.unavailable, "\(Self.quoted(uri)) cannot be opened: \(Self.reason(code)).")
        }
    }

    /// The same without the call: one component at a time, no symbolic links at all.
    static func walk(from root: Int32, _ name: String) -> (file: Int32, code: Int32) {
        var directory = dup(root)
        let parts = name.split(separator: "/")
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            let flags = isLast ? O_RDONLY | O_NONBLOCK | O_NOCTTY : pathOnly | O_DIRECTORY
            let next = openat(directory, String(part), flags | O_NOFOLLOW | O_CLOEXEC)
            let code = errno
            close(directory)
            // A link to a directory says ENOTDIR here, as a file in the middle of a path does.
            if next < 0 { return (-1, code) }
            directory = next
        }
        return (directory, 0)
    }

    private static func copy(from source: Int32, to target: Int32, uri: String, maximumBytes: Int) throws -> FetchedObject {
        var digest = SHA256Stream()
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            try Task.checkCancellation()
            let count = read(source, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StorageError(.unavailable, "\(Self.quoted(uri)) cannot be read: \(Self.reason(errno)).") }
            if count == 0 { break }
            total += count
            guard total <= maximumBytes else { throw StorageError(.tooLarge, "\(Self.quoted(uri)) has more than \(maximumBytes) bytes.") }
            buffer.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            var written = 0
            while written < count {
                let done = buffer.withUnsafeBytes { write(target, $0.baseAddress?.advanced(by: written), count - written) }
                if done < 0 && errno == EINTR { continue }
                guard done > 0 else { throw Self.writeError(errno) }
                written += done
            }
        }
        let hexadecimal = digest.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return FetchedObject(bytes: total, sha256: hexadecimal)
    }

    private static func writeError(_ code: Int32) -> StorageError {
        StorageError(.diskFull, "The work directory cannot be written: \(Self.reason(code)).")
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// For messages: control characters cannot reach a terminal, and the length is bounded.
    private static func quoted(_ uri: String) -> String {
        let scalars = uri.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }
        return "\"" + String(String.UnicodeScalarView(scalars)) + (uri.unicodeScalars.count > 200 ? "…" : "") + "\""
    }

    private static func unescaped(_ text: String) -> String {
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                output.append(byte)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

/// `O_PATH`, which the importer hides behind `_GNU_SOURCE`: the same number on x86-64 and arm64.
private let pathOnly: Int32 = 0o10_000_000
