import Glibc
internal import JSONText

/// What `document-extractor` does, as a value: the program runs inside a sandbox and reads one hostile file.
///
/// ```
/// document-extractor detect FILE [--name NAME]
/// document-extractor KIND   FILE [--charset NAME] [--output DIRECTORY]
/// document-extractor pdf-survey FILE DIRECTORY --pdftotext PATH --pdfinfo PATH --pdfimages PATH [--max-pages N]
/// document-extractor pdf-columns FILE        (of pdftotext -bbox-layout)
/// document-extractor pdf-salvage IN OUT
/// document-extractor despeckle|rotate-90|rotate-180|rotate-270 IN.pgm OUT.pgm
/// ```
/// Prints one line of JSON. Exit status: 0, a ``FormatError/Code``, or 64 for wrong usage; a failure prints `{"error": …}`.
public enum ExtractorCommand {
    public static let wrongUsage: Int32 = 64

    /// - Returns: what to print, and the exit status.
    public static func run(_ arguments: [String]) -> (output: [UInt8], status: Int32) {
        var positional: [String] = []
        var options: [String: String] = [:]
        var limits = FormatLimits()
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            // Paths are given absolute, so nothing that a user named begins with a dash.
            if argument.hasPrefix("--"), index + 1 < arguments.count {
                options[String(argument.dropFirst(2))] = arguments[index + 1]
                index += 2
            } else {
                positional.append(argument)
                index += 1
            }
        }
        if let pages = options["max-pages"].flatMap({ Int($0) }), pages > 0 { limits.pages = pages }
        if let bytes = options["max-inflated"].flatMap({ Int($0) }), bytes > 0 { limits.inflatedBytes = bytes }
        if let bytes = options["max-text"].flatMap({ Int($0) }), bytes > 0 { limits.textBytes = bytes }
        guard positional.count >= 2 else { return Self.failure("usage: document-extractor detect|KIND FILE", Self.wrongUsage) }
        do {
            return (try Self.work(positional, options, limits) + [0x0A], 0)
        } catch let error as FormatError {
            return Self.failure(error.description, error.code.rawValue)
        } catch {
            return Self.failure("\(error)", FormatError.Code.corrupt.rawValue)
        }
    }

    private static func work(_ arguments: [String], _ options: [String: String], _ limits: FormatLimits) throws -> [UInt8] {
        let path = arguments[1]
        switch arguments[0] {
        case "detect": return try FormatDetector.detect(path: path, name: options["name"] ?? "", limits: limits).json.jsonBytes
        case "despeckle", "rotate-90", "rotate-180", "rotate-270":
            guard arguments.count == 3 else { throw FormatError(.unsupported, "Two pictures are needed: from and to.") }
            let image = try GrayImage(path: path, limits: limits)
            let result = arguments[0] == "despeckle" ? image.despeckled() : image.rotated(by: Int(arguments[0].dropFirst(7)) ?? 0)
            try result.write(to: arguments[2])
            return Array("{}".utf8)
        case "pdf-salvage":
            guard arguments.count == 3 else { throw FormatError(.unsupported, "Two files are needed: from and to.") }
            try PDFSalvage.salvage(path: path, to: arguments[2], limits: limits)
            return Array("{}".utf8)
        case "pdf-survey":
            guard arguments.count == 3, let text = options["pdftotext"], let info = options["pdfinfo"], let images = options["pdfimages"]
            else { throw FormatError(.unsupported, "A directory and the paths of three programs are needed.") }
            return try PDFSurvey(pdftotext: text, pdfinfo: info, pdfimages: images).run(path: path, folder: arguments[2], limits: limits)
                .jsonBytes
        case "pdf-columns": return try PDFColumns.read(path: path, limits: limits).json.jsonBytes
        case let name:
            guard let kind = DocumentKind(rawValue: name) else { throw FormatError(.unsupported, "There is no reader for \(name).") }
            return try DocumentReader.read(
                path: path, kind: kind, charset: options["charset"], outputDirectory: options["output"], limits: limits
            ).json.jsonBytes
        }
    }

    private static func failure(_ message: String, _ status: Int32) -> ([UInt8], Int32) {
        (JSONValue.object([.init("error", .string(message))]).jsonBytes + [0x0A], status)
    }
}
