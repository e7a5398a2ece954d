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
    package func discard(_ context: StageContext) { FileCheck.remove(Self.path(context)) }

    private static func path(_ context: StageContext) -> String { "\(context.workDirectory)/source" }

    /// Copies the file.
    ///
    /// - Parameter again: also when an earlier stage of this delivery has left a copy.
    /// - Returns: the copy's path; size and digest when it was copied now.
    package func fetch(_ context: StageContext, again: Bool = false) async throws -> (path: String, object: FetchedObject?) {
        let path = Self.path(context)
        if again { FileCheck.remove(path) }
        if FileCheck.exists(path) { return (path, nil) }
        guard let uri = context.message.path ?? context.message.filename, !uri.isEmpty else {
            throw StageFailure(.badMessage, "The message names no file: gcs_path and filename are both missing.")
        }
        return (path, try await self.storage.fetch(uri, to: path, maximumBytes: self.maximumBytes))
    }
}
