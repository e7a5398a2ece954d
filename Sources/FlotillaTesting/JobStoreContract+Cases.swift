internal import Flotilla

extension JobStoreContract {
    static let broken = Failure(.transient(), code: "broken", message: "it broke")

    static func firstRun(_ scene: ContractScene) async throws {
        let claim = try scene.claim("a.pdf", delivery: 1)
        let (fence, failures) = try await scene.run(claim)
        try scene.expectEqual(failures, 0, "failures of a first run")
        try await scene.expectProgress("processing")
        try scene.expectEqual(try await scene.record(claim, fence, .completed(followUps: [])), .recorded, "the result")
        try await scene.expectProgress("processing", processed: 1)
    }

    static func redelivery(_ scene: ContractScene) async throws {
        try await scene.finish(try scene.claim("a.pdf", delivery: 1))
        try scene.expectEqual(try await scene.begin(try scene.claim("a.pdf", delivery: 2)), .finished, "a redelivery")
        try await scene.expectProgress("processing", processed: 1)
    }

    static func busy(_ scene: ContractScene) async throws {
        let first = try scene.claim("a.pdf", delivery: 1)
        let second = try scene.claim("a.pdf", delivery: 2)
        let fence = try await scene.run(first).fence
        try scene.expectEqual(try await scene.begin(second), .busy(holder: first.delivery, fence: fence), "a second delivery")
        _ = try await scene.record(first, fence, .released)
        _ = try await scene.run(second)
    }

    static func duplicatesInBatch(_ scene: ContractScene) async throws {
        let claims = [
            try scene.claim("a.pdf", delivery: 1), try scene.claim("b.pdf", delivery: 2), try scene.claim("a.pdf", delivery: 3),
        ]
        let answers = try await scene.store.begin(claims, by: scene.worker)
        guard case .run(let fence, _) = answers[0], case .run = answers[1] else {
            throw Violation(description: "the first ones did not run: \(answers)")
        }
        try scene.expectEqual(answers[2], .busy(holder: claims[0].delivery, fence: fence), "the duplicate")
    }

    static func repeatedClaim(_ scene: ContractScene) async throws {
        let claim = try scene.claim("a.pdf", delivery: 1)
        let first = try await scene.run(claim).fence
        let second = try await scene.run(claim).fence
        if first != second {
            try scene.expect(second.rawValue > first.rawValue, "a later fence is not greater")
            try scene.expectEqual(try await scene.record(claim, first, .completed(followUps: [])), .stale, "a result under the older fence")
        }
        try scene.expectEqual(try await scene.record(claim, second, .completed(followUps: [])), .recorded, "the result")
        try await scene.expectProgress("processing", processed: 1)
    }

    static func repeatedResult(_ scene: ContractScene) async throws {
        let outcomes: [WorkResult.Outcome] = [
            .completed(followUps: []), .failed(Self.broken, retryAfter: .seconds(1)), .cancelled, .released,
        ]
        for (index, outcome) in outcomes.enumerated() {
            let claim = try scene.claim("\(index).pdf", delivery: UInt64(index))
            let fence = try await scene.run(claim).fence
            try scene.expectEqual(try await scene.record(claim, fence, outcome), .recorded, "the result")
            try scene.expectEqual(try await scene.record(claim, fence, outcome), .recorded, "the same result again")
        }
        let claim = try scene.claim("0.pdf", delivery: 0)
        try scene.expectEqual(try await scene.begin(claim), .finished, "the completed one")
        try await scene.expectProgress("processing", processed: 1, cancelled: 1)
    }

