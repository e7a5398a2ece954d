import SelfTest

/// The worker of the self-test as a program of its own, which links no documents: what the tests of the fleet start.
@main
struct FleetWorkerMain {
    static func main() { SelfTestWorker.run() }
}
