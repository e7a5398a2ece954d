internal import Flotilla
internal import Threading

/// Who else takes part: producers, those who reclaim and promote, the relay, the keeper of the dead letters' history, the operator.
extension SimulationWorld {
    func populate() {
        for index in 0..<self.profile.workers {
            let process = SimulatedProcess("worker-\(index)", in: self)
            self.workers.append(nil)
            process.start = { [unowned process] in
                let worker = SimulatedWorker(process, in: self)
                self.workers[index] = worker
                worker.register()
                self.reclaimLater(process, Reclaimer())
            }
            process.onDeath = { self.workers[index] = nil }
            self.processes.append(process)
        }
        let scheduler = SimulatedProcess("scheduler", in: self)
        scheduler.start = { [unowned scheduler] in
            self.reclaimLater(scheduler, Reclaimer())
            self.promoteLater(scheduler, 100_000)
            self.relayLater(scheduler)
            self.keepHistory(scheduler)
        }
        let producer = SimulatedProcess("producer", in: self)
        producer.start = { [unowned producer] in self.produceLater(producer) }
        self.processes += [scheduler, producer]
        if self.profile.hasOperator {
            let person = SimulatedProcess("operator", in: self)
            person.start = { [unowned person] in self.operateLater(person) }
            self.processes.append(person)
        }
        for process in self.processes { process.launch() }
        self.scheduleDisasters()
        self.scheduleSync()
    }

    // MARK: Producers

    private func produceLater(_ process: SimulatedProcess) {
        process.after(self.random(Int64(10_000)...4_000_000)) {
            guard !self.isCalm else { return }
            self.produce(process)
            self.produceLater(process)
        }
    }

    private func produce(_ process: SimulatedProcess) {
        // A long backlog tries nothing new, and every step is slower.
        guard self.broker.ready.count < 30 else { return }
        if self.profile.duplicates, self.chance(1_000), let old = self.messages.indices.randomElement(using: &self.generator) {
            if self.messages[old].acceptedAt != .max {
                self.call(.broker, from: process) {
                    self.push(self.messages[old].payload)
                } _: { _ in
                }
            }
            return
        }
        let job = self.chance(8_000) ? "j\(self.jobs.count)" : nil
        var files = (0..<self.random(1...4)).map { _ in self.makeMessage(job: job) }
        if let job {
            self.jobs[job] = SimulatedJob(files: files)
            let total = files.count
            // Producers who know how many files a job has say so first.
            self.store.change(job) { $0.total = total }
        }
        if self.chance(1_500) {
            let last = files.removeLast()
            let delay = Duration.milliseconds(self.random(0...20_000))
            let metadata = RetryMetadata(
                retryCount: 0, retryAt: process.wallClock, originalQueue: Self.queue, nonce: "p\(last)")
            let payload = MessageSplice.adding(metadata, to: self.messages[last].payload)
            if case .malformed = self.messages[last].behaviour {
                files.append(last)
            } else {
                self.call(.broker, from: process) {
                    self.schedule(payload, after: delay)
                } _: { _ in
                }
            }
        }
        self.push(files, from: process)
    }

    /// Repeated until it is known that it ran: that may double messages, and never loses one.
    private func push(_ files: [Int], from process: SimulatedProcess) {
        self.call(.broker, from: process) {
            for file in files { self.push(self.messages[file].payload) }
        } _: { answer in
            if case .reply = answer { return }
            process.after(500_000) { self.push(files, from: process) }
        }
    }

    private func makeMessage(job: String?) -> Int {
        let number = self.messages.count
        let behaviour: SimulatedBehaviour
        switch self.random(0...99) {
        case 0..<45: behaviour = .good
        case 45..<52: behaviour = .fertile(followUps: self.random(1...2))
        case 52..<66: behaviour = .flaky(failures: self.random(1...3))
        case 66..<72: behaviour = .doomed
        case 72..<77: behaviour = .permanent
        case 77..<84: behaviour = .unlucky(runs: self.random(1...4))
        case 84..<88: behaviour = .snoozing(runs: self.random(1...2))
        case 88..<91: behaviour = .slow
        case 91..<94: behaviour = .malformed
        default: behaviour = self.profile.poison ? .poison : .good
        }
        var isMalformed = false
        if case .malformed = behaviour { isMalformed = true }
        self.messages.append(
            SimulatedMessage(
                payload: SimulatedMessage.payload(number, job: job, isMalformed: isMalformed), behaviour: behaviour, job: job))
        return number
    }

