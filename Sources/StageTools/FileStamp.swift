internal import Flotilla
import Glibc

/// A short name for the state of files that outputs depend on: programs, models, language data. It changes when one of them is replaced.
///
/// Made of names, sizes and times of change, which packages bring with them: hosts with the same packages agree, and nothing large is read.
package enum FileStamp {
    /// Eight hexadecimal digits for files, and for the files directly in folders; a path where there is nothing counts as such.
    package static func of(_ paths: [String]) -> String {
        let facts = paths.flatMap { path in Self.isFolder(path) ? Self.files(in: path) : [path] }.map(Self.fact)
        return SHA256.digest(of: facts.map { "\($0)\n" }.joined().utf8).prefix(4).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0\(digits)" : digits
        }.joined()
    }

    /// The same of the files in the folders directly in `folder`.
    package static func ofFolders(in folder: String) -> String {
        Self.of(Self.names(in: folder).map { "\(folder)/\($0)" }.filter(Self.isFolder))
    }

    private static func fact(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        var status = stat()
        guard stat(path, &status) == 0 else { return "\(name) is missing" }
        return "\(name) \(status.st_size) \(status.st_mtim.tv_sec)"
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func files(in folder: String) -> [String] {
        Self.names(in: folder).map { "\(folder)/\($0)" }.filter { !Self.isFolder($0) }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
