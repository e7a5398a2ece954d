import DocumentStages
import Flotilla
import FlotillaDaemon

@main
struct DocumentProcessorMain {
    static func main() {
        DaemonMain.run(role: .documentProcessor) { context in
            try await Processor.daemon(
                .document, context: context, migrations: DocumentAssembly.migrations,
                makeHandler: { connections, observer in
                    try await DocumentAssembly.handler(connections, observer: observer, context: context)
                },
                services: { connections in DocumentAssembly.services(connections, context: context) })
        }
    }
}
