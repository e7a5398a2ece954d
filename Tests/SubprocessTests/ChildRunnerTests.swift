import Foundation
import Glibc
import Subprocess
import Testing
import Threading

/// Shells are what the tests run; the module itself never does.
private func shell(_ script: String, limits: ChildLimits = ChildLimits(wall: .seconds(20), grace: .milliseconds(100))) -> ChildCommand {
    ChildCommand("/bin/sh", ["-c", script], limits: limits)
}

private func openDescriptors() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }

private func isRunning(_ process: pid_t) -> Bool {
    // A zombie answers signal 0 as well; in a container without a real init, orphans may stay zombies.
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = stat.lastIndex(of: ")") else {
        return false
    }
    return !stat[end...].hasPrefix(") Z")
}

/// Whether a killed process is gone within a second: it closes its pipes a little before it is.
private func isGoneSoon(_ process: pid_t) async throws -> Bool {
    for _ in 0..<500 where isRunning(process) { try await Task.sleep(for: .milliseconds(2)) }
    return !isRunning(process)
}

/// One after the other, because some count the descriptors and children of the whole process.
@Suite(.serialized) enum ChildProcesses {}

extension ChildProcesses {
    @Suite struct ChildRunnerTests {
        let runner = ChildRunner(concurrency: 4)

        @Test func `output, errors and exit code come back`() async {
            let result = await self.runner.run(shell("echo out; echo err >&2; exit 7"))
            #expect(result.outcome == .exited(7))
            #expect(result.text == "out\n")
            #expect(result.errorOutput.text == "err\n")
            #expect(result.usage != nil)
        }

        @Test func `arguments reach the program as they are`() async {
            let arguments = ["$(id)", "a b", "*", "", "ünï", "-n", "\n"]
            let result = await self.runner.run(ChildCommand("printf", ["<%s>"] + arguments))
            #expect(result.text == arguments.map { "<\($0)>" }.joined())
        }

        @Test func `nothing of our environment, descriptors, signal mask or ignored signals is inherited`() async {
            setenv("FLOTILLA_TEST_SECRET", "x", 1)
            let leaked = open("/dev/null", O_RDONLY)
            defer { close(leaked) }
            signal(SIGPIPE, SIG_IGN)
            let result = await self.runner.run(shell("env; ls -1 /proc/self/fd | wc -l; grep -E 'Sig(Blk|Ign)' /proc/self/status"))
            #expect(!result.text.contains("SECRET"))
            #expect(result.text.contains("LANG=C.UTF-8"))
            // 0, 1, 2 and the directory that ls has open.
            #expect(result.text.contains("\n4\n"))
            #expect(result.text.contains("SigBlk:\t0000000000000000"))
            // All but 32 and 33, which glibc keeps for itself.
            #expect(result.text.contains("SigIgn:\t0000000180000000") || result.text.contains("SigIgn:\t0000000000000000"))
        }

        @Test func `standard input is empty, bytes or a file`() async throws {
            #expect(await self.runner.run(ChildCommand("cat")).output.isEmpty)
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
            #expect(await self.runner.run(ChildCommand("cat", input: .bytes(bytes))).output == bytes)
            // A child that does not read its input harms nobody.
            #expect(await self.runner.run(ChildCommand("true", input: .bytes(bytes))).outcome == .exited(0))
            #expect(await self.runner.run(ChildCommand("cat", input: .file("/proc/self/comm"))).outcome == .exited(0))
            #expect(
                await self.runner.run(ChildCommand("cat", input: .file("/nowhere"))).outcome
                    == .launchFailed(errno: ENOENT, step: "open the input file"))
        }

        @Test func `output may go to a file`() async throws {
            try await WorkDirectory.with(under: NSTemporaryDirectory() + "flotilla-test-\(getuid())") { directory in
                let file = directory.file("out")
                let result = await self.runner.run(ChildCommand("pwd", directory: directory.path, output: .file(file)))
                #expect(result.outcome == .exited(0))
                let written = try String(contentsOfFile: file, encoding: .utf8)
                #expect(written == directory.path + "\n")
            }
        }

