internal import Corpus
internal import DocumentFormats
public import Flotilla
internal import ObjectStorage
internal import StageTools
internal import Subprocess

/// Finds out what a file is by its content; its name and the sender's MIME type decide nothing.
public struct DetectHandler: CacheableStage {
    public let stage: StageName = "detect"
    public let engine: String
    private let tools: ToolBox
    private let source: SourceFile

    init(tools: ToolBox, source: SourceFile, engine: String) {
        self.tools = tools
        self.source = source
        self.engine = engine
    }

    public func run(_ context: StageContext) async throws -> StageOutput {
        let (path, fetched) = try await self.source.examine(context)
        let file = try await self.detect(path, name: Self.name(context), fetched)
        return StageOutput(body: file.bytes, metrics: ["bytes": Double(fetched.bytes)])
    }

    /// The file's name counts only as far as it decides between kinds of text: a scan is the same scan whatever it is called.
    public func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        let fetched = try await self.source.identify(context)
        return StageInputs(
            content: fetched.sha256,
            parameters: [
                "suffix": FormatDetector.significantSuffix(of: Detection.hint(Self.name(context))),
                "tools": self.tools.stamp(of: ["uchardet"]),
            ])
    }

    private static func name(_ context: StageContext) -> String { context.message.filename ?? context.message.path ?? "" }

    /// Also for attachments: everything that is read goes through here first.
    func detect(_ path: String, name: String, _ fetched: FetchedObject) async throws -> DetectedFile {
        let format = try await Detection(tools: self.tools).format(of: path, name: name)
        let charset = format.needsCharset ? try await Detection(tools: self.tools).charset(of: path) : nil
        return DetectedFile(
            mimeType: format.mimeType, kind: format.kind.rawValue, sha256: fetched.sha256, bytes: fetched.bytes, charset: charset,
            width: format.image?.width, height: format.image?.height, pages: format.image?.pages)
    }
}

/// The questions that are asked about a file in the sandbox before anything reads it.
struct Detection: Sendable {
    let tools: ToolBox

    private static let limits = ChildLimits(
        cpuSeconds: 20, addressSpaceBytes: 1 << 30, fileSizeBytes: 1 << 20, outputBytes: 1 << 20, wall: .seconds(80))

    /// Only the last component, and only its end, matters to the choice between kinds of text.
    static func hint(_ name: String) -> String { String((name.split(separator: "/").last ?? "").suffix(100).filter { $0 != "\0" }) }

    func format(of path: String, name: String) async throws -> DetectedFormat {
        let start = FileCheck.read(path, maximum: FormatDetector.signatureLength) ?? []
        if let kind = FormatDetector.kind(of: start) { return DetectedFormat(kind) }
        do {
            let answer = try await self.tools.extract("detect", path, options: ["--name", Self.hint(name)], limits: Self.limits)
            guard let format = DetectedFormat(json: answer) else {
                throw StageFailure(.toolFailed, "The detector's answer is not understood.")
            }
            return format
        } catch let failure as StageFailure where failure.code == .unsupported {
            // libmagic knows a name for most of what we do not read.
            let type = try await self.mimeType(of: path)
            throw StageFailure(.unsupported, type.map { "\(failure.description) (\($0))" } ?? failure.description)
        }
    }

    private func mimeType(of path: String) async throws -> String? {
        guard self.tools.has("file") else { return nil }
        let result = try await self.tools.run("file", ["--brief", "--mime-type", "--", path], reading: [path], limits: Self.limits)
        let type = String(result.text.prefix { !$0.isWhitespace })
        return result.outcome.isSuccess && type.contains("/") && type != "application/octet-stream" ? type : nil
    }

    /// The likely character set, or nil when the statistics say nothing or cannot be asked.
    func charset(of path: String) async throws -> String? {
        guard self.tools.has("uchardet") else { return nil }
        let result = try await self.tools.run("uchardet", [path], reading: [path], limits: Self.limits)
        let name = String(result.text.prefix { !$0.isWhitespace })
        return result.outcome.isSuccess && !name.isEmpty && name != "unknown" && name != "ASCII" ? name : nil
    }
}
