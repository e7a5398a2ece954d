internal import Corpus
internal import Flotilla
internal import ObjectStorage
internal import StageTools

/// The submitted video in the work directory, also after a crash, when the directory is a new one.
enum VideoSource {
    /// - Throws: ``StageFailure`` `bad_stage_input` when it is not the file that was probed.
    static func path(_ source: SourceFile, media: MediaFile, in context: StageContext) async throws -> String {
        let (path, fetched) = try await source.fetch(context)
        if let fetched, fetched.sha256 != media.sha256 {
            throw StageFailure(.badInput, "The file changed after it was examined. Submit it again with a new processing version.")
        }
        return path
    }
}
