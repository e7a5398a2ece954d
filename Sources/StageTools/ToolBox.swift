internal import DocumentFormats
import Glibc
package import JSONText
public import Subprocess

/// Runs the programs that read untrusted files: each in the sandbox, with limits, never through a shell.
public struct ToolBox: Sendable {
    let runner: ChildRunner
    let sandbox: Sandbox
    let extractor: String
    /// Programs that may run at once; pages are recognised so many at a time.
    package let slots: Int
    private let locator = ToolLocator()
    /// Is told each program before it is started, and can stop it by throwing: for tests that count children or end a stage in its middle.
    package var willRun: (@Sendable (_ program: String, _ arguments: [String]) throws -> Void)?

    /// - Parameters:
    ///   - runner: shared by the whole process, so that its concurrency bounds all documents together.
    ///   - extractor: path of `document-extractor`; nil looks beside the running program, then in `PATH`.
    ///   - slots: the runner's concurrency; nil takes the number of cores.
    public init(runner: ChildRunner, sandbox: Sandbox, extractor: String? = nil, slots: Int? = nil) {
        self.runner = runner
        self.sandbox = sandbox
        self.extractor = extractor ?? ToolLocator.besideThisProgram("document-extractor") ?? "document-extractor"
        self.slots = max(1, slots ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Whether a program is installed.
    package func has(_ name: String) -> Bool { self.locator.find(name) != nil }

    /// Whether what a child starts ends with it in any case: below a full sandbox, only the child itself dies with us.
    package var endsGrandchildren: Bool { self.sandbox.level == .full }

    /// Where an installed program is; absolute.
    package func path(of name: String) -> String? { self.locator.find(name) }

    /// `name 5.3.0`, for the record; only the name when it is missing.
    package func version(of name: String, _ arguments: [String]) async -> String {
        guard let line = await self.locator.version(of: name, arguments: arguments, using: self.runner) else { return name }
        let number = line.split(separator: " ").first { $0.contains { $0.isNumber } }
        return number.map { "\(name) \($0)" } ?? name
    }

    /// Changes when one of these programs is installed, replaced or removed.
    package func stamp(of programs: [String]) -> String { FileStamp.of(programs.map { self.locator.find($0) ?? $0 }) }

    /// Runs a program to its end, whatever its exit status.
    ///
    /// - Parameter environment: set beside what every child gets.
    /// - Throws: ``StageFailure`` when it did not run or was stopped; `CancellationError`.
    package func run(
        _ program: String, _ arguments: [String], reading files: [String], writing directory: String? = nil,
        environment: [String: String] = [:], input: ChildCommand.Input = .empty, output: ChildCommand.Output = .bytes, limits: ChildLimits
    ) async throws -> ChildResult {
        var command = ChildCommand(program, arguments, input: input, output: output, limits: limits)
        command.environment.merge(environment) { $1 }
        command.environment["SWIFT_BACKTRACE"] = "enable=no"
        command.directory = directory
        try self.willRun?(program, arguments)
        let result = await self.runner.run(self.sandbox.wrap(command, access: .init(readOnly: files, workDirectory: directory)))
        let name = program.split(separator: "/").last.map(String.init) ?? program
        let detail = result.errorOutput.text
        switch result.outcome {
        case .cancelled: throw CancellationError()
        case .notFound:
            throw StageFailure(
                .toolMissing, "The program \(name) is not installed on this worker (Debian package \(Self.package(of: name))).")
        case .launchFailed(let code, let step):
            throw StageFailure(
                code == ENOSPC ? .diskFull : .environment, "\(name) could not be started (\(step)): \(String(cString: strerror(code))).")
        case .timedOut: throw StageFailure(.timeout, "\(name) was stopped after \(limits.wall.components.seconds) seconds.", detail: detail)
        case .cpuLimit:
            throw StageFailure(
                .tooLarge, "\(name) used more than \(limits.cpuSeconds) seconds of computing time on this file.", detail: detail)
        case .outputLimit: throw StageFailure(.tooLarge, "\(name) produced more output than allowed.", detail: detail)
        case .exited(let status) where status != 0:
            if detail.contains("No space left on device") || directory.map(Self.isFull) ?? false {
                throw StageFailure(.diskFull, "The work directory's disk is full.", detail: detail)
            }
            if detail.hasPrefix("bwrap: ") || status == 127 && detail.contains("shared librar") {
                throw StageFailure(.environment, "\(name) could not be started in its sandbox.", detail: detail)
            }
            return result
        case .exited, .signalled: return result
        }
    }

    /// Runs `document-extractor` and reads its answer.
    ///
    /// - Throws: ``StageFailure`` with the extractor's own reason.
    package func extract(
        _ verb: String, _ file: String, options: [String] = [], writing directory: String? = nil, limits: ChildLimits = Self.extractorLimits
    ) async throws -> JSONValue {
        let result = try await self.run(self.extractor, [verb, file] + options, reading: [file], writing: directory, limits: limits)
        let detail = result.errorOutput.text
        guard case .exited(let status) = result.outcome else {
            if result.outcome == .signalled(SIGKILL) {
                throw StageFailure(.killed, "The reader was killed, most likely for memory.", detail: detail)
            }
            throw StageFailure(.readerCrashed, "The \(verb) reader ran out of memory or crashed on this file.", detail: detail)
        }
        // The parser throws for damaged output, which says the same as no output.
        let answer = try? JSONValue(parsing: result.output)
        if status == 0, let answer { return answer }
        let reason = answer?["error"]?.string ?? "The \(verb) reader failed with status \(status)."
        switch FormatError.Code(rawValue: status) {
        case .encrypted: throw StageFailure(.encrypted, reason)
        case .corrupt: throw StageFailure(.corrupt, reason)
        case .unsupported: throw StageFailure(.unsupported, reason)
        case .tooLarge: throw StageFailure(.tooLarge, reason)
        case .empty: throw StageFailure(.empty, reason)
        case .unreadable: throw StageFailure(reason.contains("No space left") ? .diskFull : .environment, reason)
        case nil: throw StageFailure(.toolFailed, reason, detail: detail)
        }
    }

    package static let extractorLimits = ChildLimits(
        cpuSeconds: 120, addressSpaceBytes: 2 << 30, fileSizeBytes: 512 << 20, outputBytes: 128 << 20, wall: .seconds(480))

    /// Less than 1 MiB left where `directory` lies.
    private static func isFull(_ directory: String) -> Bool {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return false }
        return status.f_bavail.multipliedReportingOverflow(by: UInt(status.f_frsize)).partialValue < 1 << 20
    }

    private static func package(of tool: String) -> String {
        switch tool {
        case "pdfinfo", "pdftotext", "pdftoppm", "pdfimages": "poppler-utils"
        case "tesseract": "tesseract-ocr"
        case "document-extractor": "flotilla"
        default: tool
        }
    }
}
