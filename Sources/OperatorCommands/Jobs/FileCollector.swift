import FlotillaDaemon
import Glibc

/// Finds the files that people mean: each named file, and all files below each named directory.
struct FileCollector {
    struct File: Sendable, Hashable {
        /// Beneath the storage root.
        let path: String
        /// Its last part.
        let name: String
        let kind: QueueKind
    }

    /// Without symbolic links.
    private let root: String
    private(set) var files: [File] = []
    private var seen: Set<String> = []
    static let maximumFiles = 1_000_000

    /// - Throws: `.conflict` when the root cannot be opened.
    init(root: String) throws(CommandError) {
        guard let real = Self.realPath(root) else {
            throw .conflict("STORAGE_ROOT (\(root)) cannot be opened: \(String(cString: strerror(errno)))")
        }
        self.root = real
    }

    /// Adds a file or what is below a directory. Hidden files and directories below it are left out, and links to directories are not followed.
    mutating func add(_ path: String) throws(CommandError) {
        guard let real = Self.realPath(path) else {
            throw errno == ENOENT ? .notFound("there is no file '\(path)'") : .failed("'\(path)': \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard stat(real, &status) == 0 else { throw .failed("'\(path)': \(String(cString: strerror(errno)))") }
        switch status.st_mode & S_IFMT {
        case S_IFREG: try self.addFile(real)
        case S_IFDIR: try self.addDirectory(real, depth: 0)
        default: throw .usage("'\(path)' is neither a file nor a directory")
        }
    }

    private mutating func addFile(_ real: String) throws(CommandError) {
        let prefix = self.root == "/" ? "/" : self.root + "/"
        guard real.hasPrefix(prefix) else {
            throw .conflict(
                "'\(real)' is outside of STORAGE_ROOT (\(self.root)), and workers read nothing outside: copy it there, or set STORAGE_ROOT")
        }
        guard self.seen.insert(real).inserted else { return }
        guard self.files.count < Self.maximumFiles else {
            throw .usage("more than \(Self.maximumFiles) files: submit them in several jobs")
        }
        let name = real.lastIndex(of: "/").map { String(real[real.index(after: $0)...]) } ?? real
        self.files.append(
            File(path: String(real.dropFirst(prefix.count)), name: name, kind: MediaKind.of(name: name, head: Self.head(real))))
    }

    private mutating func addDirectory(_ real: String, depth: Int) throws(CommandError) {
        guard depth < 128 else { throw .usage("'\(real)' is nested too deeply") }
        for name in try Self.names(in: real) {
            let path = real == "/" ? "/\(name)" : "\(real)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }  // Gone meanwhile.
            switch status.st_mode & S_IFMT {
            case S_IFREG: try self.addFile(path)
            case S_IFDIR: try self.addDirectory(path, depth: depth + 1)
            case S_IFLNK:
                // A link to a file within the root is that file; all others are somebody's shortcuts.
                guard let target = Self.realPath(path), stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                    target.hasPrefix(self.root + "/")
                else { continue }
                try self.addFile(target)
            default: continue
            }
        }
    }

    /// The names in a directory in order, hidden ones left out.
    private static func names(in path: String) throws(CommandError) -> [String] {
        guard let directory = opendir(path) else { throw .failed("'\(path)': \(String(cString: strerror(errno)))") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw .usage("'\(path)' holds a file whose name is not UTF-8, which a message cannot carry: rename it")
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(validatingCString: resolved)
    }

    /// The first bytes; none of a file that cannot be read: the worker will say so.
    private static func head(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: MediaKind.headLength)
        let count = read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }
}
