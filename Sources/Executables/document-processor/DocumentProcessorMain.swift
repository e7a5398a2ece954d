import FlotillaDaemon
import Processors

@main
struct DocumentProcessorMain {
    static func main() {
        DaemonMain.run(role: .documentProcessor) { try await DocumentProcessor.daemon($0) }
    }
}
