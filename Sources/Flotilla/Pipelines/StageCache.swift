/// Remembers what stages made, by what they made it from, so that the same work is done once for any number of documents.
///
/// Nothing here throws: a cache that is away, slow or wrong costs the work anew and nothing else.
public protocol StageCache: Sendable {
    /// What is remembered under a key; nil for a miss and for whatever went wrong.
    func output(for key: StageCacheKey) async -> CachedStageOutput?
    /// What is remembered under several keys, asked for at once; a key that is missing is not in the answer.
    func outputs(for keys: [StageCacheKey]) async -> [StageCacheKey: StageOutput]
    /// Remembers an output that is durable elsewhere by now.
    ///
    /// - Parameter duration: how long it took to make.
    func keep(_ output: StageOutput, for key: StageCacheKey, duration: Duration) async
    /// Pieces of a stage (a page, a stretch, a chunk) that are remembered, by their names.
    func pieces(_ names: [String], of key: StageCacheKey) async -> [String: [UInt8]]
    /// Remembers a piece until the stage's whole output is.
    func keep(_ piece: [UInt8], as name: String, of key: StageCacheKey) async
    /// Forgets pieces whose stage is complete.
    func forget(pieces names: [String], of key: StageCacheKey) async
}

/// An output found in a cache.
public struct CachedStageOutput: Sendable, Hashable {
    public var output: StageOutput
    /// How long it took to make, and so what was saved.
    public var duration: Duration

    public init(output: StageOutput, duration: Duration) {
        self.output = output
        self.duration = duration
    }
}

/// What an output is made from: the same key, the same output.
public struct StageCacheKey: Sendable, Hashable {
    /// Whose document it is; nil for messages that name no tenant. One tenant's work is never another's.
    public var tenant: String?
    public var stage: StageName
    public var processingVersion: Int
    /// 64 hexadecimal digits: stage, engine, processing version, parameters, and the digests of the file or of the outputs that are read.
    public var digest: String

    public init(tenant: String?, stage: StageName, processingVersion: Int, digest: String) {
        self.tenant = tenant
        self.stage = stage
        self.processingVersion = processingVersion
        self.digest = digest
    }

    /// Computes the digest. Each part has its length before it, so that no two sets of inputs look alike.
    ///
    /// - Parameters:
    ///   - outputs: what earlier stages wrote, those that the stage names in its inputs.
    public init(
        tenant: String?, stage: StageName, engine: String, processingVersion: Int, inputs: StageInputs, outputs: [StageName: [UInt8]]
    ) {
        self.init(
            tenant: tenant, stage: stage, engine: engine, processingVersion: processingVersion, inputs: inputs,
            digests: outputs.mapValues { hexadecimal(SHA256.digest(of: $0)) })
    }

    /// The same of digests that were computed before.
    ///
    /// - Parameters:
    ///   - digests: ``StageOutput/digest`` of what earlier stages wrote, those that the stage names in its inputs.
    public init(
        tenant: String?, stage: StageName, engine: String, processingVersion: Int, inputs: StageInputs, digests: [StageName: String]
    ) {
        var parts = [stage.rawValue, engine, String(processingVersion), inputs.content ?? ""]
        for (name, value) in inputs.parameters.sorted(by: { $0.key < $1.key }) { parts += [name, value] }
        parts.append("outputs")
        for name in inputs.outputs.sorted(by: { $0.rawValue < $1.rawValue }) {
            parts.append(name.rawValue)
            parts.append(digests[name] ?? "")
        }
        var bytes: [UInt8] = []
        for part in parts {
            withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: part.utf8)
        }
        self.init(
            tenant: tenant, stage: stage, processingVersion: processingVersion, digest: hexadecimal(SHA256.digest(of: bytes)))
    }
}

/// What a stage's output depends on, besides its engine and the processing version.
public struct StageInputs: Sendable, Hashable {
    /// The SHA-256 of the submitted file, in hexadecimal, for stages that read it.
    public var content: String?
    /// Earlier stages whose outputs it reads.
    public var outputs: [StageName]
    /// All that it takes from the message and from the settings: language, limits.
    public var parameters: [String: String]
    /// The name of each piece says all that the piece is made from, besides the parameters: it is found whatever the rest of the input is.
    public var piecesStandAlone: Bool

    public init(
        content: String? = nil, outputs: [StageName] = [], parameters: [String: String] = [:], piecesStandAlone: Bool = false
    ) {
        self.content = content
        self.outputs = outputs
        self.parameters = parameters
        self.piecesStandAlone = piecesStandAlone
    }

    /// What the pieces are found by.
    var forPieces: StageInputs { self.piecesStandAlone ? StageInputs(parameters: self.parameters) : self }
}

/// A stage whose output depends on nothing but what it can name.
public protocol CacheableStage: StageHandler {
    /// What the output of this run will depend on; nil when that cannot be said, and the stage is run.
    ///
    /// May read the file, and leave its copy for ``StageHandler/run(_:)``.
    ///
    /// - Throws: what `run` would throw for the same reason.
    func cacheInputs(_ context: StageContext) async throws -> StageInputs?
    /// Whether it is worth waiting for somebody else who is doing the same work.
    var isExpensive: Bool { get }
}

extension CacheableStage {
    public var isExpensive: Bool { false }
}

extension StageOutput {
    /// SHA-256 of the body, 64 hexadecimal digits.
    public var digest: String { hexadecimal(SHA256.digest(of: self.body)) }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
}
