import FlotillaDaemon
import Glibc
import Subprocess

/// The programs that read files, and the walls around them.
enum ToolChecks {
    private struct Tool {
        let name: String
        let version: [String]
        let package: String
        let isNeeded: Bool
        /// Who runs it.
        let roles: [DaemonRole]
    }

    private static let tools = [
        Tool(name: "pdftotext", version: ["-v"], package: "poppler-utils", isNeeded: true, roles: [.documentProcessor]),
        Tool(name: "pdftoppm", version: ["-v"], package: "poppler-utils", isNeeded: true, roles: [.documentProcessor]),
        Tool(name: "pdfinfo", version: ["-v"], package: "poppler-utils", isNeeded: true, roles: [.documentProcessor]),
        Tool(
            name: "tesseract", version: ["--version"], package: "tesseract-ocr", isNeeded: true,
            roles: [.documentProcessor, .videoProcessor]),
        Tool(name: "document-extractor", version: [], package: "flotilla", isNeeded: true, roles: [.documentProcessor]),
        Tool(name: "ffmpeg", version: ["-version"], package: "ffmpeg", isNeeded: true, roles: [.audioProcessor, .videoProcessor]),
        Tool(name: "ffprobe", version: ["-version"], package: "ffmpeg", isNeeded: true, roles: [.audioProcessor, .videoProcessor]),
        Tool(name: "antiword", version: [], package: "antiword", isNeeded: false, roles: [.documentProcessor]),
        Tool(name: "catdoc", version: ["-V"], package: "catdoc", isNeeded: false, roles: [.documentProcessor]),
        Tool(name: "soffice", version: ["--version"], package: "libreoffice-core", isNeeded: false, roles: [.documentProcessor]),
    ]

    /// What the processors of these roles need.
    static func run(_ settings: Settings, roles: [DaemonRole]) async -> [HealthFinding] {
        let runner = ChildRunner(concurrency: 2)
        let locator = ToolLocator()
        var findings: [HealthFinding] = []
        for tool in self.tools where tool.roles.contains(where: roles.contains) {
            guard let path = ToolLocator.besideThisProgram(tool.name) ?? locator.find(tool.name) else {
                if tool.isNeeded {
                    findings.append(
                        .failed("tool.\(tool.name)", "not found in PATH", fix: "install the package \(tool.package), or correct PATH"))
                }
                continue
            }
            // Some have no version to tell.
            if tool.version.isEmpty {
                findings.append(.ok("tool.\(tool.name)", path))
            } else if let version = await locator.version(of: path, arguments: tool.version, using: runner) {
                findings.append(.ok("tool.\(tool.name)", version))
            } else {
                findings.append(.warning("tool.\(tool.name)", "\(path) does not tell its version", fix: "run it by hand: is it broken?"))
            }
        }
        if roles.contains(.documentProcessor) || roles.contains(.videoProcessor) {
            findings.append(await self.languages(settings, locator, runner))
        }
        findings += self.engines(settings, locator, roles: roles)
        let sandbox = Sandbox.probe(using: runner)
        let evidence = "level \(sandbox.level.rawValue), network \(sandbox.networkIsolated ? "cut off" : "reachable")"
        if sandbox.level == .full {
            findings.append(.ok("sandbox", evidence))
        } else {
            findings.append(
                .warning(
                    "sandbox", "\(evidence): \(sandbox.reason ?? "")",
                    fix: "install bubblewrap and util-linux, and allow user namespaces: documents come from strangers"))
        }
        return findings
    }

    private static func languages(_ settings: Settings, _ locator: ToolLocator, _ runner: ChildRunner) async -> HealthFinding {
        guard let path = locator.find("tesseract") else { return .skipped("tool.tesseract.languages", "tesseract is missing") }
        let limits = ChildLimits(outputBytes: 64 << 10, wall: .seconds(10), grace: .milliseconds(200))
        let result = await runner.run(ChildCommand(path, ["--list-langs"], limits: limits))
        let installed = Set((result.text + "\n" + result.errorOutput.text).split(whereSeparator: \.isNewline).map(String.init))
        let wanted = settings[\.ocrLanguages].split(separator: "+").map(String.init)
        let missing = wanted.filter { !installed.contains($0) }
        if missing.isEmpty { return .ok("tool.tesseract.languages", wanted.joined(separator: ", ")) }
        return .failed(
            "tool.tesseract.languages", "missing: \(missing.joined(separator: ", "))",
            fix: "install \(missing.map { "tesseract-ocr-\($0)" }.joined(separator: " ")), or correct OCR_LANGUAGES")
    }

    /// The programs and models that the settings ask for.
    private static func engines(_ settings: Settings, _ locator: ToolLocator, roles: [DaemonRole]) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if roles.contains(.audioProcessor) || roles.contains(.videoProcessor) { findings.append(self.speech(settings, locator)) }
        if roles.contains(where: { $0 != .graphProcessor }), settings[\.translateTo] != nil, settings[\.translator] == .apertium {
            findings.append(
                locator.find("apertium").map { .ok("translation", $0) }
                    ?? .failed("translation", "apertium is not found in PATH", fix: "install apertium and the pair that is wanted"))
        }
        if roles.contains(.graphProcessor), let model = settings[\.nameModel] {
            findings.append(
                access(model, R_OK) == 0
                    ? .ok("names", model) : .failed("names", "the model \(model) cannot be read", fix: "correct NAME_MODEL"))
        }
        return findings
    }

    private static func speech(_ settings: Settings, _ locator: ToolLocator) -> HealthFinding {
        switch settings[\.speechEngine] {
        case .pocketsphinx:
            return locator.find("pocketsphinx_continuous").map {
                .warning(
                    "speech", "\($0): offline, English, many words are wrong",
                    fix: "for transcripts that people read set SPEECH_ENGINE to whisper or server (docs/accuracy.md)")
            }
                ?? .failed(
                    "speech", "pocketsphinx_continuous is not found in PATH",
                    fix: "install the packages pocketsphinx and pocketsphinx-en-us, or set SPEECH_ENGINE")
        case .whisper:
            let command = settings[\.whisperCommand]
            let model = settings[\.whisperModel] ?? ""
            if locator.find(command) == nil {
                return .failed("speech", "\(command) is not found", fix: "build whisper.cpp and correct WHISPER_COMMAND")
            }
            return access(model, R_OK) == 0
                ? .ok("speech", "\(command) with \(model)")
                : .failed("speech", "the model \(model) cannot be read", fix: "correct WHISPER_MODEL")
        case .server: return .ok("speech", "server \(settings[\.speechURL] ?? "")\(settings[\.speechPath])")
        }
    }
}
