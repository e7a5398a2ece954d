package import Flotilla
package import ObjectStorage

/// The submitted file, copied into the delivery's work directory under a name of ours: a file called `-rf` or worse is an argument to nobody.
package struct SourceFile: Sendable {
    package let storage: any ObjectStorage
    package let maximumBytes: Int

    package init(storage: any ObjectStorage, maximumBytes: Int) {
        self.storage = storage
        self.maximumBytes = maximumBytes
    }

    /// Removes the copy, when no later stage of this delivery needs it.
    package func discard(_ context: StageContext) {
        FileCheck.remove(Self.path(context))
        FileCheck.remove(Self.facts(context))
    }

    private static func path(_ context: StageContext) -> String { "\(context.workDirectory)/source" }
    private static func facts(_ context: StageContext) -> String { "\(context.workDirectory)/source.facts" }

    /// Copies the file, unless an earlier stage of this delivery has left a copy.
    ///
    /// - Returns: the copy's path; size and digest when it was copied now.
    package func fetch(_ context: StageContext) async throws -> (path: String, object: FetchedObject?) {
        let path = Self.path(context)
        if FileCheck.exists(path) { return (path, nil) }
        return (path, try await self.copy(context, to: path))
    }

    /// Copies the file anew for its digest, by which its stage may be found in the cache, and notes what the copy is for ``examine(_:)``.
    package func identify(_ context: StageContext) async throws -> FetchedObject {
        self.discard(context)
        let object = try await self.copy(context, to: Self.path(context))
        guard FileCheck.write(Array("\(object.sha256) \(object.bytes)".utf8), to: Self.facts(context)) else {
            throw StageFailure(.environment, "The work directory cannot be written.")
        }
        return object
    }

    /// The copy that ``identify(_:)`` has just made, or a new one; with size and digest in any case. For the stage that looks at a file first.
    package func examine(_ context: StageContext) async throws -> (path: String, object: FetchedObject) {
        let path = Self.path(context)
        let facts = FileCheck.read(Self.facts(context), maximum: 200).map { String(decoding: $0, as: UTF8.self).split(separator: " ") }
        FileCheck.remove(Self.facts(context))
        if let facts, facts.count == 2, let bytes = Int(facts[1]), FileCheck.size(path) == bytes {
            return (path, FetchedObject(bytes: bytes, sha256: String(facts[0])))
        }
        FileCheck.remove(path)
        return (path, try await self.copy(context, to: path))
    }

    private func copy(_ context: StageContext, to path: String) async throws -> FetchedObject {
        guard let uri = context.message.path ?? context.message.filename, !uri.isEmpty else {
            throw StageFailure(.badMessage, "The message names no file: gcs_path and filename are both missing.")
        }
        return try await self.storage.fetch(uri, to: path, maximumBytes: self.maximumBytes)
    }
}
