import FlotillaDaemon
import Processors

@main
struct VideoProcessorMain {
    static func main() {
        DaemonMain.run(role: .videoProcessor) { try await VideoProcessor.daemon($0) }
    }
}
