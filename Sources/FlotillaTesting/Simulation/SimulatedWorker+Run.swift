internal import Flotilla
internal import Threading

extension SimulatedWorker {
    /// Hands runs to free slots. Of suspects only one is out at a time, until the broker knows its end, so that the next death names the culprit.
    func fillSlots() {
        while self.running.count < self.state.options.concurrency {
            if !self.suspects.isEmpty, self.onTrial == nil {
                let run = self.suspects.removeFirst()
                self.onTrial = run.delivery.id
                self.begin(run)
            } else if !self.feed.isEmpty {
                self.begin(self.feed.removeFirst())
            } else {
                return
            }
        }
    }

    private func begin(_ run: Run) {
        self.running.append(run)
        if run.delivery.crashes > 0 { self.announceTrial(of: run, attempt: 0) } else { self.execute(run) }
    }

    /// Without the crash on record the suspect must not run, so an outage is waited out.
    private func announceTrial(of run: Run, attempt: Int) {
        self.world.call(.broker, from: self.process) {
            self.world.beginTrial(of: run.delivery.id)
        } _: { answer in
            guard !run.isOver else { return }
            // Now and then an answer is lost at once, and the call repeated.
            if case .reply = answer, attempt == 0, self.world.profile.answerLost > 0, self.world.chance(2_000) {
                return self.announceTrial(of: run, attempt: 1)
            }
            if case .reply(let isHeld) = answer {
                return isHeld ? self.execute(run) : self.finish(run, .superseded, after: .milliseconds(1))
            }
            guard run.generation == self.state.generation, self.state.mode < .stopped, !run.stopReason else {
                return self.finish(run, .superseded, after: .milliseconds(1))
            }
            self.process.after(self.pause(attempt)) {
                if !run.isOver { self.announceTrial(of: run, attempt: attempt + 1) }
            }
        }
    }

    private func execute(_ run: Run) {
        let number = run.number
        self.world.messages[number].runs += 1
        self.world.trace(number, "runs in \(self.process.name), under fence \(run.fence)")
        var duration = self.world.random(Int64(200)...20_000)
        if case .slow = self.world.messages[number].behaviour { duration = self.world.random(Int64(20_000_000)...70_000_000) }
        if self.world.chance(300) { duration += self.world.random(Int64(0)...30_000_000) }
        self.process.after(duration / 2) {
            self.world.call(.store, from: self.process) {
                self.world.write(number, run.fence)
            } _: { _ in
            }
            if case .poison = self.world.messages[number].behaviour, !run.isOver {
                self.world.killed(by: run.delivery.payload, number)
                return self.process.die("is killed by message \(number)")
            }
            self.process.after(duration - duration / 2) {
                guard !run.isOver else { return }
                self.finish(run, self.end(of: run), after: .microseconds(duration))
            }
        }
    }

    private func end(of run: Run) -> RunEnd {
        let message = self.world.messages[run.number]
        let end: RunEnd
        switch message.behaviour {
        case .good, .slow, .poison, .malformed: end = .completed(followUps: [])
        case .fertile(let count): end = .completed(followUps: (0..<count).map { _ in self.world.followUp() })
        case .flaky(let failures) where run.failures < failures: end = .failed(Self.failure(.transient()))
        case .unlucky(let runs) where message.runs <= runs: end = .failed(Self.failure(.infrastructure))
        case .snoozing(let runs) where message.runs <= runs: end = .snoozed(.seconds(3))
        case .flaky, .unlucky, .snoozing: end = .completed(followUps: [])
        case .doomed: end = .failed(Self.failure(.transient(retryAfter: self.world.chance(3_000) ? .seconds(9) : nil)))
        case .permanent: end = .failed(Self.failure(.permanent))
        }
        guard run.stopReason else { return end }
        if case .completed = end { return end }
        return .interrupted
    }

