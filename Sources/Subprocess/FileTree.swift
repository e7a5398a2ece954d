import Glibc

/// Listing and removing directories without following links.
enum FileTree {
    /// Names in a directory, without `.` and `..`; empty when it cannot be read.
    static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a file or a whole directory. True when it is gone.
    static func remove(_ path: String) -> Bool {
        guard let descriptor = open(directory: AT_FDCWD, path) else {
            return unlink(path) == 0 || errno == ENOENT
        }
        Self.empty(descriptor, depth: 0)
        return rmdir(path) == 0 || errno == ENOENT
    }

    /// Removes what is in the open directory, and closes it. Works from descriptors, so that a path swapped for a link under us
    /// leads nowhere, and names that are not UTF-8 work too.
    private static func empty(_ descriptor: Int32, depth: Int) {
        guard depth < 256, let directory = fdopendir(descriptor) else {
            close(descriptor)
            return
        }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
                    if unlinkat(dirfd(directory), name, 0) == 0 { return }
                    var inner = openat(dirfd(directory), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                    if inner < 0 && errno == EACCES {
                        // A child took our right to enter. Only a real directory answers EACCES here, never a link.
                        _ = fchmodat(dirfd(directory), name, 0o700, 0)
                        inner = openat(dirfd(directory), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                    }
                    if inner >= 0 { Self.empty(inner, depth: depth + 1) }
                    _ = unlinkat(dirfd(directory), name, AT_REMOVEDIR)
                }
            }
        }
    }

    private static func open(directory: Int32, _ path: String) -> Int32? {
        let descriptor = openat(directory, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return descriptor >= 0 ? descriptor : nil
    }
}
