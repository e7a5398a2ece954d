/// The largest singular values of a sparse matrix and their right vectors, by random projection and power iterations.
///
/// - SeeAlso: Halko, Martinsson & Tropp 2011, "Finding structure with randomness", algorithm 4.4.
struct TruncatedSVD {
    /// Descending, all positive; at most as many as asked for.
    let singularValues: [Float]
    /// `columnCount` rows, one column a singular value, each column of unit length.
    let rightVectors: DenseMatrix

    init(of matrix: SparseMatrix, rank: Int, oversampling: Int = 20, powerIterations: Int = 4, seed: UInt64) {
        let width = max(0, min(rank + oversampling, matrix.rowCount, matrix.columnCount))
        var random = SeededGenerator(seed: seed)
        var basis = matrix.times(DenseMatrix(rows: matrix.columnCount, columns: width, random: &random))
        for _ in 0..<powerIterations {
            let back = Self.orthonormalized(matrix.transposedTimes(Self.orthonormalized(basis)))
            basis = matrix.times(back)
        }
        // Twice: the first pass leaves an error of about the square of the condition number.
        basis = Self.orthonormalized(Self.orthonormalized(basis))
        let projected = matrix.transposedTimes(basis)
        let (values, vectors) = SymmetricEigen.decompose(projected.gram(), size: width)
        let order = values.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
        let largest = max(values.max() ?? 0, 0)
        let kept = order.prefix(rank).filter { values[$0] > largest * 1e-9 && values[$0] > 0 }
        var square = [Float](repeating: 0, count: width * kept.count)
        for (target, source) in kept.enumerated() {
            let scale = 1 / values[source].squareRoot()
            for row in 0..<width { square[row * kept.count + target] = Float(vectors[row * width + source] * scale) }
        }
        self.singularValues = kept.map { Float(values[$0].squareRoot()) }
        self.rightVectors = projected.times(square, width: kept.count)
    }

    /// The columns made orthonormal by the Cholesky factor of their Gram matrix; a column that depends on earlier ones becomes zero.
    private static func orthonormalized(_ matrix: DenseMatrix) -> DenseMatrix {
        let size = matrix.columns
        guard size > 0 else { return matrix }
        var factor = matrix.gram()  // becomes R, upper triangular, with R'R = Gram
        let largest = (0..<size).reduce(0.0) { max($0, factor[$1 * size + $1]) }
        var alive = [Bool](repeating: true, count: size)
        factor.withUnsafeMutableBufferPointer { values in
            for pivot in 0..<size {
                let diagonal = values[pivot * size + pivot]
                guard diagonal > largest * 1e-11, diagonal.isFinite else {
                    alive[pivot] = false
                    for column in pivot..<size { values[pivot * size + column] = 0 }
                    continue
                }
                let root = diagonal.squareRoot()
                for column in pivot..<size { values[pivot * size + column] /= root }
                for row in pivot + 1..<max(size, pivot + 1) {
                    let multiplier = values[pivot * size + row]
                    if multiplier == 0 { continue }
                    for column in row..<size { values[row * size + column] -= multiplier * values[pivot * size + column] }
                }
            }
        }
        // Inverse of R by back substitution, one column at a time.
        var inverse = [Float](repeating: 0, count: size * size)
        var column = [Double](repeating: 0, count: size)
        for target in 0..<size where alive[target] {
            for row in stride(from: target, through: 0, by: -1) {
                guard alive[row] else {
                    column[row] = 0
                    continue
                }
                var sum: Double = row == target ? 1 : 0
                for other in row + 1..<max(target + 1, row + 1) { sum -= factor[row * size + other] * column[other] }
                column[row] = sum / factor[row * size + row]
                inverse[row * size + target] = Float(column[row])
            }
        }
        return matrix.times(inverse, width: size)
    }
}

/// Eigenvalues and vectors of a small symmetric matrix by Jacobi rotations: slow for large ones, accurate and never stuck.
enum SymmetricEigen {
    /// - Parameter matrix: `size` by `size`, row after row.
    /// - Returns: the eigenvalues, unsorted, and the vectors as columns.
    static func decompose(_ matrix: [Double], size: Int) -> (values: [Double], vectors: [Double]) {
        var work = matrix
        // Rows of `rows` are eigenvectors in the making: rotating two rows touches memory in order.
        var rows = [Double](repeating: 0, count: size * size)
        for index in 0..<size { rows[index * size + index] = 1 }
        work.withUnsafeMutableBufferPointer { work in
            rows.withUnsafeMutableBufferPointer { rows in
                for _ in 0..<30 {
                    var offDiagonal = 0.0
                    var diagonal = 0.0
                    for row in 0..<size {
                        diagonal += work[row * size + row] * work[row * size + row]
                        for column in row + 1..<max(size, row + 1) {
                            offDiagonal += work[row * size + column] * work[row * size + column]
                        }
                    }
                    if offDiagonal <= diagonal * 1e-16 || !offDiagonal.isFinite { break }
                    let skip = (diagonal * 1e-18 / Double(max(1, size * size))).squareRoot()
                    for first in 0..<size {
                        for second in first + 1..<max(size, first + 1) {
                            Self.rotate(work, rows, size, first, second, skip: skip)
                        }
                    }
                }
            }
        }
        var vectors = [Double](repeating: 0, count: size * size)
        for row in 0..<size {
            for column in 0..<size { vectors[column * size + row] = rows[row * size + column] }
        }
        return ((0..<size).map { work[$0 * size + $0] }, vectors)
    }

    @inline(__always)
    private static func rotate(
        _ work: UnsafeMutableBufferPointer<Double>, _ rows: UnsafeMutableBufferPointer<Double>, _ size: Int, _ first: Int, _ second: Int,
        skip: Double
    ) {
        let off = work[first * size + second]
        if abs(off) <= skip { return }
        let theta = (work[second * size + second] - work[first * size + first]) / (2 * off)
        let tangent = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
        guard tangent.isFinite else { return }
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for index in 0..<size {
            let left = work[first * size + index]
            let right = work[second * size + index]
            work[first * size + index] = cosine * left - sine * right
            work[second * size + index] = sine * left + cosine * right
        }
        for index in 0..<size {
            let left = work[index * size + first]
            let right = work[index * size + second]
            work[index * size + first] = cosine * left - sine * right
            work[index * size + second] = sine * left + cosine * right
        }
        for index in 0..<size {
            let left = rows[first * size + index]
            let right = rows[second * size + index]
            rows[first * size + index] = cosine * left - sine * right
            rows[second * size + index] = sine * left + cosine * right
        }
    }
}
