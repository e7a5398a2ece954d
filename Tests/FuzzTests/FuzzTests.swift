@testable import fuzz
import Testing

@Suite struct FuzzTests {
    /// The inputs of a proof that set off its fault, found without running it.
    private func fatal(_ target: FuzzTarget, seed: UInt64, inputs: Int) -> [Int] {
        let mutator = Mutator(target, seed: seed)
        return (0..<inputs).filter { FuzzTargets.isFatal(mutator.input(at: $0).bytes) }
    }

    private func run(_ target: FuzzTarget, seed: UInt64, inputs: Int, hangSeconds: Int = 60) throws -> FuzzRun {
        try FuzzRun(
            [],
            [
                "FUZZ_TARGET": target.name, "FUZZ_SEED": "\(seed)", "FUZZ_INPUTS": "\(inputs)", "FUZZ_HANG_SECONDS": "\(hangSeconds)",
                "FUZZ_SLOW_MILLISECONDS": "100",
            ])
    }

    @Test func `a trap is reported with its input, and the run goes on behind it`() throws {
        let expected = Array(self.fatal(FuzzTargets.trapping, seed: 7, inputs: 600).prefix(10))
        try #require(expected.count > 1)
        let run = try self.run(FuzzTargets.trapping, seed: 7, inputs: 600)
        #expect(run.defects.map(\.index) == expected)
        #expect(run.defects.allSatisfy { $0.reason.hasPrefix("trap: SIG") })
        #expect(run.status == 1)
        #expect(run.output.contains("replay: fuzz replay proof-trap 7 \(expected[0])"))
    }

    @Test func `a hang is killed and reported with its input`() throws {
        let first = try #require(self.fatal(FuzzTargets.hanging, seed: 7, inputs: 600).first)
        let run = try self.run(FuzzTargets.hanging, seed: 7, inputs: first + 1, hangSeconds: 4)
        #expect(run.defects.map(\.index) == [first])
        #expect(run.defects.first?.reason == "hang: no end within 4 s")
    }

    @Test(arguments: [FuzzTargets.slow.name, FuzzTargets.greedy.name, FuzzTargets.promising.name])
    func `what is slow, greedy or false is reported with its input`(name: String) throws {
        let target = try #require(FuzzTargets.proofs.first { $0.name == name })
        let first = try #require(self.fatal(target, seed: 7, inputs: 600).first)
        let run = try self.run(target, seed: 7, inputs: first + 1)
        #expect(run.defects.map(\.index) == [first])
        let prefix = try #require(["proof-slow": "slow: ", "proof-memory": "memory: ", "proof-promise": "promise: "][name])
        #expect(run.defects.first?.reason.hasPrefix(prefix) == true)
    }

    @Test func `an input is made again from its index alone`() throws {
        for target in FuzzTargets.all.prefix(8) {
            let (once, again) = (Mutator(target, seed: 9), Mutator(target, seed: 9))
            let forwards = (0..<50).map { once.input(at: $0).bytes }
            let backwards = (0..<50).reversed().map { again.input(at: $0).bytes }
            #expect(forwards == backwards.reversed())
            #expect(forwards != (0..<50).map { Mutator(target, seed: 10).input(at: $0).bytes })
            #expect(forwards.allSatisfy { $0.count <= target.maximumBytes })
        }
    }

    @Test func `a replay runs the one input and says what came of it`() throws {
        let first = try #require(self.fatal(FuzzTargets.promising, seed: 7, inputs: 600).first)
        let run = try FuzzRun(["replay", "proof-promise", "7", "\(first)"])
        #expect(run.status == 1)
        #expect(run.output.contains("broken promise: the fourth byte is an exclamation mark"))
        #expect(try FuzzRun(["replay", "proof-promise", "7", "0"]).status == 0)
        #expect(try FuzzRun(["replay", "no-such-target", "7", "0"]).status == 2)
    }

    @Test func `a short run of every target finds nothing`() throws {
        #expect(Set(FuzzTargets.all.map(\.name)).count == FuzzTargets.all.count)
        let run = try FuzzRun(
            [], ["FUZZ_INPUTS": "3000", "FUZZ_SEED": "1", "FUZZ_TARGET": "", "FUZZ_HANG_SECONDS": "60", "FUZZ_TARGET_MILLISECONDS": "80"])
        for target in FuzzTargets.all { #expect(run.output.contains("\n\(target.name) "), "\(target.name) did not run") }
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.hasSuffix("0 defects\n"))
    }
}
