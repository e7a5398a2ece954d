internal import Threading

/// What becomes of a message whose run has ended: what the store is told first, then the broker.
package struct RunConclusion {
    /// Nil when the store has nothing to hear: the work is somebody else's.
    package let outcome: WorkResult.Outcome?
    package let settlement: Settlement
    package let route: RunRoute
}

/// How a worker concludes. Pure: the same inputs and generator give the same conclusion.
package struct RunConclusions {
    package let retryPolicy: RetryPolicy
    /// The longest wait of a message that is put off; the shortest is half of it.
    package let postponement: Duration
    package let queue: QueueName

    /// The code of the failure that stands for a message past its `expires_at`.
    static let expiredCode = "expired"

    package init(retryPolicy: RetryPolicy, postponement: Duration, queue: QueueName) {
        self.retryPolicy = retryPolicy
        self.postponement = postponement
        self.queue = queue
    }

    /// - Parameters:
    ///   - failures: counted before this run.
    ///   - now: microseconds since 1970, by the worker's clock: for people, and for the letter's name.
    package func conclude(
        _ end: RunEnd, of id: DeliveryID, _ envelope: Envelope, failures: Int, at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> RunConclusion {
        func postponed(failures: Int, delay: Duration? = nil) -> Settlement {
            self.postponement(id, envelope, failures: failures, delay: delay, at: now, using: &generator)
        }
        switch end {
        case .completed(let followUps):
            return RunConclusion(outcome: .completed(followUps: followUps), settlement: .ack(id), route: .done)
        case .cancelled: return RunConclusion(outcome: .cancelled, settlement: .ack(id), route: .done)
        case .interrupted: return RunConclusion(outcome: .released, settlement: .release(id), route: .returned)
        case .superseded: return RunConclusion(outcome: nil, settlement: postponed(failures: failures), route: .returned)
        case .snoozed(let delay):
            return RunConclusion(outcome: .released, settlement: postponed(failures: failures, delay: delay), route: .returned)
        case .failed(let failure):
            switch self.retryPolicy.route(failure, failures: failures, using: &generator) {
            case .giveBack: return RunConclusion(outcome: .released, settlement: postponed(failures: failures), route: .returned)
            case .retry(let delay):
                return RunConclusion(
                    outcome: .failed(failure, retryAfter: delay), settlement: postponed(failures: failures + 1, delay: delay),
                    route: .retry(after: delay))
            case .dead(let reason):
                let letter = self.letter(
                    failure, failure.code == Self.expiredCode ? .expired : reason, envelope: envelope, failures: failures + 1, at: now,
                    using: &generator)
                return RunConclusion(
                    outcome: .dead(failure, letter), settlement: self.burial(id, envelope, letter), route: .dead(letter))
            }
        }
    }

    /// Comes back after `delay`, or, without one, after a wait between half of ``postponement`` and all of it.
    package func postponement(
        _ id: DeliveryID, _ envelope: Envelope, failures: Int, delay: Duration? = nil, at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> Settlement {
        let half = self.postponement.inNanoseconds / 2
        let delay = delay ?? .nanoseconds(half + Int64.random(in: 0...max(half, 1), using: &generator))
        let metadata = RetryMetadata(
            retryCount: failures, retryAt: now &+ delay.inNanoseconds / 1_000, originalQueue: self.queue, nonce: id.description)
        return .retry(id, payload: MessageSplice.adding(metadata, to: envelope.producerBytes), delay: delay)
    }

    package func burial(_ id: DeliveryID, _ envelope: Envelope, _ letter: DeadLetter) -> Settlement {
        .dead(id, payload: MessageSplice.adding(letter, to: envelope.producerBytes), letter: letter)
    }

    package func letter(
        _ failure: Failure, _ reason: DeadLetter.Reason, envelope: Envelope, failures: Int, at now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> DeadLetter {
        DeadLetter(
            id: ULID.make(milliseconds: UInt64(clamping: now / 1_000), using: &generator), reason: reason, errorMessage: failure.message,
            stackTrace: failure.detail, fingerprint: failure.fingerprint, failureTime: now, originalQueue: self.queue,
            jobID: envelope.jobID, filename: envelope.filename, failureCount: failures, stage: failure.stage)
    }
}
