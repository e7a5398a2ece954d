internal import Corpus
internal import DocumentFormats
internal import StageTools
internal import Subprocess

/// Word and Excel files from before 2007.
struct LegacyOfficeExtractor: Sendable {
    let tools: ToolBox

    private static let limits = ChildLimits(
        cpuSeconds: 60, addressSpaceBytes: 512 << 20, fileSizeBytes: 64 << 20, outputBytes: 64 << 20, wall: .seconds(240))

    /// antiword 0.37 reads behind the end of small blocks. Where the heap ends there it crashes, as chance lays out the memory: 582 times in
    /// 1,500 on one file. With room behind the heap it gave the same text 1,500 times.
    private static let environment = ["MALLOC_TOP_PAD_": "16777216"]

    func extract(_ file: String, kind: DocumentKind) async throws -> ExtractedDocument {
        // antiword reads better; catdoc reads more.
        let attempts: [(String, [String])] =
            kind == .doc
            ? [("antiword", ["-w", "0", "-m", "UTF-8.txt", file]), ("catdoc", ["-d", "utf-8", "-w", file])]
            : [("xls2csv", ["-d", "utf-8", "-q", "0", "-c", "|", file])]
        var complaints: [String] = []
        guard attempts.contains(where: { self.tools.has($0.0) }) else {
            throw StageFailure(.toolMissing, "Neither antiword nor catdoc is installed on this worker.")
        }
        for (tool, arguments) in attempts where self.tools.has(tool) {
            let result = try await self.tools.run(tool, arguments, reading: [file], environment: Self.environment, limits: Self.limits)
            let said = result.errorOutput.text
            if said.lowercased().contains("encrypted") || result.text.hasPrefix("[This document is encrypted]") {
                throw StageFailure(.encrypted, "The document is protected by a password.")
            }
            complaints.append("\(tool): \(said)")
            guard result.outcome.isSuccess, TextShape(result.text).letters > 0 else { continue }
            let pages = result.text.utf8.split(separator: 0x0C).map { String(Substring($0)) }.filter { TextShape($0).letters > 0 }
            return ExtractedDocument(
                pages: pages.enumerated().map { ExtractedPage(number: $0.offset + 1, text: Self.tidy($0.element, kind), method: .native) },
                tools: [tool])
        }
        throw StageFailure(
            .corrupt, "The document is damaged or empty: no text can be read from it.", detail: complaints.joined(separator: "\n"))
    }

    /// Cells apart, and without the empty ones at the ends of rows.
    private static func tidy(_ text: String, _ kind: DocumentKind) -> String {
        guard kind == .xls else { return text }
        return text.split(whereSeparator: \.isNewline).map { line in
            var cells = line.split(separator: "|", omittingEmptySubsequences: false)
            while cells.last?.isEmpty ?? false { cells.removeLast() }
            return cells.joined(separator: " | ")
        }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
