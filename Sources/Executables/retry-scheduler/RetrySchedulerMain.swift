@main
struct RetrySchedulerMain {
    static func main() {}
}
