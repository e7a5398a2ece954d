import Flotilla
import FlotillaPostgres
import FlotillaRedis

/// Says in one sentence each why files are not done. A pure function of what was read.
struct JobExplanation {
    let places: MessagePlaces
    let time: HumanTime

    /// Why a work item is where it is, and what to do.
    func sentence(_ item: WorkRecord) -> String {
        let place = self.places.places[item.workID]
        switch item.status {
        case "completed": return "done" + (item.durationMilliseconds.map { " in \(HumanTime.span(.milliseconds($0)))" } ?? "")
        case "cancelled": return "cancelled"
        case "failed": return self.dead(item, place)
        default: break
        }
        guard let place else {
            return self.places.isComplete
                ? "\(item.status) in PostgreSQL, but no queue holds its message: flotilla reconcile --repair"
                : "\(item.status); its message was not among the first \(MessagePlaces.messageLimit) that were looked at"
        }
        switch place {
        case .ready(let queue, let ahead): return self.ready(queue, ahead: ahead, item)
        case .held(let queue, let worker, let delivery): return self.held(queue, worker, isClaimed: delivery != nil, item)
        case .scheduled(let queue, let dueAt, let dueIn): return self.scheduled(queue, dueAt, dueIn, item)
        case .dead(let queue, let letter):
            return "its message rests in \(queue.names.deadLetter) (\(letter.reason)), while PostgreSQL says \(item.status): "
                + "flotilla dlq requeue \(letter.id)"
        }
    }

    /// Why a message that PostgreSQL has not seen yet waits.
    func sentence(unseen place: MessagePlaces.Place) -> String {
        switch place {
        case .ready(let queue, let ahead): self.ready(queue, ahead: ahead, nil)
        case .held(let queue, let worker, let delivery): self.held(queue, worker, isClaimed: delivery != nil, nil)
        case .scheduled(let queue, let dueAt, let dueIn): self.scheduled(queue, dueAt, dueIn, nil)
        case .dead(_, let letter): "dead (\(letter.reason)): \(Redactor.redact(letter.errorMessage)); flotilla dlq requeue \(letter.id)"
        }
    }

    private func ready(_ queue: FleetQueue, ahead: Int, _ item: WorkRecord?) -> String {
        guard let state = self.places.states[queue] else { return "waits in \(queue.name)" }
        let history = item.flatMap { $0.failures > 0 ? ", after \($0.failures) failed runs (\(self.error($0)))" : nil } ?? ""
        if let pause = state.pause { return "waits: \(queue.name) is paused: \(pause.text); flotilla queue resume \(queue.name)\(history)" }
        if state.counts.isPaused { return "waits: \(queue.name) is paused; flotilla queue resume \(queue.name)\(history)" }
        if state.liveWorkers.isEmpty {
            let noticed = state.workers.isEmpty ? "none is registered" : "\(state.workers.count) dead ones are registered"
            return "waits: no worker is alive for \(queue.name) (\(noticed)); start \(queue.kindName)-processor\(history)"
        }
        let held = state.liveWorkers.reduce(0) { $0 + $1.held }
        return "waits in \(queue.name): \(ahead) messages are before it, \(state.liveWorkers.count) workers hold \(held)\(history)"
    }

    private func held(_ queue: FleetQueue, _ worker: WorkerStatus, isClaimed: Bool, _ item: WorkRecord?) -> String {
        let who = Self.name(worker)
        guard worker.leaseLeft > .zero else {
            return
                "held by \(who), which is dead: its lease ended \(HumanTime.span(.zero - worker.leaseLeft)) ago, and any live worker takes "
                + "the message over within seconds" + (self.places.states[queue]?.liveWorkers.isEmpty == true ? "; but none is alive" : "")
        }
        guard isClaimed else { return "has just landed at \(who)" }
        guard let item, item.status == "processing" else {
            return "taken by \(who), not begun" + (item.flatMap { $0.failures > 0 ? ": \(self.error($0))" : nil } ?? "")
        }
        let since = item.startedAt.map { " since \(self.time.moment($0))" } ?? ""
        return "runs at \(who)\(since), attempt \(item.failures + 1) of \(queue.maximumRetries + 1); its lease has "
            + "\(HumanTime.span(worker.leaseLeft)) left" + (item.failures > 0 ? "; the last attempt: \(self.error(item))" : "")
    }

    private func scheduled(_ queue: FleetQueue, _ dueAt: Int64, _ dueIn: Duration, _ item: WorkRecord?) -> String {
        let when =
            dueIn < .seconds(-2)
            ? "was due \(HumanTime.span(.zero - dueIn)) ago and nobody has moved it: is a retry-scheduler or a worker alive?"
            : "due \(self.time.moment(dueAt))"
        guard let item, item.failures > 0 else { return "scheduled: \(when)" }
        return "will be tried again (attempt \(item.failures + 1) of \(queue.maximumRetries + 1)), \(when), because \(self.error(item))"
    }

    private func dead(_ item: WorkRecord, _ place: MessagePlaces.Place?) -> String {
        let stage = item.errorStage.map { " in stage \($0)" } ?? ""
        let story = "dead\(stage) after \(item.failures) failed \(item.failures == 1 ? "run" : "runs"): \(self.error(item))"
        guard let id = item.deadLetterID else { return story }
        if case .dead = place { return "\(story); put it back: flotilla dlq requeue \(id)" }
        return "\(story); its letter \(id) is not in the queue any more"
    }

    private func error(_ item: WorkRecord) -> String {
        let message = Redactor.redact(item.errorMessage ?? "no message")
        let code = item.errorCode.map { "\($0): " } ?? ""
        return "\(code)\(message)" + (item.fingerprint.map { " [\($0)]" } ?? "")
    }

    static func name(_ worker: WorkerStatus) -> String {
        let id = worker.id.rawValue
        return worker.info.map { "worker \(id) (\($0.role) \($0.host):\($0.processID))" } ?? "worker \(id)"
    }
}
