import JSONText
import Threading

/// Runs a page that is refreshed: on a terminal in place, elsewhere as text or JSON, once or until Ctrl-C.
struct LiveView: Sendable {
    private let interval: Duration
    private let isOnce: Bool
    /// Whether somebody asked for frames again and again, so that they are not for a terminal alone.
    private let isRepeated: Bool

    static let options: [CommandSpec.Option] = [
        .value("interval", "DURATION", "between two frames, 1s to 1h (default 2s)"),
        .flag("once", "print one frame and end"),
    ]
    static let notes = """
        Ctrl-C ends it, with exit status 0. Where standard output is no terminal one frame is printed as plain text, or one every --interval
        if that is given. With --json each frame is one line.
        """
    /// Where nothing is cut.
    private static let unbounded = 10_000

    init(_ arguments: Arguments) throws(CommandError) {
        let interval = try arguments.duration("interval")
        if let interval, !(.seconds(1) ... .seconds(3_600)).contains(interval) { throw .usage("--interval must be from 1s to 1h") }
        self.interval = interval ?? .seconds(2)
        self.isRepeated = interval != nil
        self.isOnce = arguments.has("once")
        if self.isOnce, self.isRepeated { throw .usage("--once and --interval exclude each other") }
    }

    /// - Parameters:
    ///   - sample: reads what a frame shows. Fails only for what the next frame could not mend either.
    ///   - page: draws it; the flag says whether it will be drawn again.
    ///   - frame: the same for programs.
    func run<Snapshot: Sendable>(
        _ context: CommandContext, kind: String, sample: @escaping @Sendable () async throws -> Snapshot,
        page: (Snapshot, _ width: Int, _ isLive: Bool) -> Page, frame: (Snapshot) -> [JSONValue.Member]
    ) async throws -> Output {
        let terminal = context.terminal
        if context.printer.isJSON {
            return try await self.repeated(sample) { snapshot in
                var output = Output(kind)
                output.json = frame(snapshot)
                if !self.isOnce { context.printer.printNow(line: "", json: output.document) }
                return output
            }
        }
        if !self.isOnce, let width = terminal.width, let height = terminal.height {
            try await self.draw(context, width: width, height: height, sample: sample, page: page)
            return .nothing
        }
        let isRepeated = self.isRepeated && !self.isOnce
        return try await self.repeated(sample, isOnce: !isRepeated) { snapshot in
            var output = Output(kind)
            output.json = frame(snapshot)
            output.blocks = page(snapshot, terminal.width ?? Self.unbounded, false).lines(height: nil).map { line in
                line.style == .heading ? .heading(line.text) : .line(line.text)
            }
            if isRepeated {
                output.line("")
                context.printer.print(output)
            }
            return output
        }
    }

    /// Frame after frame until the task is cancelled; or one, which is the verb's result.
    private func repeated<Snapshot>(
        _ sample: () async throws -> Snapshot, isOnce: Bool? = nil, _ emit: (Snapshot) -> Output
    ) async throws -> Output {
        while true {
            let snapshot: Snapshot
            do {
                snapshot = try await sample()
            } catch  where Task.isCancelled && !(isOnce ?? self.isOnce) {
                return .nothing
            }
            let output = emit(snapshot)
            if isOnce ?? self.isOnce {
                try Task.checkCancellation()
                return output
            }
            guard await self.pause() else { return .nothing }
        }
    }

    /// What the servers said last, or why they cannot be asked at all.
    private enum Latest<Snapshot: Sendable>: Sendable {
        case nothing
        case frame(Snapshot, number: Int)
        case failure(any Error)
    }

    /// Reads and draws side by side: a server that is slow to answer holds up neither Ctrl-C nor a new size of the window.
    private func draw<Snapshot: Sendable>(
        _ context: CommandContext, width: Int, height: Int, sample: @escaping @Sendable () async throws -> Snapshot,
        page: (Snapshot, Int, Bool) -> Page
    ) async throws {
        var screen = LiveScreen(context.terminal, hasColor: context.printer.hasColor)
        screen.begin()
        defer { screen.end() }
        screen.show([Page.Line(text: "asking the servers…")], width: width, height: height)
        let latest = Lock(Latest<Snapshot>.nothing)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                var number = 0
                repeat {
                    number += 1
                    do {
                        let snapshot = try await sample()
                        latest.withLock { $0 = .frame(snapshot, number: number) }
                    } catch {
                        return latest.withLock { $0 = .failure(error) }
                    }
                } while await self.pause()
            }
            defer { group.cancelAll() }
            var drawn = (number: 0, width: width, height: height)
            while !Task.isCancelled, let width = context.terminal.width, let height = context.terminal.height {
                switch latest.withLock({ $0 }) {
                case .nothing: break
                case .failure(let error): throw error
                case .frame(let snapshot, let number) where drawn != (number, width, height):
                    screen.show(page(snapshot, width, true).lines(height: height), width: width, height: height)
                    drawn = (number, width, height)
                case .frame: break
                }
                do {
                    try await Task.sleep(for: .milliseconds(100))
                } catch {
                    // Ctrl-C is how it ends.
                    return
                }
            }
        }
    }

    /// Waits for the next frame.
    ///
    /// - Returns: false when the task was cancelled.
    private func pause() async -> Bool {
        do {
            try await Task.sleep(for: self.interval)
            return true
        } catch {
            return false
        }
    }
}

extension Output {
    /// Everything was printed already.
    fileprivate static var nothing: Output {
        var output = Output("Nothing")
        output.isPrinted = true
        return output
    }
}
