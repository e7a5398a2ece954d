internal import Flotilla
internal import Glibc
internal import JSONText
internal import Threading

/// Does what its messages say: what the self-test puts in the place of real work.
///
/// `"run"`: `ok`, `fail`, `permanent`, `die` (SIGKILL to itself), `sleep` for `"ms"`, `stuck` for `"ms"` (deaf to cancellation), `stages` (a
/// pipeline of two stages), `hoard` (takes `"mb"` of memory), `descriptors` (takes all file descriptors for `"ms"`). For as long as the file
/// `$OUTAGE_FILE` exists: `outage` (a fault of the infrastructure), `refuse` (fails for good), `zombie` (waits, deaf to cancellation, then
/// writes under its fence). Each run is a line in the file `$RUN_LOG`: `<filename> <attempt> <pid> <microseconds since 1970>`, each end
/// another that begins with `= `, each write one that begins with `!accepted ` or `!refused `.
///
/// `"follow"`: the queue that gets a copy of the message when it has completed, through the outbox: the row is inserted in the transaction
/// that records the result, under the fence of the run, and nothing else keeps a second row out. That is the effect which must be applied once.
struct ScriptedHandler: JobHandler {
    let pipeline: PipelineHandler
    let store: any StageStore
    private let log: Int32 = getenv("RUN_LOG").map { open($0, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600) } ?? -1

    init(pipeline: PipelineHandler, store: any StageStore) {
        self.pipeline = pipeline
        self.store = store
    }

    func handle(_ job: JobContext) async throws -> JobOutcome {
        let message = try JSONValue(parsing: job.message.producerBytes)
        self.note("", job)
        let milliseconds = message["ms"]?.integer ?? 0
        switch message["run"]?.string {
        case "fail": throw ScriptedFailure(failureClass: .transient())
        case "permanent": throw ScriptedFailure(failureClass: .permanent)
        case "outage": if Self.isOutage { throw ScriptedFailure(failureClass: .infrastructure) }
        case "refuse": if Self.isOutage { throw ScriptedFailure(failureClass: .permanent) }
        case "die": kill(getpid(), SIGKILL)
        case "sleep": try await Task.sleep(for: .milliseconds(milliseconds))
        case "stuck": usleep(UInt32(clamping: milliseconds * 1000))
        case "hoard": Self.hoard(megabytes: Int(clamping: message["mb"]?.integer ?? 0))
        case "descriptors": try await Self.holdDescriptors(for: .milliseconds(milliseconds))
        case "zombie":
            while Self.isOutage { usleep(10_000) }
            self.note(try await self.write(job) ? "!accepted " : "!refused ", job)
        case "stages":
            let outcome = try await self.pipeline.handle(job)
            guard case .completed = outcome else { return outcome }
        default: break
        }
        self.note("= ", job)
        let follows = message["follow"]?.string.map { [FollowUp(queue: QueueName($0), payload: job.message.producerBytes)] } ?? []
        return .completed(followUps: follows)
    }

    private static var isOutage: Bool { getenv("OUTAGE_FILE").map { access($0, F_OK) == 0 } ?? false }

    /// Takes memory and touches every page of it.
    private static func hoard(megabytes: Int) {
        let bytes = max(1, megabytes) << 20
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
        defer { memory.deallocate() }
        for offset in stride(from: 0, to: bytes, by: 4096) { memory.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self) }
    }

    /// Opens files until the process may open no more, and closes them after a while.
    private static func holdDescriptors(for time: Duration) async throws {
        var files: [Int32] = []
        defer { for file in files { close(file) } }
        while true {
            let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
            if file < 0 { break }
            files.append(file)
        }
        try await Task.sleep(for: time)
    }

    /// Writes the output of a stage under the run's fence. False when the fence is not the item's own any more.
    private func write(_ job: JobContext) async throws -> Bool {
        guard let fence = job.fence else { return false }
        let work = StageWork(
            identity: job.identity, processingVersion: job.message.processingVersion, fence: fence, worker: job.worker,
            envelope: job.message)
        // On a task of its own: the run's may have been cancelled, and this writer does not care.
        return try await Task {
            try await self.store.complete(
                "zombie", engine: "zombie 1", output: StageOutput(body: Array("{\"pid\": \(getpid())}".utf8)), duration: .zero, of: work)
        }.value
    }

    /// One write, so that lines of several processes do not mix.
    private func note(_ prefix: String, _ job: JobContext) {
        guard self.log >= 0 else { return }
        let name = String((job.message.filename ?? "?").map { $0 == " " ? "_" : $0 })
        let bytes = Array("\(prefix)\(name) \(job.attempt) \(getpid()) \(WallClock.microseconds)\n".utf8)
        _ = Glibc.write(self.log, bytes, bytes.count)
    }
}

struct ScriptedFailure: FailureClassified {
    let failureClass: FailureClass
    var failureCode: String { "scripted" }
    var failureMessage: String { "the message asked for a \(self.failureClass.name) failure" }
}
