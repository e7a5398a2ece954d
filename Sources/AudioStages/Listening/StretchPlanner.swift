internal import Corpus

/// Cuts a recording into stretches that are recognised one by one: at pauses, in their middle.
///
/// A stretch is the unit that is lost when a worker is killed and that a recogniser is started for, which costs pocketsphinx 0.25 s of
/// computing time. At 60 s of speech that is 2 to 4 % of the whole.
struct StretchPlanner {
    /// No stretch is longer, in milliseconds.
    var longest = 60_000
    /// Cuts are looked for from here on.
    var shortest = 40_000
    /// Stretches with less speech than this hold a noise: pocketsphinx hears "if" in them.
    var leastSpeech = 300
    /// Silence that is left at the ends of a stretch; recognisers want a little.
    var margin = 250
    /// A silence that always ends a stretch.
    var longSilence = 20_000

    /// The stretches of a recording, in order and apart.
    ///
    /// - Parameters:
    ///   - durationMs: of the recording.
    func plan(_ detector: SpeechDetector, durationMs: Int) -> [TimeRange] {
        var stretches: [TimeRange] = []
        var pending = detector.regions.map { TimeRange(start: $0.lowerBound * 10, end: $0.upperBound * 10) }[...]
        var from = 0
        while let first = pending.first {
            let begin = max(from, first.start - self.margin)
            var taken = 0
            while taken < pending.count, pending[pending.startIndex + taken].end + self.margin <= begin + self.longest {
                if taken > 0, self.gap(pending, after: taken - 1) >= self.longSilence { break }
                taken += 1
            }
            if taken == 0 {
                // Longer than a stretch without a pause: cut where it is least loud.
                let cut = self.quietest(detector.levels, between: begin + self.shortest, and: begin + self.longest)
                self.add(TimeRange(start: begin, end: cut), speech: cut - first.start, to: &stretches)
                pending[pending.startIndex] = TimeRange(start: cut, end: first.end)
                from = cut
                continue
            }
            // There is more, and it does not fit: the longest pause of the second part is the best place.
            if taken < pending.count, self.gap(pending, after: taken - 1) < self.longSilence {
                taken = self.bestCut(pending, upTo: taken, from: begin)
            }
            let group = pending.prefix(taken)
            pending = pending.dropFirst(taken)
            let last = group.last ?? first
            var end = min(durationMs, last.end + self.margin)
            // The middle of the pause, when the margins would meet.
            if let next = pending.first { end = min(end, (last.end + next.start) / 2) }
            self.add(TimeRange(start: begin, end: end), speech: group.reduce(0) { $0 + $1.duration }, to: &stretches)
            from = end
        }
        return stretches
    }

    private func add(_ stretch: TimeRange, speech: Int, to stretches: inout [TimeRange]) {
        if speech >= self.leastSpeech { stretches.append(stretch) }
    }

    private func gap(_ regions: ArraySlice<TimeRange>, after offset: Int) -> Int {
        let index = regions.startIndex + offset
        return index + 1 < regions.endIndex ? regions[index + 1].start - regions[index].end : 0
    }

    private func bestCut(_ regions: ArraySlice<TimeRange>, upTo taken: Int, from begin: Int) -> Int {
        var best = taken
        var longest = -1
        for count in 1...taken where regions[regions.startIndex + count - 1].end - begin >= self.shortest {
            let gap = self.gap(regions, after: count - 1)
            if gap >= longest {
                longest = gap
                best = count
            }
        }
        return best
    }

    /// The middle of the least loud 100 ms, in milliseconds.
    private func quietest(_ levels: [UInt8], between start: Int, and end: Int) -> Int {
        var best = end
        var lowest = Int.max
        for frame in (start / 10)..<max(start / 10 + 1, min(end / 10, levels.count) - 10) {
            guard frame + 10 <= levels.count else { break }
            let sum = levels[frame..<frame + 10].reduce(0) { $0 + Int($1) }
            if sum < lowest {
                lowest = sum
                best = frame * 10 + 50
            }
        }
        return best
    }
}
