import Glibc
internal import Subprocess
package import StageTools

/// Translates with Apertium, a program of rules and dictionaries: fast, the same every time, and for some pairs of languages only.
///
/// Segments go through one child, a NUL after each, where Apertium's programs flush: what a segment does stays within it. A child that dies
/// on the way gives fewer segments than it got; those of the last are never taken for translations.
package struct ApertiumTranslator: Translator {
    package let engine: String
    /// Starting the chain of programs takes as long as translating forty kilobytes.
    package var batchSize: Int { 8 }
    package var concurrency: Int { self.tools.slots }
    private let tools: ToolBox

    private static let program = "apertium"
    /// Each program of the chain for itself.
    private static let limits = ChildLimits(
        cpuSeconds: 60, addressSpaceBytes: 2 << 30, fileSizeBytes: 16 << 20, outputBytes: 32 << 20, wall: .seconds(120))

    /// Asks the program for its version, which takes some milliseconds. It need not be installed.
    package init(tools: ToolBox) async {
        self.tools = tools
        self.engine = await tools.version(of: Self.program, ["-V"])
    }

    /// Of its programs' modes and of all pairs of languages that are installed.
    package var stamp: String {
        let data = getenv("APERTIUM_DATADIR").map { String(cString: $0) } ?? "/usr/share/apertium"
        return FileStamp.ofFolders(in: data) + self.tools.stamp(of: [Self.program, "lt-proc", "apertium-tagger", "apertium-transfer"])
    }

    package func support(from source: String, to target: String) async throws -> TranslationSupport {
        guard self.tools.has(Self.program) else {
            return .missing("Apertium is not installed on this worker (Debian packages apertium and apertium-SOURCE-TARGET).")
        }
        if try await self.mode(from: source, to: target) != nil { return .available }
        let names = "\(LanguageCode.name(source)) to \(LanguageCode.name(target))"
        return .missing(
            "Apertium has no data here to translate \(names). If there is any, the Debian package is "
                + "apertium-\(LanguageCode.long(source))-\(LanguageCode.long(target)) or apertium-\(LanguageCode.long(target))-\(LanguageCode.long(source)); "
                + "a chat model can translate other pairs.")
    }

    package func translate(_ texts: [String], from source: String, to target: String) async throws -> [String] {
        guard let mode = try await self.mode(from: source, to: target) else {
            throw StageFailure(.toolMissing, "Apertium has no data here to translate \(source) to \(target).")
        }
        let parsed = texts.map { TranslatableText($0, splitsCells: true) }
        let segments = parsed.flatMap(\.segments)
        guard !segments.isEmpty else { return texts }
        let translated = try await self.run(mode, segments)
        var start = 0
        return parsed.map { text in
            defer { start += text.segments.count }
            return text.text(with: Array(translated[start..<start + text.segments.count]))
        }
    }

    private func run(_ mode: String, _ segments: [String]) async throws -> [String] {
        let input = segments.map { ApertiumStream.encode($0) + "\0" }.joined()
        let result = try await self.tools.run(
            Self.program, ["-z", "-u", "-f", "none", mode], reading: [], input: .bytes(Array(input.utf8)), limits: Self.limits)
        let detail = result.errorOutput.text
        guard result.outcome.isSuccess else {
            throw StageFailure(.toolFailed, "Apertium failed to translate (\(result.outcome)).", detail: detail)
        }
        let output = result.text.split(separator: "\0", omittingEmptySubsequences: false)
        guard output.count > segments.count else {
            throw TranslationFailure("Apertium stopped after \(max(0, output.count - 1)) of \(segments.count) segments.")
        }
        var translated: [String] = []
        for (segment, found) in zip(segments, output) {
            guard let text = ApertiumStream.decode(found, of: segment), !text.isEmpty else {
                throw TranslationFailure("Apertium gave no complete translation of a segment of \(segment.utf8.count) bytes.")
            }
            translated.append(text)
        }
        return translated
    }

    /// The mode that translates between two languages. Some packages name theirs with two letters, some with three, some add a variety.
    private func mode(from source: String, to target: String) async throws -> String? {
        let result = try await self.tools.run(Self.program, ["-l"], reading: [], limits: Self.limits)
        guard result.outcome.isSuccess else {
            throw StageFailure(.toolFailed, "Apertium cannot say what it translates (\(result.outcome)).", detail: result.errorOutput.text)
        }
        let modes = result.text.split { $0.isWhitespace }.filter { mode in
            let codes = mode.split(separator: "-")
            guard codes.count == 2 else { return false }
            return LanguageCode.short(String(codes[0])) == source && LanguageCode.short(String(codes[1])) == target
        }
        // The plain one before varieties.
        return modes.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }.map(String.init)
    }
}
