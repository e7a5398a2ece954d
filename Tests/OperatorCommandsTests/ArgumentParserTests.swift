import Testing

@testable import OperatorCommands

@Suite struct ArgumentParserTests {
    private let spec = CommandSpec(
        path: ["test", "verb"], summary: "", positionals: [.init(name: "ID", help: "", isOptional: true, repeats: true)],
        options: [.value("filter", "F", short: "f", repeats: true, ""), .value("name", "N", ""), .yes, .dryRun], examples: ["test verb"])

    private func parse(_ words: String...) throws(CommandError) -> Arguments { try ArgumentParser.parse(words, for: self.spec) }

    @Test func `values may follow or be joined, and options stand anywhere`() throws {
        let arguments = try self.parse("a", "--name=x=y", "-f", "one", "b", "--filter", "two", "--yes")
        #expect(arguments.positionals == ["a", "b"])
        #expect(arguments.text("name") == "x=y")
        #expect(arguments.texts("filter") == ["one", "two"])
        #expect(arguments.has("yes"))
        #expect(!arguments.has("dry-run"))
    }

    @Test func `two dashes end the options, and one alone is an argument`() throws {
        #expect(try self.parse("--", "--yes", "-f").positionals == ["--yes", "-f"])
        #expect(try self.parse("-").positionals == ["-"])
    }

    @Test(arguments: [
        (["--nmae", "x"], "did you mean --name"), (["--name"], "needs a value"), (["--name", "--yes"], "needs a value"),
        (["--yes=1"], "takes no value"), (["--name", "a", "--name", "b"], "given twice"), (["-x"], "has no option -x"), ([""], "empty"),
        (["--color", "pink"], "auto, always or never"),
    ]) func `mistakes are usage errors that say what is wrong`(words: [String], saying: String) {
        do throws(CommandError) {
            _ = try ArgumentParser.parse(words, for: self.spec)
            Issue.record("\(words) was accepted")
        } catch {
            #expect(error.exit == .usage)
            #expect(error.message.contains(saying), "\(error.message)")
        }
    }

    @Test(arguments: [("lsit", "list"), ("resme", "resume"), ("requeu", "requeue"), ("dis", "discard"), ("xyzzy", nil)])
    func `a typing error finds the word that was meant`(word: String, meant: String?) {
        #expect(Suggestion.nearest(word, among: ["list", "resume", "requeue", "discard", "purge"]) == meant)
    }

    @Test func `every verb has a summary, an example that names it, and options without doubles`() throws {
        for verb in CommandTree.verbs {
            let spec = verb.spec
            #expect(!spec.summary.isEmpty)
            #expect(!spec.examples.isEmpty)
            for example in spec.examples { #expect(example.hasPrefix(spec.name), "\(example)") }
            let names = spec.allOptions.map(\.name)
            #expect(Set(names).count == names.count, "\(spec.name)")
            let letters = spec.allOptions.compactMap(\.short)
            #expect(Set(letters).count == letters.count, "\(spec.name)")
            #expect(HelpText.page(spec).contains("examples:"))
        }
    }

    @Test func `every example of every verb can be read`() throws {
        for verb in CommandTree.verbs {
            for example in verb.spec.examples {
                let words = shellWords(example).dropFirst(verb.spec.path.count).prefix { $0 != ">" }
                let arguments = try ArgumentParser.parse(Array(words), for: verb.spec)
                _ = try verb.init(arguments)
            }
        }
    }

    @Test func `verbs that do not exist end with 2 and a suggestion`() async {
        let wrong = await run("queue lst")
        #expect(wrong.exit == .usage)
        #expect(wrong.error.contains("did you mean list"))
        #expect(wrong.output.isEmpty)
        #expect(await run("quue list").error.contains("did you mean queue"))
        #expect(await run("").exit == .usage)
        #expect(await run("--help").exit == .success)
        #expect(await run("help queue pause").output.contains("usage: flotilla queue pause QUEUE"))
        #expect(await run("--json version").output.contains(#""kind":"Version""#))
    }
}

/// Splits at blanks outside of single quotes.
func shellWords(_ line: String) -> [String] {
    line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
        index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
    }
}
