@main
struct FlotillaMain {
    static func main() {}
}