    func followUp() -> FollowUp {
        let number = self.messages.count
        self.messages.append(
            SimulatedMessage(payload: SimulatedMessage.payload(number, job: nil, isMalformed: false), behaviour: .good, job: nil))
        return FollowUp(queue: Self.queue, payload: self.messages[number].payload)
    }

    // MARK: Waiting

    enum WaitEnd { case landed, timedOut, connectionLost }

    /// The blocking pop with a claim behind it. The server ends it at its own time, whatever became of the caller.
    func claim(
        _ claim: WorkerState.Claim, waitingAs id: WorkerID, from process: SimulatedProcess, _ then: @escaping (Answer<Exchange>) -> Void
    ) {
        var isOver = false
        let life = process.life
        func end(_ answer: Answer<Exchange>) {
            guard !isOver else { return }
            isOver = true
            then(answer)
        }
        func answer(_ answer: Answer<Exchange>) { process.after(100, in: life) { end(answer) } }
        self.call(.broker, from: process) { () -> Void in
            self.lastWait += 1
            let number = self.lastWait
            self.broker.waiters.append((number, id, { _ in }))
            self.waits[number] = { waitEnd in
                if waitEnd == .landed, self.defect == .popsWithoutLanding { _ = self.broker.landing[id]?.popLast() }
                answer(waitEnd == .connectionLost ? .unknown : .reply(self.exchange([], claim, isRepeat: false, by: id)))
            }
            self.after(Self.timeout) {
                guard let wait = self.waits.removeValue(forKey: number) else { return }
                self.broker.waiters.removeAll { $0.id == number }
                wait(.timedOut)
            }
        } _: { result in
            switch result {
            case .reply: break
            case .unavailable: end(.unavailable)
            case .unknown: end(.unknown)
            }
        }
    }

    // MARK: Reclaiming

    /// What a reclaimer remembers: after an outage every lease looks expired, and the living must be able to renew theirs first.
    final class Reclaimer {
        var hasFailed = false
        var reachableSince: Int64?
    }

    private func reclaimLater(_ process: SimulatedProcess, _ reclaimer: Reclaimer, _ pause: Int64? = nil) {
        process.after(pause ?? self.random(Int64(2_500_000)...7_500_000)) { self.reclaim(process, reclaimer) }
    }

    private func reclaim(_ process: SimulatedProcess, _ reclaimer: Reclaimer) {
        func failed() {
            reclaimer.hasFailed = true
            reclaimer.reachableSince = nil
            self.reclaimLater(process, reclaimer, 1_000_000)
        }
        if reclaimer.hasFailed, reclaimer.reachableSince.map({ self.now - $0 < 10_000_000 }) ?? true {
            return self.call(.broker, from: process) {
            } _: { answer in
                guard case .reply = answer else { return failed() }
                reclaimer.reachableSince = reclaimer.reachableSince ?? self.now
                self.reclaimLater(process, reclaimer, 1_000_000)
            }
        }
        reclaimer.hasFailed = false
        self.call(.broker, from: process) {
            self.broker.expired(limit: 100, now: self.time)
        } _: { answer in
            guard case .reply(let expired) = answer else { return failed() }
            self.sweep((expired.dead + expired.swept)[...], left: 100, quarantined: [], process) { quarantined, hasMore in
                self.keep(quarantined, process)
                if let hasMore { self.reclaimLater(process, reclaimer, hasMore ? 0 : nil) } else { failed() }
            }
        }
    }

    private typealias Quarantined = [(payload: [UInt8], letter: DeadLetter)]

    /// Sweeps the workers one after the other; what they held may be put aside a call later, or by somebody else.
    private func sweep(
        _ ids: ArraySlice<WorkerID>, left: Int, quarantined: Quarantined, _ process: SimulatedProcess,
        then: @escaping (_ quarantined: Quarantined, _ hasMore: Bool?) -> Void
    ) {
        guard let id = ids.first else { return then(quarantined, false) }
        guard left > 0 else { return then(quarantined, true) }
        self.call(.broker, from: process) {
            self.sweep(id)
        } _: { answer in
            guard case .reply(let round) = answer else { return then(quarantined, nil) }
            self.quarantine(round.candidates[...], of: id, quarantined, process) { quarantined in
                guard let quarantined else { return then([], nil) }
                let isFinished = !round.hasMore && round.candidates.isEmpty
                self.sweep(
                    isFinished ? ids.dropFirst() : ids, left: left - round.moved - round.candidates.count, quarantined: quarantined,
                    process,
                    then: then)
            }
        }
    }

