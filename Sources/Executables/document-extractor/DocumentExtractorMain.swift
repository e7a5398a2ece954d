import DocumentFormats
import Glibc

/// Reads one untrusted file inside a sandbox and prints its text as JSON. Holds nothing worth stealing and knows nothing else.
@main
struct DocumentExtractorMain {
    static func main() {
        let (output, status) = ExtractorCommand.run(Array(CommandLine.arguments.dropFirst()))
        var written = 0
        while written < output.count {
            let count = output.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), output.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { exit(74) }
            written += count
        }
        exit(status)
    }
}