    static func takeover(_ scene: ContractScene) async throws {
        let first = try scene.claim("a.pdf", delivery: 1)
        var second = try scene.claim("a.pdf", delivery: 2)
        let old = try await scene.run(first).fence
        second.takingOver = old
        let new = try await scene.run(second).fence
        try scene.expect(new.rawValue > old.rawValue, "the fence did not grow")
        try scene.expectEqual(try await scene.record(first, old, .completed(followUps: [])), .stale, "the former holder's result")
        var third = try scene.claim("a.pdf", delivery: 3)
        third.takingOver = old
        try scene.expectEqual(try await scene.begin(third), .busy(holder: second.delivery, fence: new), "a takeover from an old fence")
        try scene.expectEqual(try await scene.record(second, new, .completed(followUps: [])), .recorded, "the new holder's result")
        try await scene.expectProgress("processing", processed: 1)
    }

    static func failureCount(_ scene: ContractScene) async throws {
        for attempt in 0..<3 {
            let claim = try scene.claim("a.pdf", delivery: UInt64(2 * attempt))
            let (fence, failures) = try await scene.run(claim)
            try scene.expectEqual(failures, attempt, "failures")
            _ = try await scene.record(claim, fence, .released)
            let again = try scene.claim("a.pdf", delivery: UInt64(2 * attempt + 1))
            let (newFence, sameFailures) = try await scene.run(again)
            try scene.expectEqual(sameFailures, attempt, "failures after a release")
            _ = try await scene.record(again, newFence, .failed(Self.broken, retryAfter: .zero))
        }
    }

    static func replay(_ scene: ContractScene) async throws {
        try await scene.subject.setTotal(1, scene.job)
        let claim = try scene.claim("a.pdf", delivery: 1)
        let letter = scene.letter(claim)
        try await scene.finish(claim, .dead(Self.broken, letter))
        try await scene.expectProgress("failed", failed: 1)
        var redelivery = try scene.claim("a.pdf", delivery: 2)
        try scene.expectEqual(try await scene.begin(redelivery), .dead(letter), "a redelivery of the dead")
        redelivery.reopening = true
        let (fence, failures) = try await scene.run(redelivery)
        try scene.expectEqual(failures, 0, "failures of a replay")
        try await scene.expectProgress("processing")
        let second = scene.letter(claim)
        try scene.expectEqual(try await scene.record(redelivery, fence, .dead(Self.broken, second)), .recorded, "the second death")
        try await scene.expectProgress("failed", failed: 1)
        // Put back as it lay in the dead-letter queue.
        try await scene.finish(try scene.claim("a.pdf", delivery: 3, letter: second))
        try await scene.expectProgress("completed", processed: 1)
    }

    static func olderLetter(_ scene: ContractScene) async throws {
        let claim = try scene.claim("a.pdf", delivery: 1)
        var first = scene.letter(claim)
        first.id = "01AAAAAAAAAAAAAAAAAAAAAAAA" + scene.job
        var second = first
        second.id = "01BBBBBBBBBBBBBBBBBBBBBBBB" + scene.job
        try await scene.finish(claim, .dead(Self.broken, first))
        let replay = try scene.claim("a.pdf", delivery: 2, letter: first)
        try await scene.finish(replay, .dead(Self.broken, second))
        // The worker died before the message reached the dead-letter queue: the same bytes come again.
        try scene.expectEqual(try await scene.begin(try scene.claim("a.pdf", delivery: 3, letter: first)), .dead(second), "the redelivery")
    }

    static func poison(_ scene: ContractScene) async throws {
        try await scene.subject.setTotal(10, scene.job)
        for index in 0..<10 {
            let claim = try scene.claim("\(index).pdf", delivery: UInt64(index))
            try await scene.finish(claim, index == 3 ? .dead(Self.broken, scene.letter(claim)) : .completed(followUps: []))
            if index < 9 {
                try await scene.expectProgress("processing", processed: index < 3 ? index + 1 : index, failed: index < 3 ? 0 : 1)
            }
        }
        try await scene.expectProgress("completed_with_errors", processed: 9, failed: 1)
    }

    static func allFail(_ scene: ContractScene) async throws {
        try await scene.subject.setTotal(2, scene.job)
        for index in 0..<2 {
            let claim = try scene.claim("\(index).pdf", delivery: UInt64(index))
            try await scene.finish(claim, .dead(Self.broken, scene.letter(claim)))
        }
        try await scene.expectProgress("failed", failed: 2)
    }

