import FlotillaDaemon
import Processors

@main
struct GraphProcessorMain {
    static func main() {
        DaemonMain.run(role: .graphProcessor) { try await GraphProcessor.daemon($0) }
    }
}
