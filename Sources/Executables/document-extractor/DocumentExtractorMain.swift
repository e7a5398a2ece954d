@main
struct DocumentExtractorMain {
    static func main() {}
}
