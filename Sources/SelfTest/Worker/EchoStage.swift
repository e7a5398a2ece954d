internal import Flotilla

/// A stage that says which attempt ran it.
struct EchoStage: CacheableStage {
    let stage: StageName
    let engine = "echo 1"

    /// Every message is another's: what one says is of no use to the next.
    func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        StageInputs(parameters: ["document": context.identity.documentUUID])
    }

    func run(_ context: StageContext) async throws -> StageOutput {
        StageOutput(body: Array("{\"attempt\": \(context.attempt)}".utf8))
    }
}
