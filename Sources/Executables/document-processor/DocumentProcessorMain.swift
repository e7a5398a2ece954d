import DocumentStages
import Flotilla
import FlotillaDaemon

@main
struct DocumentProcessorMain {
    static func main() {
        DaemonMain.run(role: .documentProcessor) { context in
            try await Processor.daemon(
                .document, context: context, migrations: DocumentAssembly.migrations,
                build: { connections, observer in
                    let embedders = DocumentAssembly.embedders(connections, context: context)
                    let handler = try await DocumentAssembly.handler(
                        connections, embedders: embedders, observer: observer, context: context)
                    return Processor.Parts(
                        handler: handler,
                        services: DocumentAssembly.services(connections, embedders: embedders, context: context))
                })
        }
    }
}
