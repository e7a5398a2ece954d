import Foundation

/// One run of the program, as `make fuzz` starts it.
struct FuzzRun {
    /// Beside the test bundle, where the build puts all programs.
    private static let program =
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "fuzz")

    let output: String
    let status: Int32

    /// - Parameter environment: added to this process's own.
    init(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        self.output = String(decoding: bytes, as: UTF8.self)
        self.status = process.terminationStatus
    }

    /// The indexes and the reasons of the defects that were reported.
    var defects: [(index: Int, reason: String)] {
        self.output.split(separator: "\n").filter { $0.hasPrefix("  defect: ") }.compactMap { line in
            guard let index = line.firstRange(of: "index="), let reason = line.firstRange(of: " reason="),
                let number = Int(line[index.upperBound..<reason.lowerBound])
            else { return nil }
            return (number, String(line[reason.upperBound...]))
        }
    }
}
