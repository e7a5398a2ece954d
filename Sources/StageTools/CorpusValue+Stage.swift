package import Corpus
package import Flotilla

extension CorpusValue {
    /// The output of an earlier stage.
    ///
    /// - Throws: ``StageFailure`` `badInput` when this version cannot read it.
    package init(stage: StageName, in context: StageContext) throws {
        do {
            self = try Self(bytes: try context.output(of: stage))
        } catch let error as CorpusError {
            throw StageFailure(.badInput, "The output of the stage \(stage) cannot be read: \(error).")
        }
    }
}
