/// Documents by terms in compressed rows.
struct SparseMatrix {
    private(set) var rowStarts: [Int] = [0]
    private(set) var columns: [Int32] = []
    private(set) var values: [Float] = []
    let columnCount: Int

    var rowCount: Int { self.rowStarts.count - 1 }

    init(columnCount: Int) {
        self.columnCount = columnCount
    }

    /// Adds one row. Every column must be below `columnCount`.
    mutating func appendRow(_ entries: [(column: Int32, value: Float)]) {
        for entry in entries {
            self.columns.append(entry.column)
            self.values.append(entry.value)
        }
        self.rowStarts.append(self.columns.count)
    }

    /// This matrix times `dense`.
    func times(_ dense: DenseMatrix) -> DenseMatrix {
        var result = DenseMatrix(rows: self.rowCount, columns: dense.columns)
        self.forEachEntry { row, column, value in
            result.add(value, row: column, of: dense, to: row)
        }
        return result
    }

    /// This matrix's transpose times `dense`.
    func transposedTimes(_ dense: DenseMatrix) -> DenseMatrix {
        var result = DenseMatrix(rows: self.columnCount, columns: dense.columns)
        self.forEachEntry { row, column, value in
            result.add(value, row: row, of: dense, to: column)
        }
        return result
    }

    @inline(__always)
    private func forEachEntry(_ body: (_ row: Int, _ column: Int, _ value: Float) -> Void) {
        for row in 0..<self.rowCount {
            for index in self.rowStarts[row]..<self.rowStarts[row + 1] {
                body(row, Int(self.columns[index]), self.values[index])
            }
        }
    }
}

/// A dense matrix of Floats, row after row.
struct DenseMatrix {
    let rows: Int
    let columns: Int
    private(set) var values: [Float]

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        self.values = [Float](repeating: 0, count: rows * columns)
    }

    init(rows: Int, columns: Int, random: inout SeededGenerator) {
        self.init(rows: rows, columns: columns)
        for index in self.values.indices { self.values[index] = random.nextCentered() }
    }

    subscript(row: Int, column: Int) -> Float {
        get { self.values[row * self.columns + column] }
        set { self.values[row * self.columns + column] = newValue }
    }

    /// Adds `factor` times row `source` of `other` to row `target`.
    @inline(__always)
    mutating func add(_ factor: Float, row source: Int, of other: DenseMatrix, to target: Int) {
        let count = self.columns
        self.values.withUnsafeMutableBufferPointer { mine in
            other.values.withUnsafeBufferPointer { theirs in
                guard let into = mine.baseAddress, let from = theirs.baseAddress else { return }
                let into2 = into + target * count
                let from2 = from + source * count
                for index in 0..<count { into2[index] += factor * from2[index] }
            }
        }
    }

    /// The columns' dot products with each other: `columns` by `columns`, row after row, in Double.
    func gram() -> [Double] {
        let count = self.columns
        var total = [Double](repeating: 0, count: count * count)
        var block = [Float](repeating: 0, count: count * count)
        self.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            total.withUnsafeMutableBufferPointer { total in
                block.withUnsafeMutableBufferPointer { block in
                    guard let sums = block.baseAddress else { return }
                    // Short blocks in Float keep the rounding small and the inner loop wide.
                    for start in stride(from: 0, to: self.rows, by: 128) {
                        for row in start..<min(start + 128, self.rows) {
                            let line = base + row * count
                            for first in 0..<count {
                                let factor = line[first]
                                if factor == 0 { continue }
                                let sum = sums + first * count
                                for second in first..<count { sum[second] += factor * line[second] }
                            }
                        }
                        for index in 0..<count * count {
                            total[index] += Double(block[index])
                            block[index] = 0
                        }
                    }
                    for first in 0..<count {
                        for second in 0..<first { total[first * count + second] = total[second * count + first] }
                    }
                }
            }
        }
        return total
    }

    /// Each row times `square` (`columns` by `width`, row after row).
    func times(_ square: [Float], width: Int) -> DenseMatrix {
        var result = DenseMatrix(rows: self.rows, columns: width)
        let count = self.columns
        self.values.withUnsafeBufferPointer { values in
            square.withUnsafeBufferPointer { square in
                result.values.withUnsafeMutableBufferPointer { output in
                    guard let from = values.baseAddress, let factors = square.baseAddress, let into = output.baseAddress else { return }
                    for row in 0..<self.rows {
                        let line = from + row * count
                        let target = into + row * width
                        for column in 0..<count {
                            let factor = line[column]
                            if factor == 0 { continue }
                            let source = factors + column * width
                            for index in 0..<width { target[index] += factor * source[index] }
                        }
                    }
                }
            }
        }
        return result
    }
}

/// SplitMix64: the same numbers from the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// About normal (a sum of four uniform numbers), mean 0.
    mutating func nextCentered() -> Float {
        let bits = self.next()
        var sum: Float = 0
        for shift in stride(from: UInt64(0), to: 64, by: 16) { sum += Float(UInt16(truncatingIfNeeded: bits >> shift)) }
        return sum / 65536 - 2
    }
}
