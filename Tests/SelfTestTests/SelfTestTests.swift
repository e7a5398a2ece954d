import Glibc
import ServerHarness
import Testing

@testable import SelfTest

/// Where the programs are: beside the test bundle, unless FLEET_PROGRAMS says otherwise.
let programs = getenv("FLEET_PROGRAMS").map { String(cString: $0) } ?? ownDirectory()

/// The self-test as anyone runs it, and what its parts promise.
@Suite(.serialized) struct SelfTestTests {
    /// What each commit is tried with: two minutes. `make chaos` plays all.
    private static let scenarios = ["T01", "T03", "T04", "T10", "T16", "T17", "T21", "T23", "T24"]

    @Test(.timeLimit(.minutes(10))) func `flotilla selftest --short holds`() throws {
        let scratch = try ScratchDirectory(prefix: "flotilla-selftest-test")
        let process = try ChildProcess(
            "\(programs)/flotilla", ["selftest", "--short", "--only", Self.scenarios.joined(separator: ",")], log: "\(scratch.path)/log")
        let ending = process.wait()
        let text = readText("\(scratch.path)/log")
        print(text)
        #expect(ending == .exited(0))
        #expect(text.contains("unaccounted 0\n"))
        #expect(text.contains("every promise held"))
        // Each is there, held or skipped for a reason.
        for id in Self.scenarios {
            let row = text.split(separator: "\n").first { $0.hasPrefix("\(id)  ") } ?? ""
            #expect(row.contains("held") || row.contains("skipped: "), "\(id): \(row)")
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: [(SIGINT, Int32(130), "T19"), (SIGTERM, Int32(143), "T17,T19")])
    func `a signal ends the scenario and all that it started, and what came before is reported`(
        _ number: Int32, _ status: Int32, _ scenarios: String
    ) throws {
        let scratch = try ScratchDirectory(prefix: "flotilla-selftest-test")
        let directory = "\(scratch.path)/tmp"
        mkdir(directory, 0o755)
        // PostgreSQL, which is not root, must get there.
        chmod(scratch.path, 0o755)
        let log = "\(scratch.path)/log"
        let process = try ChildProcess(
            "\(programs)/flotilla", ["selftest", "--only", scenarios, "--short", "--duration", "10m", "--seed", "5"],
            environment: ["TMPDIR": directory], log: log)
        // Servers, workers and a scheduler are there.
        for _ in 0..<1_200 where !readText(log).contains("T19 random faults") || runningPrograms(with: directory).count < 6 {
            let ending = process.wait(milliseconds: 100)
            try #require(ending == nil, "\(readText(log))")
        }
        process.kill(number)
        #expect(process.wait(milliseconds: 40_000) == .exited(status))
        let text = readText(log)
        if scenarios.contains("T17") {
            #expect(text.split(separator: "\n").contains { $0.hasPrefix("T17  ") && $0.contains("held") }, "\(text)")
        }
        #expect(text.split(separator: "\n").contains { $0.hasPrefix("T19  ") && $0.contains("interrupted") }, "\(text)")
        #expect(text.contains("interrupted; every promise so far held; again with --seed 5"), "\(text)")
        // What is left is the guard's, for a moment.
        for _ in 0..<100 where !runningPrograms(with: directory).isEmpty || !fileNames(in: directory).isEmpty { usleep(50_000) }
        #expect(runningPrograms(with: directory) == [])
        #expect(fileNames(in: directory) == [])
    }

    @Test(.timeLimit(.minutes(5))) func `a seed repeats its faults, and another seed does not`() async throws {
        func faults(_ seed: UInt64) async throws -> [String] {
            var options = SelfTestRunner.Options(seed: seed)
            options.only = ["T02"]
            options.isShort = true
            options.jobs = 50
            options.programs = programs
            let report = try await SelfTestRunner(options) { _ in }.run()
            #expect(report.isHeld, "\(report.entries.flatMap(\.broken))")
            return report.entries.flatMap(\.scenes).flatMap(\.faults).map { "\($0.kind) \($0.victim)" }
        }
        let first = try await faults(7)
        #expect(first.count == 15)
        #expect(try await faults(7) == first)
        #expect(try await faults(8) != first)
    }

    @Test func `a scenario whose requirement is not met is skipped with the reason, and alone it is no success`() async throws {
        var options = SelfTestRunner.Options(seed: 1)
        options.only = ["T18"]
        options.programs = programs
        let report = try await SelfTestRunner(options) { _ in }.run()
        #expect(report.entries.map(\.verdict) == [.skipped("needs another build's programs: --previous DIR")])
        #expect(!report.isHeld)
    }

    @Test func `an unknown scenario and missing programs are refused`() async {
        var options = SelfTestRunner.Options(seed: 1)
        options.only = ["T99"]
        await #expect(throws: SelfTestError.self) { try await SelfTestRunner(options) { _ in }.run() }
        options.only = ["T01"]
        options.programs = "/nonexistent"
        await #expect(throws: SelfTestError.self) { try await SelfTestRunner(options) { _ in }.run() }
    }

    @Test func `ids are unique and the promises are said`() {
        let all = ScenarioCatalogue.all
        #expect(Set(all.map(\.id)).count == all.count)
        #expect(all.allSatisfy { !$0.title.isEmpty && !$0.promise.isEmpty })
    }

    @Test func `the generator is the same on every machine, and parts do not disturb each other`() {
        // Vectors of SplitMix64's reference implementation for the seed 1234567.
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        var (left, right) = (SeededGenerator(seed: 1, part: "T01"), SeededGenerator(seed: 1, part: "T02"))
        #expect(left.next() != right.next())
    }
}

/// Names in a directory.
private func fileNames(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// What runs with a path among its arguments or in its environment.
private func runningPrograms(with path: String) -> [String] {
    fileNames(in: "/proc").filter { name in
        Int32(name) != nil && (readText("/proc/\(name)/cmdline").contains(path) || readText("/proc/\(name)/environ").contains(path))
    }
}
