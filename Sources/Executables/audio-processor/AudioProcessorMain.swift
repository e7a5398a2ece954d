import FlotillaDaemon
import Processors

@main
struct AudioProcessorMain {
    static func main() {
        DaemonMain.run(role: .audioProcessor) { try await AudioProcessor.daemon($0) }
    }
}
