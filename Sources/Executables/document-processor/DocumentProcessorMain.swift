@main
struct DocumentProcessorMain {
    static func main() {}
}
