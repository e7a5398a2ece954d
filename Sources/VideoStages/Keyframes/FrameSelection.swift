internal import Corpus

/// Which shots' pictures are kept: each look only once, and not more than may be looked at.
enum FrameSelection {
    struct Chosen: Sendable, Hashable {
        var frames: [VideoFrames.Frame]
        /// Different pictures in all.
        var different: Int
    }

    /// - Parameters:
    ///   - shots: in order.
    ///   - rate: samples a second.
    ///   - maximum: pictures to keep; at least 1.
    static func choose(_ shots: [ShotDetector.Shot], rate: Int, maximum: Int) -> Chosen {
        let looks = Self.looks(shots, rate: rate)
        let kept = looks.count <= maximum ? Array(looks.indices) : Self.spread(looks, maximum: max(1, maximum))
        return Chosen(frames: kept.map { looks[$0].frame }, different: looks.count)
    }

    /// Different pictures that another one is compared with. A clock in the corner makes thousands of them.
    private static let memory = 400

    private struct Look {
        var frame: VideoFrames.Frame
        var grid: CellGrid
        var strength: Double
    }

    /// One entry for each different picture, in the order of its first time.
    private static func looks(_ shots: [ShotDetector.Shot], rate: Int) -> [Look] {
        var looks: [Look] = []
        for (number, shot) in shots.enumerated() where shot.end > shot.start {
            let time = TimeRange(start: shot.start * 1000 / rate, end: shot.end * 1000 / rate)
            let hash = PerceptualHash.of(shot.grid)
            // From the end: what comes back mostly was there a moment ago.
            let known = looks.suffix(Self.memory).lastIndex {
                $0.grid.shows(same: shot.grid, hashDistance: PerceptualHash.distance($0.frame.hash, hash))
            }
            guard let known else {
                let reason: VideoFrames.Frame.Reason = number == 0 ? .start : shot.isScene ? .scene : .interval
                let frame = VideoFrames.Frame(
                    time: time.start, hash: hash, reason: reason, lookAt: shot.picture * 1000 / rate, shown: [time])
                looks.append(Look(frame: frame, grid: shot.grid, strength: shot.isScene ? shot.strength : 0))
                continue
            }
            let last = looks[known].frame.shown.count - 1
            if looks[known].frame.shown[last].end == time.start {
                looks[known].frame.shown[last].end = time.end
            } else {
                looks[known].frame.shown.append(time)
            }
        }
        return looks
    }

    /// The first picture, the strongest change of each of `maximum` parts of the length, and the strongest of those left.
    private static func spread(_ looks: [Look], maximum: Int) -> [Int] {
        let length = max(1, (looks.last?.frame.time ?? 0) + 1)
        var best: [Int: Int] = [:]
        for index in looks.indices.dropFirst() {
            let part = looks[index].frame.time * (maximum - 1) / length
            if let other = best[part], looks[other].strength >= looks[index].strength { continue }
            best[part] = index
        }
        var chosen = Set(best.values).union([0])
        let rest = looks.indices.filter { !chosen.contains($0) }.sorted {
            (looks[$1].strength, $0) < (looks[$0].strength, $1)
        }
        chosen.formUnion(rest.prefix(maximum - chosen.count))
        return chosen.sorted()
    }
}
