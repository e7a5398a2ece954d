/// Finds the requests of one connection that traps wait for, and the replies to them. A pure value.
struct Snares {
    /// What becomes of bytes that came in.
    struct Verdict: Hashable {
        /// So many of the first ones may go on; the others are lost.
        var passes: Int
        /// The connection is to end so, behind all that the client may still have.
        var ending: Ending?
    }

    private struct Search {
        let trap: ArmedTrap
        var needles: Needles
        /// The request in which it was found last.
        var foundIn = -1
    }

    /// A request that was caught.
    private struct Capture {
        let trap: ArmedTrap
        /// Its number on this connection, from 0.
        let request: Int
        /// Its own bytes go on; those of later requests do not.
        var passes: Bool
        var isSprung = false
    }

    private var framing: any Framing
    /// The numbers of the request and the reply whose bytes come next.
    private var request = 0
    private var reply = 0
    private var searches: [Search] = []
    private var generation = 0
    private var capture: Capture?

    init(_ framing: any Framing) { self.framing = framing }

    // MARK: Requests

    mutating func take(requests bytes: ArraySlice<UInt8>, traps: TrapList) -> Verdict {
        if traps.generation != self.generation { self.renew(traps) }
        var passes = 0
        var rest = bytes
        while !rest.isEmpty {
            let piece = self.framing.request(rest)
            let part = rest.prefix(piece.count)
            rest = rest.dropFirst(piece.count)
            if self.capture == nil { self.search(part, piece.meaning) }
            if self.capture?.passes ?? true { passes += part.count }
            if piece.isEnd { self.endRequest() }
        }
        return Verdict(passes: passes, ending: self.springIfUnsent())
    }

    private mutating func renew(_ traps: TrapList) {
        self.generation = traps.generation
        self.searches = traps.traps.map { Search(trap: $0, needles: Needles($0.trap.needles)) }
    }

    private mutating func search(_ part: ArraySlice<UInt8>, _ meaning: [UInt8]) {
        for index in self.searches.indices where self.capture == nil {
            var isFound = self.searches[index].needles.find(in: part)
            if !isFound, !meaning.isEmpty {
                self.searches[index].needles.restart()
                isFound = self.searches[index].needles.find(in: meaning[...])
            }
            guard isFound, !self.framing.tellsReplies || self.searches[index].foundIn != self.request else { continue }
            self.searches[index].foundIn = self.request
            let trap = self.searches[index].trap
            guard trap.takes() else { continue }
            var passes = false
            if case .loseReply = trap.trap.effect { passes = true }
            self.capture = Capture(trap: trap, request: self.request, passes: passes)
        }
    }

    private mutating func endRequest() {
        if self.capture?.request == self.request { self.capture?.passes = false }
        self.request += 1
        for index in self.searches.indices { self.searches[index].needles.restart() }
    }

    // MARK: Replies

    mutating func take(replies bytes: ArraySlice<UInt8>) -> Verdict {
        var passes = 0
        var ending: Ending?
        var rest = bytes
        while !rest.isEmpty {
            let piece = self.framing.reply(rest)
            rest = rest.dropFirst(piece.count)
            let isTheirs = self.capture.map { self.reply >= $0.request || !self.framing.tellsReplies } ?? false
            if !isTheirs { passes += piece.count }
            if isTheirs, piece.isEnd || !self.framing.tellsReplies, case .loseReply(let wanted) = self.capture?.trap.trap.effect {
                ending = self.spring(wanted) ?? ending
            }
            if piece.isEnd { self.reply += 1 }
        }
        return Verdict(passes: passes, ending: ending ?? self.springIfUnsent())
    }

    /// A request that was kept from the server ends the connection when everything before it is answered.
    private mutating func springIfUnsent() -> Ending? {
        guard let capture = self.capture, case .loseRequest(let ending) = capture.trap.trap.effect else { return nil }
        guard self.reply >= capture.request || !self.framing.tellsReplies else { return nil }
        return self.spring(ending)
    }

    private mutating func spring(_ ending: Ending) -> Ending? {
        guard let capture = self.capture, !capture.isSprung else { return nil }
        self.capture?.isSprung = true
        capture.trap.spring()
        return ending
    }
}

/// The traps of a proxy.
struct TrapList {
    private(set) var traps: [ArmedTrap] = []
    /// Grows with each change.
    private(set) var generation = 0

    mutating func add(_ trap: ArmedTrap) {
        // Those that are used up make room.
        self.traps.removeAll { !$0.isArmed }
        self.traps.append(trap)
        self.generation += 1
    }
}
