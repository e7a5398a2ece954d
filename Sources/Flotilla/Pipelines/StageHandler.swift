/// One step of a pipeline: reads the message and the outputs of earlier stages, and returns its own. It writes nothing anywhere else.
///
/// May run more than once for the same document: the pipeline stores the output once, under the run's fence.
public protocol StageHandler: Sendable {
    var stage: StageName { get }
    /// What computes, with its version: `tesseract 5.3.0`. Recorded with the output.
    var engine: String { get }
    /// Does the work.
    ///
    /// - Throws: a ``FailureClassified`` error decides what becomes of the message; any other is taken as transient. `CancellationError` when
    ///   the task is cancelled: a deadline, a lost lease, a cancelled job, a shutdown.
    func run(_ context: StageContext) async throws -> StageOutput
}

/// What a stage may use.
public struct StageContext: Sendable {
    public let message: Envelope
    public let identity: WorkIdentity
    /// Counted from 1.
    public let attempt: Int
    /// A private directory of this delivery, removed when it ends.
    public let workDirectory: String
    public let logger: Logger
    /// Reports units done of units in all: pages, seconds, chunks.
    public let progress: @Sendable (_ done: Int, _ total: Int) -> Void
    /// Pieces of this stage from runs that did not end.
    public let checkpoints: StageCheckpoints
    private let outputs: [StageName: StageOutput]

    public init(
        message: Envelope, identity: WorkIdentity, attempt: Int, workDirectory: String, logger: Logger,
        outputs: [StageName: StageOutput], checkpoints: StageCheckpoints = .none,
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) {
        self.message = message
        self.identity = identity
        self.attempt = attempt
        self.workDirectory = workDirectory
        self.logger = logger
        self.outputs = outputs
        self.checkpoints = checkpoints
        self.progress = progress
    }

    /// The same with other pieces.
    func with(checkpoints: StageCheckpoints) -> StageContext {
        StageContext(
            message: self.message, identity: self.identity, attempt: self.attempt, workDirectory: self.workDirectory, logger: self.logger,
            outputs: self.outputs, checkpoints: checkpoints, progress: self.progress)
    }

    /// The output of an earlier stage of the same processing version.
    ///
    /// - Throws: ``MissingStageOutput`` if no such stage ran before this one.
    public func output(of stage: StageName) throws -> [UInt8] {
        guard let output = self.outputs[stage] else { throw MissingStageOutput(stage: stage) }
        return output.body
    }
}

/// A pipeline is put together wrongly: a stage reads what no earlier one wrote.
public struct MissingStageOutput: FailureClassified {
    public let stage: StageName
    public var failureClass: FailureClass { .permanent }
    public var failureCode: String { "missing_stage_output" }
    public var failureMessage: String { "no earlier stage wrote an output named \(self.stage)" }
}

/// What a stage produced.
public struct StageOutput: Sendable, Hashable {
    /// JSON.
    public var body: [UInt8]
    /// Numbers about the run: pages, mean confidence.
    public var metrics: [String: Double]
    /// Some of the input gave nothing; the body says what.
    public var isPartial: Bool

    public init(body: [UInt8], metrics: [String: Double] = [:], isPartial: Bool = false) {
        self.body = body
        self.metrics = metrics
        self.isPartial = isPartial
    }
}