    static func lateTotal(_ scene: ContractScene) async throws {
        try await scene.finish(try scene.claim("a.pdf", delivery: 1))
        try await scene.finish(try scene.claim("b.pdf", delivery: 2))
        try await scene.expectProgress("processing", processed: 2)
        try await scene.subject.setTotal(2, scene.job)
        try await scene.expectProgress("completed", processed: 2)
    }

    static func cancellation(_ scene: ContractScene) async throws {
        try await scene.subject.setTotal(4, scene.job)
        try await scene.finish(try scene.claim("done.pdf", delivery: 1))
        let running = try scene.claim("running.pdf", delivery: 2)
        let fence = try await scene.run(running).fence
        try await scene.finish(try scene.claim("waiting.pdf", delivery: 3), .failed(Self.broken, retryAfter: .seconds(60)))
        try await scene.subject.cancel(scene.job)
        try scene.expectEqual(try await scene.store.cancelledJobs(among: [scene.job, "other"]), [scene.job], "cancelled jobs")
        try await scene.expectProgress("processing", processed: 1, cancelled: 1)
        try scene.expectEqual(try await scene.begin(try scene.claim("new.pdf", delivery: 4)), .cancelled, "a claim of a cancelled job")
        try scene.expectEqual(try await scene.begin(try scene.claim("new.pdf", delivery: 5)), .cancelled, "its redelivery")
        try scene.expectEqual(try await scene.begin(try scene.claim("waiting.pdf", delivery: 6)), .cancelled, "what waited")
        try scene.expectEqual(try await scene.begin(try scene.claim("done.pdf", delivery: 7)), .finished, "what was done")
        try scene.expectEqual(try await scene.record(running, fence, .cancelled), .recorded, "what ran")
        try await scene.expectProgress("cancelled", processed: 1, cancelled: 3)
    }

    static func quarantine(_ scene: ContractScene) async throws {
        try await scene.subject.setTotal(2, scene.job)
        let running = try scene.claim("a.pdf", delivery: 1)
        let fence = try await scene.run(running).fence
        let unseen = try scene.claim("b.pdf", delivery: 2)
        let letters = [running, unseen].map { claim in
            let letter = scene.letter(claim, "its worker died", reason: .crash)
            return DeadMessage(
                payload: MessageSplice.adding(letter, to: claim.envelope.producerBytes), letter: letter, identity: claim.identity)
        }
        try await scene.store.recordDead(letters)
        try await scene.store.recordDead(letters)
        try await scene.expectProgress("failed", failed: 2)
        try scene.expectEqual(try await scene.record(running, fence, .completed(followUps: [])), .stale, "the former holder's result")
        try scene.expectEqual(try await scene.begin(running), .dead(letters[0].letter), "the running one")
        let replay = try scene.claim("b.pdf", delivery: 3, letter: letters[1].letter)
        try await scene.finish(replay)
        // The sweep of a dead-letter queue may come late.
        try await scene.store.recordDead(letters)
        try await scene.expectProgress("completed_with_errors", processed: 1, failed: 1)
    }

    static func malformedDead(_ scene: ContractScene) async throws {
        let claim = try scene.claim("a.pdf", delivery: 1)
        var letter = scene.letter(claim, "not JSON", reason: .malformed)
        letter.jobID = nil
        letter.filename = nil
        let message = DeadMessage(payload: Array("{\u{0}nonsense".utf8), letter: letter, identity: nil)
        try await scene.store.recordDead([message, message])
        try await scene.store.recordDead([message])
    }

    static func otherQueues(_ scene: ContractScene) async throws {
        try await scene.subject.setTotal(1, scene.job)
        try await scene.finish(try scene.claim("a.pdf", delivery: 1, queue: "graph_queue"))
        try await scene.expectProgress("processing")
        try await scene.finish(try scene.claim("a.pdf", delivery: 2))
        try await scene.expectProgress("completed", processed: 1)
    }
}
