import Foundation
import Glibc
import Subprocess
import Testing

extension ChildProcesses {
    @Suite struct SandboxTests {
        static let runner = ChildRunner(concurrency: 2)
        static let levels: [Sandbox] = [
            .probe(using: runner), .probe(using: runner, strongest: .limits), .probe(using: runner, strongest: .none),
        ]
        static var enforcing: [Sandbox] { Self.levels.filter { $0.level != .none } }
        static let limits = ChildLimits(wall: .seconds(20), grace: .milliseconds(100))

        private func run(_ sandbox: Sandbox, _ script: String, limits: ChildLimits = Self.limits, access: Sandbox.Access = .init()) async
            -> ChildResult
        {
            await Self.runner.run(sandbox.wrap(ChildCommand("sh", ["-c", script], limits: limits), access: access))
        }

        @Test(arguments: Self.levels.indices) func `results look the same at every level`(index: Int) async {
            let sandbox = Self.levels[index]
            let result = await self.run(sandbox, "cat; echo err >&2; exit 9")
            #expect(result.outcome == .exited(9))
            #expect(result.errorOutput.text == "err\n")
            #expect(await self.run(sandbox, "kill -SEGV $$").outcome == .signalled(SIGSEGV))
            #expect(await Self.runner.run(sandbox.wrap(ChildCommand("no-such-tool"))).outcome == .notFound("no-such-tool"))
            #expect((sandbox.reason == nil) == (sandbox.level == .full))
        }

        @Test(arguments: Self.enforcing.indices) func `the kernel's limits hold`(index: Int) async {
            let sandbox = Self.enforcing[index]
            var limits = Self.limits
            limits.cpuSeconds = 1
            limits.fileSizeBytes = 10_000
            limits.addressSpaceBytes = 200 << 20
            #expect(await self.run(sandbox, "while :; do :; done", limits: limits).outcome == .cpuLimit)
            #expect(
                await self.run(sandbox, "exec dd if=/dev/zero of=/tmp/flotilla-fsize-test bs=1000 count=100", limits: limits).outcome
                    == .outputLimit)
            unlink("/tmp/flotilla-fsize-test")
            #expect(await self.run(sandbox, "exec dd if=/dev/zero of=/dev/null bs=400M count=1", limits: limits).outcome != .exited(0))
            #expect(await self.run(sandbox, "ulimit -c").text == "0\n")
        }

        @Test(arguments: Self.enforcing.indices) func `there is no network`(index: Int) async {
            let sandbox = Self.enforcing[index]
            guard sandbox.networkIsolated else { return }
            #expect(await self.run(sandbox, "tail -n +2 /proc/net/route | wc -l").text == "0\n")
        }

        @Test func `a fully sandboxed program sees only what it was given`() async throws {
            guard let sandbox = Self.levels.first, sandbox.level == .full else { return }
            let root = NSTemporaryDirectory() + "flotilla-sandbox-test-\(getuid())"
            try await WorkDirectory.with(under: root) { work in
                try await WorkDirectory.with(under: root) { other in
                    try "secret".write(toFile: other.file("secret"), atomically: false, encoding: .utf8)
                    try "input".write(toFile: other.file("in put"), atomically: false, encoding: .utf8)
                    let access = Sandbox.Access(readOnly: [other.file("in put")], workDirectory: work.path)
                    let script = """
                        pwd; cat '\(other.path)/in put'; ls \(other.path); echo x > '\(other.path)/in put'; echo out > \(work.path)/out
                        ls /home /root /etc/shadow; id -u; ls /proc | grep -c '^[0-9]'
                        """
                    let result = await self.run(sandbox, script, access: access)
                    #expect(result.text.hasPrefix("\(work.path)\ninputin put\n"))
                    #expect(!result.text.contains("secret"))
                    let written = try String(contentsOfFile: other.file("in put"), encoding: .utf8)
                    #expect(written == "input")
                    let untouched = try String(contentsOfFile: work.file("out"), encoding: .utf8)
                    #expect(untouched == "out\n")
                    #expect(result.errorOutput.text.contains("/etc/shadow"))
                }
            }
        }

        @Test func `a fully sandboxed child takes everything it started with it`() async throws {
            guard let sandbox = Self.levels.first, sandbox.level == .full else { return }
            let marker = "31\(getpid())"
            var limits = Self.limits
            limits.wall = .milliseconds(300)
            let result = await self.run(sandbox, "trap '' TERM; setsid sleep \(marker) & setsid sleep \(marker) & wait", limits: limits)
            #expect(result.outcome == .timedOut)
            // The namespace dies with its first process; the kernel does that behind our back, so allow it a moment.
            var left = 1
            for _ in 0..<200 where left > 0 {
                left = FileManager.default.subpaths(marker)
                if left > 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(left == 0)
        }

        @Test(arguments: Self.levels.indices) func `temporary files of tools go with the work directory`(index: Int) async throws {
            let sandbox = Self.levels[index]
            try await WorkDirectory.with(under: NSTemporaryDirectory() + "flotilla-sandbox-test-\(getuid())") { work in
                let result = await self.run(sandbox, "echo $HOME ${TMPDIR-/tmp}", access: .init(workDirectory: work.path))
                #expect(result.text == (sandbox.level == .full ? "/tmp /tmp\n" : "\(work.path) \(work.path)\n"))
            }
        }

        @Test func `its own temporary space is bounded`() async {
            guard let sandbox = Self.levels.first, sandbox.level == .full else { return }
            var limits = Self.limits
            limits.tmpfsBytes = 1 << 20
            let result = await self.run(sandbox, "exec dd if=/dev/zero of=/tmp/big bs=64k count=100", limits: limits)
            #expect(result.outcome == .exited(1))
            #expect(result.errorOutput.text.contains("No space left"))
        }

        @Test func `a program outside the system directories runs in it too`() async throws {
            guard let sandbox = Self.levels.first else { return }
            try await WorkDirectory.with(under: NSTemporaryDirectory() + "flotilla-sandbox-test-\(getuid())") { work in
                let program = work.file("tool")
                try FileManager.default.copyItem(atPath: "/usr/bin/printf", toPath: program)
                let result = await Self.runner.run(sandbox.wrap(ChildCommand(program, ["%s", "hello"], limits: Self.limits)))
                #expect(result.text == "hello")
            }
        }
    }
}
extension FileManager {
    /// How many processes have `marker` as an argument.
    fileprivate func subpaths(_ marker: String) -> Int {
        let processes = (try? self.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { name in
            guard Int(name) != nil, let line = self.contents(atPath: "/proc/\(name)/cmdline") else { return false }
            return line.split(separator: 0).last.map { String(decoding: $0, as: UTF8.self) } == marker
        }.count
    }
}
