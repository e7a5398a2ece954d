import Glibc

/// Feeds mutated inputs to every parser, each target in a process of its own. docs/proof.md tells how to read and replay what it finds.
///
///     fuzz [run]                              FUZZ_INPUTS, FUZZ_SEED and FUZZ_TARGET (names, with commas between) choose
///     fuzz list                               the targets
///     fuzz replay TARGET SEED INDEX [FILE]    one input again, in this process; FILE receives its bytes
///     fuzz file TARGET FILE                   the bytes of a file as input
@main
struct FuzzMain {
    static func main() {
        do {
            exit(try self.run(Array(CommandLine.arguments.dropFirst())))
        } catch {
            complain("fuzz: \(error)")
            exit(2)
        }
    }

    private static func run(_ words: [String]) throws -> Int32 {
        switch words.first ?? "run" {
        case "run" where words.count <= 1: return try self.campaign()
        case "list" where words.count == 1:
            for target in FuzzTargets.all { emit(target.name) }
        case "replay" where words.count == 4 || words.count == 5:
            let target = try self.target(words[1])
            let (bytes, random) = Mutator(target, seed: UInt64(try self.number(words[2]))).input(at: try self.number(words[3]))
            if words.count == 5 { try writeFile(words[4], bytes) }
            return try self.replay(target, bytes, random)
        case "file" where words.count == 3:
            let target = try self.target(words[1])
            return try self.replay(target, try readFile(words[2]), FuzzRandom(seed: 1, target: target.name, index: 0))
        case "child" where words.count == 7:
            let target = try self.target(words[1])
            let child = FuzzChild(
                target: target, seed: UInt64(try self.number(words[2])), limits: .fromEnvironment,
                progress: try FuzzProgress(path: words[6]), memoryStep: try self.number(words[5]))
            try child.run(try self.number(words[3])..<(try self.number(words[4])))
        default:
            throw FuzzFailure("usage: fuzz [run] | list | replay TARGET SEED INDEX [FILE] | file TARGET FILE")
        }
        return 0
    }

    private static func campaign() throws -> Int32 {
        let seed = UInt64(try self.number(variable("FUZZ_SEED") ?? "1"))
        let inputs = try self.number(variable("FUZZ_INPUTS") ?? "1000000")
        let names = variable("FUZZ_TARGET").map { $0.split(separator: ",").map(String.init) }
        let targets = try names?.map { try self.target($0) } ?? FuzzTargets.all
        guard !targets.isEmpty else { throw FuzzFailure("this build has no targets: `make fuzz` makes one that has") }
        let folder = try temporaryFolder()
        defer { removeFolder(folder) }
        let campaign = FuzzCampaign(seed: seed, inputs: inputs, limits: .fromEnvironment, folder: folder)
        emit("seed \(seed), \(inputs) inputs for a target of cost 1, \(targets.count) targets")
        emit(line("target", "inputs", "a second", "slowest", "defects"))
        var defects = 0
        for target in targets {
            let result = try campaign.run(target)
            let rate = result.seconds > 0 ? Int(Double(result.inputs) / result.seconds) : 0
            let slowest = "\(Double(result.slowest.nanoseconds / 1_000) / 1_000) ms at \(result.slowest.index)"
            emit(line(target.name, "\(result.inputs)", "\(rate)", slowest, "\(result.defects.count)"))
            for defect in result.defects {
                emit("  defect: target=\(defect.target) seed=\(defect.seed) index=\(defect.index) reason=\(defect.reason)")
                emit("  replay: fuzz replay \(defect.target) \(defect.seed) \(defect.index)")
            }
            defects += result.defects.count
        }
        emit("\(defects) defects")
        return defects == 0 ? 0 : 1
    }

    /// Runs one input here, where a debugger and the runtime's own report of a crash can see it.
    private static func replay(_ target: FuzzTarget, _ bytes: [UInt8], _ random: FuzzRandom) throws -> Int32 {
        var random = random
        let run = try target.prepare()
        emit("\(bytes.count) bytes: \(bytes.prefix(2_000).map(printable).joined())")
        let start = ContinuousClock.now
        do {
            try run(bytes, &random)
            emit("accepted in \(ContinuousClock.now - start)")
        } catch let error as BrokenPromise {
            emit("broken promise: \(error)")
            return 1
        } catch {
            emit("refused in \(ContinuousClock.now - start): \(error)")
        }
        return 0
    }

    private static func target(_ name: String) throws -> FuzzTarget {
        guard let target = (FuzzTargets.all + FuzzTargets.proofs).first(where: { $0.name == name }) else {
            throw FuzzFailure("no target is called \(name); `fuzz list` prints them")
        }
        return target
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text), number >= 0 else { throw FuzzFailure("not a whole number: \(text)") }
        return number
    }

    private static func line(_ name: String, _ inputs: String, _ rate: String, _ slowest: String, _ defects: String) -> String {
        func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
        func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
        return left(name, 26) + right(inputs, 9) + right(rate, 10) + right(slowest, 24) + right(defects, 9)
    }
}

private func printable(_ byte: UInt8) -> String {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\\")
        ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
