/// The difference hash of a picture: for each of 8x8 places, whether it is brighter than its right-hand neighbour.
///
/// Scaling, compression and a change of brightness alter few bits. Flat areas give no bits at all, because there noise alone would decide.
enum PerceptualHash {
    /// Pictures whose hashes differ in fewer bits look nearly alike.
    static let nearDuplicate = 4
    private static let margin = 1

    static func of(_ grid: CellGrid) -> UInt64 {
        var hash: UInt64 = 0
        for row in 0..<8 {
            var left = Self.mean(grid, column: 0, row: row)
            for column in 1...8 {
                let right = Self.mean(grid, column: column, row: row)
                hash = hash << 1 | (left > right + Self.margin ? 1 : 0)
                left = right
            }
        }
        return hash
    }

    static func distance(_ one: UInt64, _ other: UInt64) -> Int { (one ^ other).nonzeroBitCount }

    /// Of one of 9x8 parts.
    private static func mean(_ grid: CellGrid, column: Int, row: Int) -> Int {
        let columns = column * CellGrid.width / 9..<(column + 1) * CellGrid.width / 9
        let rows = row * CellGrid.height / 8..<(row + 1) * CellGrid.height / 8
        var sum = 0
        for y in rows { for x in columns { sum += Int(grid.cells[y * CellGrid.width + x]) } }
        return sum / (columns.count * rows.count)
    }
}