    private func quarantine(
        _ candidates: ArraySlice<(sequence: UInt64, crashes: Int, payload: [UInt8])>, of id: WorkerID, _ quarantined: Quarantined,
        _ process: SimulatedProcess, then: @escaping (Quarantined?) -> Void
    ) {
        guard let candidate = candidates.first else { return then(quarantined) }
        let dead = CrashLetter.make(
            for: candidate.payload, crashes: candidate.crashes, queue: Self.queue,
            id: ULID.make(milliseconds: UInt64(process.wallClock / 1_000), using: &self.generator), at: process.wallClock)
        self.call(.broker, from: process) {
            self.quarantine(id, candidate.sequence, dead)
        } _: { answer in
            guard case .reply(let isMoved) = answer else { return then(nil) }
            self.quarantine(
                candidates.dropFirst(), of: id, isMoved ? quarantined + [dead] : quarantined, process, then: then)
        }
    }

    /// The history of what was put aside. What is prevented here is found by ``keepHistory(_:)``.
    private func keep(_ quarantined: Quarantined, _ process: SimulatedProcess) {
        guard !quarantined.isEmpty else { return }
        let messages = quarantined.map { self.deadMessage($0.payload, $0.letter) }
        self.call(.store, from: process) {
            self.recordDead(messages)
        } _: { _ in
        }
    }

    private func deadMessage(_ payload: [UInt8], _ letter: DeadLetter) -> DeadMessage {
        let work = SimulatedMessage.number(of: payload).flatMap { self.messages[$0].work }
        return DeadMessage(payload: payload, letter: letter, identity: work.map { WorkIdentity(documentUUID: $0, workID: $0) })
    }

    private func keepHistory(_ process: SimulatedProcess) {
        process.after(10_000_000) {
            self.call(.broker, from: process) {
                self.broker.dead
            } _: { answer in
                guard case .reply(let dead) = answer else { return self.keepHistory(process) }
                let entries = dead.map { DeadLetterEntry($0, queue: Self.queue) }
                self.call(.store, from: process) {
                    self.recordDead(
                        entries.filter { self.store.letters[$0.letter.id] == nil }.map { self.deadMessage($0.payload, $0.letter) })
                } _: { _ in
                    self.keepHistory(process)
                }
            }
        }
    }

    /// Whether every dead letter is in the history.
    var isHistoryComplete: Bool {
        self.broker.dead.allSatisfy { self.store.letters[DeadLetterEntry($0, queue: Self.queue).letter.id] != nil }
    }

    // MARK: Promoting, relaying

    private func promoteLater(_ process: SimulatedProcess, _ pause: Int64) {
        process.after(pause) {
            if self.defect == .promoteRemovesFirst { return self.promoteInTwoCalls(process) }
            let limit = self.profile.sweepLimit
            self.call(.broker, from: process) {
                let moved = self.promote(limit: limit).count
                return (moved, self.broker.scheduled.first.map { ($0.due - self.time).inNanoseconds / 1_000 })
            } _: { answer in
                guard case .reply(let (moved, next)) = answer else { return self.promoteLater(process, 1_000_000) }
                self.promoteLater(process, moved == limit ? 0 : min(1_000_000, max(1_000, next ?? 1_000_000)))
            }
        }
    }

    private func promoteInTwoCalls(_ process: SimulatedProcess) {
        self.call(.broker, from: process) {
            let due = self.broker.scheduled.prefix { $0.due <= self.time }.map(\.payload)
            self.broker.scheduled.removeFirst(due.count)
            return due
        } _: { answer in
            guard case .reply(let due) = answer else { return self.promoteLater(process, 1_000_000) }
            self.call(.broker, from: process) {
                for payload in due { self.broker.push(payload) }
            } _: { _ in
                self.promoteLater(process, 1_000_000)
            }
        }
    }

    private func relayLater(_ process: SimulatedProcess) {
        process.after(1_000_000) {
            // The rows stay locked until the push is done, and marked as sent only then.
            self.call(.store, from: process) {
                let messages = self.store.outbox
                if self.defect == .relayMarksFirst { self.store.outbox = [] }
                return messages
            } _: { answer in
                guard case .reply(let messages) = answer, !messages.isEmpty else { return self.relayLater(process) }
                self.call(.broker, from: process) {
                    for message in messages { self.push(message.payload) }
                } _: { answer in
                    guard case .reply = answer else { return self.relayLater(process) }
                    self.call(.store, from: process) {
                        self.store.outbox.removeAll { messages.contains($0) }
                    } _: { _ in
                        self.relayLater(process)
                    }
                }
            }
        }
    }

    // MARK: The operator

