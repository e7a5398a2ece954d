/// A very small gray picture: what is compared when a video is searched for changes.
///
/// A cell is the mean of its part of the picture. In 1280x720 it stands for 20x20 pixels: noise of the camera and of the codec averages out,
/// another digit of a number still darkens a cell. With half as many in each direction, half of such changes go unseen.
struct CellGrid: Sendable, Hashable {
    static let width = 64
    static let height = 36
    static let count = Self.width * Self.height
    /// Cells that differ by more gray levels than this show something else.
    static let changeThreshold = 5
    /// So many changes make another picture: a word covers two cells; one cell that changes strongly, as by another digit, counts twice.
    static let changedCells = 2

    /// What a cell counts whose gray level differs by `difference`: 0, 1 or 2.
    static func weight(_ difference: Int) -> Int {
        difference > 2 * Self.changeThreshold ? 2 : difference > Self.changeThreshold ? 1 : 0
    }

    /// Gray levels, row by row, ``count`` of them.
    var cells: [UInt8]

    init(cells: [UInt8]) {
        precondition(cells.count == Self.count, "a grid has \(Self.count) cells")
        self.cells = cells
    }

    /// Means of the parts of a larger picture.
    init(_ picture: GrayPicture) {
        self.init(cells: picture.means(columns: Self.width, rows: Self.height))
    }

    /// Whether so much changed that it is another picture.
    func isOther(than other: CellGrid) -> Bool {
        var weight = 0
        for index in 0..<Self.count {
            weight += Self.weight(abs(Int(self.cells[index]) - Int(other.cells[index])))
            if weight >= Self.changedCells { return true }
        }
        return false
    }

    /// The weight of all cells that show something else.
    func changes(from other: CellGrid) -> Int {
        var weight = 0
        for index in 0..<Self.count { weight += Self.weight(abs(Int(self.cells[index]) - Int(other.cells[index]))) }
        return weight
    }

    /// Whether a viewer would take the two for one picture: the hash is coarse, so that two slides of one design can have the same; then
    /// the cells decide.
    func shows(same other: CellGrid, hashDistance: Int) -> Bool {
        hashDistance < PerceptualHash.nearDuplicate && !self.isOther(than: other)
    }
}
