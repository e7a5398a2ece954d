/// Finds where the picture of a video changes, from small gray pictures taken ten times a second.
///
/// It works cell by cell, as one watches a slide with the speaker in its corner: a cell counts as changed when it shows something else
/// than in the last picture that was taken *and has come to rest*. So a line that is added to a slide is a change, though the picture as a
/// whole hardly is another one; a fade or a wipe is one change, and the picture is taken when it is over; what moves all the time is none.
/// Cuts between moving pictures are seen by the jump from one sample to the next. What moves without a cut, such as a credit roll, is
/// looked at every five seconds, what rests every thirty.
struct ShotDetector {
    /// A stretch of the video with one picture.
    struct Shot: Sendable, Hashable {
        /// Sample that first shows it.
        var start: Int
        /// The first sample of the next shot.
        var end: Int
        /// Sample that shows it at rest.
        var picture: Int
        var grid: CellGrid
        var isScene: Bool
        /// Rises with the part of the picture that changed; 2 when all of it changed strongly.
        var strength: Double
    }

    private let rate: Int
    private var reference: [UInt8] = []
    /// What each cell shows since it rests.
    private var held: [UInt8] = []
    private var since: [Int] = []
    private var previous: [UInt8] = []
    /// The first jump since the last picture, and the last one.
    private var cut: (first: Int, last: Int)?
    /// Samples in a row in which a quarter of the picture moves.
    private var unrest = 0
    private var index = 0
    private var shots: [Shot] = []

    /// - Parameter rate: samples a second.
    init(rate: Int) {
        self.rate = rate
    }

    /// A cell that differs by no more than this from where it came to rest is still at rest.
    private static let tolerance = 2
    private var rest: Int { max(2, 3 * self.rate / 10) }

    /// Takes the next sample: ``CellGrid/count`` gray levels.
    mutating func take(_ sample: ArraySlice<UInt8>) {
        sample.withUnsafeBufferPointer { self.take($0) }
        self.previous = Array(sample)
        self.index += 1
    }

    private mutating func take(_ sample: UnsafeBufferPointer<UInt8>) {
        guard !self.shots.isEmpty else { return self.begin(sample) }
        let seen = self.watch(sample)
        if seen.jump { self.cut = (self.cut?.first ?? self.index, self.index) }
        self.unrest = seen.moving * 4 > CellGrid.count ? self.unrest + 1 : 0
        let last = self.shots[self.shots.count - 1]
        let waited = self.index - max(last.picture, last.start)
        guard waited >= self.rate else { return }
        if let cut = self.cut {
            // Jumps in a row are one change, as in a quick fade: the picture is taken after the last one.
            guard self.index - cut.last >= self.rest || self.index - cut.first >= 3 * self.rate / 2 else { return }
            return self.open(sample, start: cut.first, isScene: true, changed: max(seen.settled, seen.different))
        }
        if seen.settled >= CellGrid.changedCells,
            seen.different - seen.settled < CellGrid.changedCells || self.index - seen.earliest >= self.rate
        {
            return self.open(sample, start: seen.earliest, isScene: true, changed: seen.settled)
        }
        let pause = self.unrest >= self.rate ? 5 : 30
        if waited >= pause * self.rate { self.open(sample, start: self.index, isScene: false, changed: seen.different) }
    }

    /// All shots. The last one ends with the last sample.
    mutating func finish() -> [Shot] {
        // A change in the last moments had no time to come to rest.
        if let last = self.shots.last, !self.previous.isEmpty, self.index - 1 > last.picture {
            let grid = CellGrid(cells: self.previous)
            let changed = grid.changes(from: CellGrid(cells: self.reference))
            let start = self.cut?.first ?? self.earliestChange() ?? self.index - 1
            // Two samples alike, or there was a jump: no half of a fade.
            if changed >= CellGrid.changedCells, self.cut != nil || self.index - start >= 2 {
                let sample = self.previous
                self.index -= 1
                sample.withUnsafeBufferPointer { self.open($0, start: start, isScene: true, changed: changed) }
                self.index += 1
            }
        }
        if !self.shots.isEmpty { self.shots[self.shots.count - 1].end = self.index }
        return self.shots
    }

    private mutating func begin(_ sample: UnsafeBufferPointer<UInt8>) {
        self.reference = Array(sample)
        self.held = self.reference
        self.since = [Int](repeating: 0, count: CellGrid.count)
        self.shots = [Shot(start: 0, end: 0, picture: 0, grid: CellGrid(cells: self.reference), isScene: false, strength: 2)]
    }

    private struct Seen {
        /// Weight of the cells that differ from the reference, at rest or not.
        var different = 0
        /// Weight of those that rest.
        var settled = 0
        /// When the first of the settled ones came to rest.
        var earliest = Int.max
        /// Cells that changed within the last second and are far from the reference.
        var moving = 0
        /// Whether most of the picture changed since the last sample.
        var jump = false
    }

    private mutating func watch(_ sample: UnsafeBufferPointer<UInt8>) -> Seen {
        var seen = Seen()
        var jumped = 0
        var difference = 0
        for cell in 0..<CellGrid.count {
            let level = Int(sample[cell])
            if abs(level - Int(self.held[cell])) > Self.tolerance {
                self.held[cell] = sample[cell]
                self.since[cell] = self.index
            }
            let step = abs(level - Int(self.previous[cell]))
            difference += step
            if step > 2 * CellGrid.changeThreshold { jumped += 1 }
            let weight = CellGrid.weight(abs(level - Int(self.reference[cell])))
            guard weight > 0 else { continue }
            seen.different += weight
            let age = self.index - self.since[cell]
            if age >= self.rest {
                seen.settled += weight
                seen.earliest = min(seen.earliest, self.since[cell])
            }
            if age < self.rate { seen.moving += 1 }
        }
        seen.jump = jumped * 2 > CellGrid.count && difference > 20 * CellGrid.count
        return seen
    }

    private func earliestChange() -> Int? {
        var earliest: Int?
        for cell in 0..<CellGrid.count
        where abs(Int(self.previous[cell]) - Int(self.reference[cell])) > CellGrid.changeThreshold {
            earliest = min(earliest ?? .max, self.since[cell])
        }
        return earliest
    }

    private mutating func open(_ sample: UnsafeBufferPointer<UInt8>, start: Int, isScene: Bool, changed: Int) {
        let start = max(start, self.shots[self.shots.count - 1].start + 1)
        self.shots[self.shots.count - 1].end = start
        self.reference = Array(sample)
        self.cut = nil
        self.shots.append(
            Shot(
                start: start, end: start, picture: self.index, grid: CellGrid(cells: self.reference), isScene: isScene,
                strength: Double(changed) / Double(CellGrid.count)))
    }
}
