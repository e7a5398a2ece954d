/// Where submitted files are.
public protocol ObjectStorage: Sendable {
    /// Copies the object at `uri` to the new local file `path`.
    ///
    /// - Returns: its size and digest, of the bytes that were copied.
    /// - Throws: ``StorageError``; what was written to `path` is removed then. `CancellationError` when the task is cancelled.
    func fetch(_ uri: String, to path: String, maximumBytes: Int) async throws -> FetchedObject
}

/// What was copied.
public struct FetchedObject: Sendable, Hashable {
    public var bytes: Int
    /// Lower-case hexadecimal.
    public var sha256: String

    public init(bytes: Int, sha256: String) {
        self.bytes = bytes
        self.sha256 = sha256
    }
}

/// Picks the storage by the scheme of the URI: files here, other storages only as far as they are configured.
public struct StorageRouter: ObjectStorage {
    private let files: FileStorage
    private let others: [String: any ObjectStorage]

    /// - Parameter others: by scheme, without `://`.
    public init(files: FileStorage, others: [String: any ObjectStorage] = [:]) {
        self.files = files
        self.others = others
    }

    public func fetch(_ uri: String, to path: String, maximumBytes: Int) async throws -> FetchedObject {
        guard let scheme = Self.scheme(of: uri), scheme != "file" else {
            return try await self.files.fetch(uri, to: path, maximumBytes: maximumBytes)
        }
        if let storage = self.others[scheme] { return try await storage.fetch(uri, to: path, maximumBytes: maximumBytes) }
        switch scheme {
        case "gs":
            throw StorageError(
                .notConfigured,
                "gs:// storage is not configured: this build reads files only. Copy the object beneath STORAGE_ROOT (\(self.files.root)) and submit its path."
            )
        case "s3":
            throw StorageError(
                .notConfigured,
                "s3:// storage is not configured: this build reads files only. Copy the object beneath STORAGE_ROOT (\(self.files.root)) and submit its path."
            )
        default:
            throw StorageError(.refused, "\(scheme):// is not a storage; use a path beneath STORAGE_ROOT (\(self.files.root)) or file://.")
        }
    }

    /// The part before `://`, or `data` and the like before a colon; nil for a plain path.
    static func scheme(of uri: String) -> String? {
        let head = uri.utf8.prefix { $0 != 0x3A && $0 != 0x2F }
        guard head.endIndex < uri.utf8.endIndex, uri.utf8[head.endIndex] == 0x3A, let first = head.first, (first | 0x20) >= 0x61,
            (first | 0x20) <= 0x7A,
            head.allSatisfy({
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
            }),
            uri[head.endIndex...].hasPrefix("://")
        else { return nil }
        return String(uri[..<head.endIndex]).lowercased()
    }
}
