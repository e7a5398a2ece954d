internal import Corpus

/// Follows lines of text from picture to picture, so that text that stays is kept once, with the time that it can be seen.
///
/// A line goes on as long as the next picture has it: read a little differently, further up, with more letters typed, or as the next
/// part of a text that runs through. A line that one picture lacks is waited for, if the rest of that picture is as before.
struct ScreenTextTracker {
    private struct Track {
        var time: TimeRange
        var line: ScreenLine
        var likeness: LineLikeness
        /// Rises with each new line: the order of reading.
        var order: Int
        var misses = 0

        mutating func take(_ line: ScreenLine, _ likeness: LineLikeness, as relation: LineLikeness.Relation, until end: Int) {
            self.time.end = max(self.time.end, end)
            self.misses = 0
            let old = self
            self.line.top = line.top
            self.line.left = line.left
            self.line.height = line.height
            switch relation {
            case .equal, .alike:
                // Of several readings the surest.
                guard line.confidence > old.line.confidence else { return }
                self.line.text = line.text
                self.line.confidence = line.confidence
                self.likeness = likeness
            case .grown:
                guard line.text.utf8.count > old.line.text.utf8.count else { return }
                self.line.text = line.text
                self.line.confidence = line.confidence
                self.likeness = likeness
            case .continued:
                self.line.text = old.likeness.joined(with: likeness)
                self.likeness = LineLikeness(self.line.text)
            case .clock, .different:
                // The first reading stands for all of them.
                self.likeness = likeness
            }
        }
    }

    private var active: [Track] = []
    private var closed: [Track] = []
    private var count = 0

    init() {}

    /// Takes the next picture.
    ///
    /// - Parameter time: when it can be seen; later than those before it.
    mutating func look(_ lines: [ScreenLine], during time: TimeRange) {
        var isMatched = [Bool](repeating: false, count: self.active.count)
        var new: [Track] = []
        for line in lines {
            let likeness = LineLikeness(line.text)
            guard let found = self.match(line, likeness, isMatched) else {
                new.append(Track(time: time, line: line, likeness: likeness, order: self.count))
                self.count += 1
                continue
            }
            isMatched[found.index] = true
            self.active[found.index].take(line, likeness, as: found.relation, until: time.end)
        }
        let isSamePicture = isMatched.count { $0 } * 2 >= self.active.count
        var going: [Track] = []
        for (index, var track) in self.active.enumerated() {
            if !isMatched[index] { track.misses += 1 }
            if track.misses == 0 || isSamePicture && track.misses == 1 { going.append(track) } else { self.closed.append(track) }
        }
        self.active = going + new
    }

    /// Lines with the same time are one span, in the order of reading.
    mutating func finish() -> [ScreenText.Span] {
        self.closed += self.active
        self.active = []
        var spans: [ScreenText.Span] = []
        var lengths: [Int] = []
        for track in self.closed.sorted(by: { ($0.time.start, $0.time.end, $0.order) < ($1.time.start, $1.time.end, $1.order) }) {
            let length = track.line.text.utf8.count
            guard let last = spans.last, last.time == track.time else {
                spans.append(.init(time: track.time, text: track.line.text, confidence: track.line.confidence))
                lengths.append(length)
                continue
            }
            let index = spans.count - 1
            spans[index].text += "\n" + track.line.text
            spans[index].confidence =
                (last.confidence * Double(lengths[index]) + track.line.confidence * Double(length))
                / Double(max(1, lengths[index] + length))
            lengths[index] += length
        }
        self.closed = []
        return spans
    }

    private func match(_ line: ScreenLine, _ likeness: LineLikeness, _ isMatched: [Bool]) -> (index: Int, relation: LineLikeness.Relation)?
    {
        var best: (index: Int, relation: LineLikeness.Relation, distance: Int)?
        for (index, track) in self.active.enumerated() where !isMatched[index] {
            let relation = track.likeness.relation(to: likeness)
            let distance = abs(track.line.top - line.top)
            let isSamePlace = distance * 2 <= max(track.line.height, line.height, 10)
            let isEnough = relation == .equal || relation == .alike && (isSamePlace || line.text.utf8.count >= 12)
            guard isEnough || isSamePlace && relation > .different else { continue }
            if let best, (best.relation, -best.distance) >= (relation, -distance) { continue }
            best = (index, relation, distance)
        }
        return best.map { ($0.index, $0.relation) }
    }
}