        @Test func `a missing program is told from one that cannot start`() async {
            #expect(await self.runner.run(ChildCommand("no-such-tool")).outcome == .notFound("no-such-tool"))
            #expect(await self.runner.run(ChildCommand("/no/such/tool")).outcome == .notFound("/no/such/tool"))
            #expect(
                await self.runner.run(ChildCommand("true", directory: "/no/such")).outcome
                    == .launchFailed(errno: ENOENT, step: "start the program"))
            #expect(
                await self.runner.run(ChildCommand("echo", ["a\0b"])).outcome
                    == .launchFailed(errno: EINVAL, step: "argument or environment with a NUL byte"))
        }

        @Test func `a crash is a signal`() async {
            #expect(await self.runner.run(shell("kill -SEGV $$")).outcome == .signalled(SIGSEGV))
        }

        @Test func `a child that runs too long gets SIGTERM`() async {
            let result = await self.runner.run(
                shell("trap 'echo bye; exit 0' TERM; sleep 60 & wait", limits: ChildLimits(wall: .milliseconds(200), grace: .seconds(5))))
            #expect(result.outcome == .timedOut)
            #expect(result.text == "bye\n")
            #expect(result.elapsed < .seconds(2))
        }

        @Test func `a child that ignores SIGTERM gets SIGKILL`() async {
            let result = await self.runner.run(
                shell(
                    "trap '' TERM; while :; do sleep 0.01; done", limits: ChildLimits(wall: .milliseconds(100), grace: .milliseconds(100))))
            #expect(result.outcome == .timedOut)
            #expect(result.elapsed >= .milliseconds(200))
            #expect(result.elapsed < .seconds(2))
        }

        @Test func `cancelling the task kills the whole group`() async throws {
            let runner = self.runner
            let name = NSTemporaryDirectory() + "flotilla-cancel-\(getpid())"
            mkfifo(name, 0o600)
            defer { unlink(name) }
            let task = Task { await runner.run(shell("trap '' TERM; sleep 60 & echo $! > \(name); wait")) }
            // Opening a FIFO waits for the child, without a pause of fixed length.
            let line = try await Self.firstLine(of: name)
            task.cancel()
            let result = await task.value
            #expect(result.outcome == .cancelled)
            #expect(try await isGoneSoon(try #require(pid_t(line))))
        }

        @Test func `a task that was cancelled before starts nothing`() async {
            let runner = self.runner
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await runner.run(ChildCommand("true"))
            }
            #expect(await task.value.outcome == .cancelled)
        }

        @Test func `background processes end with the child`() async throws {
            let result = await self.runner.run(shell("sleep 60 & echo $!; exit 3"))
            #expect(result.outcome == .exited(3))
            #expect(result.elapsed < .seconds(2))
            #expect(try await isGoneSoon(try #require(pid_t(result.text.dropLast()))))
        }

        @Test func `a flood of output is cut and killed`() async {
            let result = await self.runner.run(
                ChildCommand("yes", limits: ChildLimits(outputBytes: 1 << 20, wall: .seconds(20))))
            #expect(result.outcome == .outputLimit)
            #expect(result.output.count == 1 << 20)
        }

        @Test func `exactly as much output as allowed is fine`() async {
            let result = await self.runner.run(
                ChildCommand("head", ["-c", "1000", "/dev/zero"], limits: ChildLimits(outputBytes: 1000, wall: .seconds(20))))
            #expect(result.outcome == .exited(0))
            #expect(result.output.count == 1000)
        }

        @Test func `a flood of errors keeps its head and its tail`() async {
            let result = await self.runner.run(shell("seq 1 200000 >&2"))
            #expect(result.outcome == .exited(0))
            #expect(result.errorOutput.text.hasPrefix("1\n2\n"))
            #expect(result.errorOutput.text.hasSuffix("\n200000\n"))
            #expect(result.errorOutput.text.utf8.count < 5000)
            #expect(result.errorOutput.total == 1_288_895)
        }

        @Test func `a child may close its pipes early`() async {
            let result = await self.runner.run(shell("exec >&- 2>&-; sleep 0.1; exit 4"))
            #expect(result.outcome == .exited(4))
        }

        // In processes of their own, since other suites start children and open files meanwhile.
        @Test func `a hundred children leave no descriptor and no zombie`() async {
            await #expect(processExitsWith: .success) {
                let runner = ChildRunner(concurrency: 4)
                _ = await runner.run(ChildCommand("true"))
                let before = openDescriptors()
                await withTaskGroup(of: Void.self) { group in
                    for index in 0..<100 {
                        group.addTask {
                            let result = await runner.run(index % 3 == 0 ? ChildCommand("/no/such") : ChildCommand("echo", ["\(index)"]))
                            #expect(index % 3 == 0 ? result.outcome == .notFound("/no/such") : result.text == "\(index)\n")
                        }
                    }
                }
                #expect(openDescriptors() == before)
                var info = siginfo_t()
                #expect(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD)
            }
        }

        @Test func `children are waited for even where the parent was started with SIGCHLD ignored`() async {
            await #expect(processExitsWith: .success) {
                signal(SIGCHLD, SIG_IGN)
                #expect(await ChildRunner(concurrency: 1).run(shell("exit 3")).outcome == .exited(3))
                // And if it is set again meanwhile, the result is never mistaken for success.
                let runner = ChildRunner(concurrency: 1)
                signal(SIGCHLD, SIG_IGN)
                #expect(await runner.run(shell("exit 3")).outcome == .launchFailed(errno: ECHILD, step: "learn how it ended"))
            }
        }

        @Test func `a subreaper catches a grandchild that left the group`() async {
            await #expect(processExitsWith: .success) {
                let runner = ChildRunner(concurrency: 2, subreaper: true)
                let result = await runner.run(shell("setsid sh -c 'echo $$; exec sleep 60' & read line < /dev/null; sleep 0.1; exit 5"))
                #expect(result.outcome == .exited(5))
                let escaped = try #require(pid_t(result.text.dropLast()))
                #expect(!isRunning(escaped))
                #expect(kill(escaped, 0) == -1)
            }
        }

        @Test func `a tool's version is found on either stream`() async {
            let tools = ToolLocator()
            #expect(
                await tools.version(of: "sh", arguments: ["-c", "echo tool version 1.2 >&2; exit 99"], using: self.runner)
                    == "tool version 1.2"
            )
            #expect(await tools.version(of: "no-such-tool", using: self.runner) == nil)
            #expect(ToolLocator(path: "/nowhere:/usr/bin").find("env") == "/usr/bin/env")
            #expect(tools.find("") == nil)
            #expect(tools.find("/etc/passwd") == nil)
        }

        @Test func `what a pool has run is not kept`() async throws {
            final class Load: Sendable {}
            let pool = ThreadPool(name: "test", threads: 1)
            weak var kept: Load?
            do {
                let load = Load()
                kept = load
                try await pool.run { withExtendedLifetime(load) {} }
            }
            // The thread lets go of a closure before it takes the next one.
            try await pool.run {}
            #expect(kept == nil)
        }

        private static func firstLine(of path: String) async throws -> String {
            try await ThreadPool(name: "test", threads: 1).run {
                let file = open(path, O_RDONLY)
                defer { close(file) }
                var buffer = [UInt8](repeating: 0, count: 100)
                let count = read(file, &buffer, buffer.count)
                return String(decoding: buffer[..<max(0, count)].prefix { $0 != 10 }, as: UTF8.self)
            }
        }
    }
}
