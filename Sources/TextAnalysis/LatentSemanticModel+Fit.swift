extension LatentSemanticModel {
    /// Fits a model; nil when the texts hold fewer than two different terms in all.
    ///
    /// Works from one text on, though it is little more than word matching below some dozens. Deterministic for the same texts, order
    /// and seed. 20,000 chunks take some ten seconds of one core in a release build: call it on a thread that may block.
    public static func fit(_ texts: [String], options: Options = Options()) -> LatentSemanticModel? {
        var documents: [[(term: UInt64, count: Float)]] = []
        documents.reserveCapacity(texts.count)
        var frequencies: [UInt64: (documents: UInt32, total: Float)] = [:]
        var termTotal = 0
        for text in texts {
            let terms = TermTokenizer.terms(text).sorted()
            termTotal += terms.count
            var counts: [(term: UInt64, count: Float)] = []
            for term in terms {
                if counts.last?.term == term { counts[counts.count - 1].count += 1 } else { counts.append((term, 1)) }
            }
            for entry in counts {
                let old = frequencies[entry.term] ?? (0, 0)
                frequencies[entry.term] = (old.documents + 1, old.total + entry.count)
            }
            documents.append(counts)
        }
        guard frequencies.count >= 2 else { return nil }

        // The terms of most texts, ties by hash so that dictionary order never shows.
        let vocabulary = frequencies.sorted { first, second in
            first.value.documents != second.value.documents ? first.value.documents > second.value.documents : first.key < second.key
        }.prefix(options.vocabularyLimit)
        let hashes = vocabulary.map(\.key)
        let table = TermTable(hashes)
        let weights = Self.globalWeights(documents, vocabulary: vocabulary.map(\.value), table: table)

        var matrix = SparseMatrix(columnCount: hashes.count)
        for counts in documents {
            var entries: [(column: Int32, value: Float)] = []
            var norm: Float = 0
            for entry in counts {
                guard let row = table[entry.term] else { continue }
                let value = Self.localWeight(entry.count) * weights[row]
                if value > 0 {
                    entries.append((Int32(truncatingIfNeeded: row), value))
                    norm += value * value
                }
            }
            guard norm > 0 else { continue }
            // Unit rows: a long text must not shape the space more than a short one.
            let scale = 1 / norm.squareRoot()
            matrix.appendRow(entries.map { ($0.column, $0.value * scale) })
        }
        let decomposition = TruncatedSVD(
            of: matrix, rank: options.dimensions, powerIterations: options.powerIterations, seed: options.seed)
        let dimensions = decomposition.singularValues.count
        guard dimensions > 0 else { return nil }

        var scales = [Float](repeating: 0, count: hashes.count)
        var projection = [Int8](repeating: 0, count: hashes.count * dimensions)
        for row in 0..<hashes.count {
            var largest: Float = 0
            for column in 0..<dimensions { largest = max(largest, abs(decomposition.rightVectors[row, column])) }
            guard largest > 0, largest.isFinite else { continue }
            scales[row] = largest / 127
            for column in 0..<dimensions {
                projection[row * dimensions + column] = Int8((decomposition.rightVectors[row, column] / scales[row]).rounded())
            }
        }
        return LatentSemanticModel(
            latentDimensions: dimensions, documentCount: texts.count, averageLength: Float(termTotal) / Float(max(1, texts.count)),
            hashes: hashes,
            documentFrequencies: vocabulary.map(\.value.documents), weights: weights, scales: scales, projection: projection)
    }

    /// Inverse document frequency, scaled to at most 1 and never 0: in a corpus of three texts a word of all three still says something.
    private static func globalWeights(
        _ documents: [[(term: UInt64, count: Float)]], vocabulary: [(documents: UInt32, total: Float)], table: TermTable
    ) -> [Float] {
        let total = Double(max(1, documents.count))
        return vocabulary.map { Float(Logarithm.log(1 + total / Double($0.documents)) / Logarithm.log(1 + total)) }
    }
}
