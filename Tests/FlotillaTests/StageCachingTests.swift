import Flotilla
import FlotillaTesting
import Testing
import Threading

@Suite struct StageCachingTests {
    private static func message(_ file: String, tenant: String? = "acme", version: Int = 1) -> [UInt8] {
        let tenant = tenant.map { #","tenant_id":"\#($0)""# } ?? ""
        return Array(#"{"job_id":"j","filename":"\#(file)","processing_version":\#(version)\#(tenant)}"#.utf8)
    }

    private func isCompleted(_ outcome: JobOutcome) -> Bool { if case .completed = outcome { true } else { false } }

    @Test func `equal inputs run once, are stored for each document, and no other tenant's or version's are used`() async throws {
        let stages = [PieceStage("first"), PieceStage("second", after: ["first"])]
        let cache = InMemoryStageCache()
        let trial = PipelineTrial(stages, queue: "q", cache: cache)
        for file in ["a", "b", "c"] { #expect(self.isCompleted(try await trial.run(Self.message(file)))) }
        #expect(stages.map(\.runs) == [1, 1])
        #expect(trial.ends == ["first completed", "second completed"] + ["b", "c"].flatMap { _ in ["first cached", "second cached"] })
        let (made, found) = (try trial.stage("second", of: Self.message("a")), try trial.stage("second", of: Self.message("c")))
        #expect(made?.output == found?.output && made?.cacheKey == found?.cacheKey && made?.cacheKey != nil)
        #expect(made?.origin == .computed && found?.begins == 1)
        guard case .cached = found?.origin else { return #expect(Bool(false), "the origin is not noted") }
        for other in [Self.message("d", tenant: "other"), Self.message("d", tenant: nil), Self.message("a", version: 2)] {
            let before = stages[0].runs
            _ = try await trial.run(other)
            #expect(stages[0].runs == before + 1)
        }
    }

    @Test func `other parameters, another engine or another output of an earlier stage are another key`() {
        let outputs: [StageName: [UInt8]] = ["one": [1], "two": [2]]
        func key(_ inputs: StageInputs, _ outputs: [StageName: [UInt8]], engine: String = "e 1") -> String {
            StageCacheKey(tenant: nil, stage: "s", engine: engine, processingVersion: 1, inputs: inputs, outputs: outputs).digest
        }
        let inputs = StageInputs(content: "c", outputs: ["one", "two"], parameters: ["p": "1", "q": ""])
        var others = [inputs, inputs, inputs, inputs]
        others[0].content = nil
        others[1].outputs = ["one"]
        others[2].parameters = ["p": "", "q": "1"]
        others[3].parameters = ["p": "1q"]
        var keys = [key(inputs, outputs), key(inputs, outputs, engine: "e 2"), key(inputs, ["one": [2], "two": [1]])]
        keys += others.map { key($0, outputs) }
        #expect(Set(keys).count == keys.count)
        #expect(key(StageInputs(outputs: ["two", "one"]), outputs) == key(StageInputs(outputs: ["one", "two"]), outputs))
    }

    @Test func `a cache that is away or refused costs the work anew and nothing else`() async throws {
        let stage = PieceStage("first")
        let cache = InMemoryStageCache()
        let store = InMemoryStageStore(refuses: { _, output in output.body == Array("damaged".utf8) ? "damaged" : nil })
        let trial = PipelineTrial([stage], queue: "q", cache: cache, store: store)
        cache.setAway(true)
        #expect(self.isCompleted(try await trial.run(Self.message("a"))) && stage.runs == 1 && cache.counts.kept == 0)
        cache.setAway(false)
        #expect(self.isCompleted(try await trial.run(Self.message("b"))) && stage.runs == 2)
        cache.corrupt(try #require(cache.keys.first), body: Array("damaged".utf8))
        #expect(self.isCompleted(try await trial.run(Self.message("c"))) && stage.runs == 3)
        // What the store refused was replaced.
        #expect(self.isCompleted(try await trial.run(Self.message("d"))) && stage.runs == 3)
    }

    @Test func `failures and partial outputs are not remembered, and the pieces of partial outputs are`() async throws {
        let stage = PieceStage("first", pieces: 5)
        let cache = InMemoryStageCache()
        let trial = PipelineTrial([stage], queue: "q", cache: cache)
        stage.behave(.partial)
        _ = try await trial.run(Self.message("a"))
        #expect(trial.ends == ["first partial"] && cache.counts.kept == 0 && cache.pieceCount == 5)
        #expect(try trial.stage("first", of: Self.message("a"))?.cacheKey == nil)
        stage.behave(.well)
        _ = try await trial.run(Self.message("b"))
        #expect(stage.made == 5 && cache.counts.kept == 1 && cache.pieceCount == 0)
        stage.behave(.fails(at: 0))
        cache.clear()
        await #expect(throws: StageError.self) { try await trial.run(Self.message("c")) }
        #expect(cache.counts.kept == 1 && cache.keys.isEmpty && trial.lock.keys.isEmpty)
    }

    @Test(arguments: [true, false]) func `after a failure only the missing pieces are made`(withCache: Bool) async throws {
        let stage = PieceStage("first", pieces: 8)
        let cache = withCache ? InMemoryStageCache() : nil
        let trial = PipelineTrial([stage], queue: "q", cache: cache)
        stage.behave(.fails(at: 5))
        await #expect(throws: StageError.self) { try await trial.run(Self.message("a")) }
        #expect(stage.made == 5 && cache?.pieceCount ?? 5 == 5)
        stage.behave(.well)
        _ = try await trial.run(Self.message("a"), attempt: 2)
        #expect(stage.made == 8 && cache?.pieceCount ?? 0 == 0)
        #expect(try trial.stage("first", of: Self.message("a"))?.checkpoints.isEmpty == true)
        #expect(cache?.counts.pieces ?? 0 == 0, "the store had them")
    }

    @Test func `another document of the same content begins with the pieces of one that failed`() async throws {
        let stage = PieceStage("first", pieces: 8)
        let trial = PipelineTrial([stage], queue: "q", cache: InMemoryStageCache())
        stage.behave(.fails(at: 5))
        await #expect(throws: StageError.self) { try await trial.run(Self.message("a")) }
        stage.behave(.well)
        _ = try await trial.run(Self.message("b"))
        #expect(stage.made == 8)
    }

    @Test func `a document waits while somebody does the same expensive work, and finds it done`() async throws {
        let stage = PieceStage("first", isExpensive: true)
        let trial = PipelineTrial([stage], queue: "q", cache: InMemoryStageCache())
        let (began, begin) = AsyncStream<Void>.makeStream()
        let (finished, finish) = AsyncStream<Void>.makeStream()
        stage.behave(.waits(began: { begin.finish() }, until: finished))
        async let first = trial.run(Self.message("a"))
        for await _ in began {}
        guard case .snoozed = try await trial.run(Self.message("b")) else { return #expect(Bool(false), "it did not wait") }
        finish.finish()
        #expect(self.isCompleted(try await first))
        #expect(self.isCompleted(try await trial.run(Self.message("b"))) && stage.runs == 1 && trial.lock.keys.isEmpty)
    }

    @Test func `a document whose fence is old completes nothing from the cache`() async throws {
        let isLost = Lock(false)
        let stage = PieceStage("first")
        let store = InMemoryStageStore(isCurrent: { _ in !isLost.withLock { $0 } })
        let trial = PipelineTrial([stage], queue: "q", cache: InMemoryStageCache(), store: store)
        _ = try await trial.run(Self.message("a"))
        stage.onInputs { isLost.withLock { $0 = true } }
        guard case .superseded = try await trial.run(Self.message("b")) else { return #expect(Bool(false), "it was completed") }
        #expect(try trial.stage("first", of: Self.message("b"))?.output == nil)
    }

    @Test func `the mirror is shown each state after the store has it`() async throws {
        let mirror = RecordingMirror()
        let stage = PieceStage("first")
        let trial = PipelineTrial([stage], queue: "q", cache: InMemoryStageCache(), mirror: mirror)
        stage.behave(.fails(at: 0))
        await #expect(throws: StageError.self) { try await trial.run(Self.message("a")) }
        stage.behave(.well)
        _ = try await trial.run(Self.message("a"), attempt: 2)
        _ = try await trial.run(Self.message("b"))
        #expect(mirror.states.map(\.status) == [.running, .failed, .running, .completed, .running, .completed])
        #expect(mirror.states.map(\.attempt) == [1, 1, 2, 2, 1, 1] && mirror.states.map(\.isFromCache).suffix(1) == [true])
        #expect(mirror.states[1].errorCode == "piece" && mirror.states.allSatisfy { ($0.finishedAt == nil) == ($0.status == .running) })
    }
}

private final class RecordingMirror: StageStateMirror {
    private let shown = Lock<[StageState]>([])
    var states: [StageState] { self.shown.withLock { $0 } }
    func show(_ state: StageState) async { self.shown.withLock { $0.append(state) } }
}

/// Makes pieces and counts them; what it depends on is said in advance.
private final class PieceStage: CacheableStage {
    enum Behaviour: Sendable {
        case well, partial
        case fails(at: Int)
        case waits(began: @Sendable () -> Void, until: AsyncStream<Void>)
    }

    struct Refusal: FailureClassified {
        var failureClass: FailureClass { .transient() }
        var failureCode: String { "piece" }
        var failureMessage: String { "a piece cannot be made" }
    }

    let stage: StageName
    let engine = "pieces 1"
    let isExpensive: Bool
    private let after: [StageName]
    private let pieces: Int
    private let state = Lock(State())

    private struct State: Sendable {
        var behaviour = Behaviour.well
        var runs = 0
        var made = 0
        var onInputs: (@Sendable () -> Void)?
    }

    var runs: Int { self.state.withLock { $0.runs } }
    var made: Int { self.state.withLock { $0.made } }

    init(_ stage: StageName, after: [StageName] = [], pieces: Int = 1, isExpensive: Bool = false) {
        self.stage = stage
        self.after = after
        self.pieces = pieces
        self.isExpensive = isExpensive
    }

    func behave(_ behaviour: Behaviour) { self.state.withLock { $0.behaviour = behaviour } }
    func onInputs(_ body: @escaping @Sendable () -> Void) { self.state.withLock { $0.onInputs = body } }

    func cacheInputs(_ context: StageContext) async throws -> StageInputs? {
        self.state.withLock { $0.onInputs }?()
        return StageInputs(content: "the same", outputs: self.after)
    }

    func run(_ context: StageContext) async throws -> StageOutput {
        let behaviour = self.state.withLock { state in
            state.runs += 1
            return state.behaviour
        }
        if case .waits(let began, let until) = behaviour {
            began()
            for await _ in until {}
        }
        let names = (0..<self.pieces).map { "piece-\($0)" }
        let kept = try await context.checkpoints.recall(names)
        for (index, name) in names.enumerated() where kept[name] == nil {
            if case .fails(let at) = behaviour, index == at { throw Refusal() }
            self.state.withLock { $0.made += 1 }
            try await context.checkpoints.keep([UInt8(index)], as: name)
        }
        let earlier = try self.after.map { try context.output(of: $0).count }
        if case .partial = behaviour { return StageOutput(body: Array("{}".utf8), isPartial: true) }
        return StageOutput(body: Array("{\"pieces\": \(self.pieces), \"after\": \(earlier)}".utf8), metrics: ["pieces": 1])
    }
}