    private static func failure(_ failureClass: FailureClass) -> Failure {
        // Made once: texts are redacted and fingerprinted, and none of that is tried here.
        switch failureClass {
        case .transient(nil): transientFailure
        case .transient: transientWithTime
        case .permanent: permanentFailure
        case .infrastructure: infrastructureFailure
        }
    }

    func finish(_ run: Run, _ end: RunEnd, after duration: Duration) {
        run.isOver = true
        self.running.removeAll { $0 === run }
        let conclusion = self.world.rules.conclude(
            end, of: run.delivery.id, run.envelope, failures: run.failures, at: self.process.wallClock, using: &self.world.generator)
        let isCurrent = run.generation == self.state.generation
        self.state.ended(after: duration)
        switch end {
        case .failed(let failure) where failure.failureClass == .infrastructure: self.state.faulted(at: self.monotonic)
        case .interrupted: break
        default: self.state.succeeded()
        }
        if let outcome = conclusion.outcome, isCurrent {
            self.submit(run, outcome, conclusion.settlement)
        } else {
            self.settle(conclusion.settlement, generation: run.generation)
            self.state.recorded(1)
            if !isCurrent, self.onTrial == run.delivery.id { self.onTrial = nil }
        }
        self.fillSlots()
        self.turn()
    }

    // MARK: The store first, then the broker

    private func submit(_ run: Run, _ outcome: WorkResult.Outcome, _ settlement: Settlement) {
        let result = WorkResult(
            identity: run.identity, fence: run.fence, outcome: outcome, jobID: run.envelope.jobID, duration: .milliseconds(1))
        self.records.append(Record(run: run, result: result, settlement: settlement))
        if self.world.defect == .acknowledgesBeforeCommit { self.settle(settlement, generation: run.generation) }
        self.record()
    }

    private func record() {
        guard !self.isRecording, !self.records.isEmpty else { return }
        self.isRecording = true
        let batch = self.records
        self.records = []
        // What comes at the same moment goes together.
        self.process.after(self.world.random(Int64(0)...500)) { self.record(batch, attempt: 0) }
    }

    private func record(_ batch: [Record], attempt: Int) {
        self.world.call(.store, from: self.process) {
            self.world.record(batch.map(\.result))
        } _: { answer in
            if case .reply(let verdicts) = answer {
                self.act(on: verdicts, batch)
            } else if self.state.mode != .stopped {
                return self.process.after(self.pause(attempt)) { self.record(batch, attempt: attempt + 1) }
            }
            self.state.recorded(batch.count)
            self.isRecording = false
            self.record()
            self.turn()
        }
    }

    private func act(on verdicts: [RecordVerdict], _ batch: [Record]) {
        let generation = batch.reduce(0) { max($0, $1.run.generation) }
        for (record, verdict) in zip(batch, verdicts) where record.run.generation == generation {
            let run = record.run
            switch verdict {
            case .recorded:
                if self.world.defect != .acknowledgesBeforeCommit { self.settle(record.settlement, generation: generation) }
            case .stale: self.settle(self.postponement(run.delivery.id, run.envelope, failures: run.failures), generation: generation)
            case .unrecordable(let message): self.world.fail("the store refuses a result: \(message)", run.number)
            }
        }
    }

    // MARK: Giving back

    func giveBackAll() {
        let runs = self.feed + self.suspects
        self.feed = []
        self.suspects = []
        self.state.returned(runs.count)
        for run in runs { self.giveBack(run) }
    }

    func giveBack(_ run: Run) { self.submit(run, .released, .release(run.delivery.id)) }
}

private let transientFailure = Failure(.transient(), code: "simulated", message: "it did not work this time")
private let transientWithTime = Failure(.transient(retryAfter: .seconds(9)), code: "simulated", message: "come back later")
private let permanentFailure = Failure(.permanent, code: "simulated", message: "it will never work")
private let infrastructureFailure = Failure(.infrastructure, code: "simulated", message: "the storage is away")