    private func operateLater(_ process: SimulatedProcess) {
        process.after(self.random(Int64(200_000)...6_000_000)) {
            guard !self.isCalm else { return }
            self.operate(process)
            self.operateLater(process)
        }
    }

    private func operate(_ process: SimulatedProcess) {
        switch self.random(0...9) {
        case 0...3: self.replay(process, discarding: false)
        case 4: self.replay(process, discarding: true)
        case 5, 6:
            guard let payload = self.broker.scheduled.randomElement(using: &self.generator)?.payload else { return }
            self.call(.broker, from: process) {
                self.hasten(payload)
            } _: { _ in
            }
        case 7:
            guard let job = self.jobs.keys.sorted().randomElement(using: &self.generator) else { return }
            self.trace(nil, "the operator cancels job \(job)")
            self.call(.store, from: process) {
                self.store.cancel(job)
                self.checkJob(job)
            } _: { _ in
            }
        default:
            let duration = self.random(Int64(100_000)...10_000_000)
            self.call(.broker, from: process) {
                // A call that comes too late must not stop the queue for good.
                guard !self.isCalm else { return }
                self.broker.pauseReason = "for a while"
                self.after(duration) { self.broker.pauseReason = nil }
            } _: { _ in
            }
        }
    }

    /// Puts dead letters back, or away: the history first, then the message.
    private func replay(_ process: SimulatedProcess, discarding: Bool) {
        self.call(.broker, from: process) {
            self.broker.dead
        } _: { answer in
            guard case .reply(let dead) = answer else { return }
            for payload in dead where self.chance(discarding ? 2_000 : 5_000) {
                let entry = DeadLetterEntry(payload, queue: Self.queue)
                guard let number = SimulatedMessage.number(of: payload) else { continue }
                self.call(.store, from: process) {
                    discarding ? self.store.discard(entry.letter.id) : self.prepareRequeue(entry.letter.id, number)
                } _: { answer in
                    guard case .reply(true) = answer else { return }
                    self.call(.broker, from: process) {
                        discarding ? self.discard(payload) : self.requeue(payload, entry.restored)
                    } _: { _ in
                    }
                }
            }
        }
    }

    // MARK: Repair

    /// `flotilla reconcile --repair`, by the rules of FlotillaPostgres's `Reconciler`, when all is quiet. Returns whether it found anything.
    func reconcile() -> Bool {
        var copies: [Int: (live: Int, dead: Int)] = [:]
        for (payload, place) in self.broker.places {
            guard let number = SimulatedMessage.number(of: payload) else { continue }
            if place == "dead" { copies[number, default: (0, 0)].dead += 1 } else { copies[number, default: (0, 0)].live += 1 }
        }
        var found = false
        for number in self.messages.indices {
            guard let work = self.messages[number].work, let item = self.store.items[work] else { continue }
            let (live, dead) = copies[number] ?? (0, 0)
            switch item.status {
            case .completed, .cancelled: continue
            case .failed:
                let isDiscarded = item.letter.map { self.store.letterStates[$0.id] == .discarded } ?? false
                guard live == 0, dead == 0, !isDiscarded else { continue }
                self.expectDisturbance("a dead letter is missing", number)
                guard let letter = item.letter else { continue }
                self.trace(number, "repaired: rests again")
                self.broker.bury(MessageSplice.adding(letter, to: self.messages[number].payload), letter)
                self.books.add(number)
            case .queued, .processing, .retrying:
                guard live == 0 else { continue }
                if dead == 0 {
                    self.expectDisturbance("a message is missing", number)
                    self.trace(number, "repaired: made anew")
                    self.push(self.messages[number].payload)
                } else if let payload = self.broker.dead.first(where: { SimulatedMessage.number(of: $0) == number }) {
                    self.trace(number, "repaired: the requeue is finished")
                    _ = self.requeue(payload, self.messages[number].payload)
                }
            }
            self.report.repaired += 1
            found = true
        }
        self.serveWaiters()
        return found
    }

    /// Only a broker that came back older may have lost anything. An unfinished requeue needs no more than an operator who died.
    private func expectDisturbance(_ what: String, _ number: Int) {
        if !self.hasBeenRestored { self.fail("\(what), and Redis was never restored: message \(number)", number) }
    }

    func killed(by payload: [UInt8], _ number: Int) {
        let kills = self.books.kills[payload, default: 0] + 1
        self.books.kills[payload] = kills
        if !self.hasBeenRestored, kills > 2 * Self.crashLimit { self.fail("message \(number) killed \(kills) workers", number) }
    }
}
