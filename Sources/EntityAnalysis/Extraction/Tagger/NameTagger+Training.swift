extension NameTagger {
    /// Weights smaller than this are dropped: they decide nothing and fill most of the table.
    private static let smallestWeight: Float = 0.01

    /// Learns from labelled sentences. Equal sentences, iterations and seed give equal weights.
    ///
    /// `progress` is called with the number of each iteration that ended, from 1. 1,000 sentences take a few seconds.
    public static func train(
        _ sentences: [LabelledSentence], iterations: Int = 10, seed: UInt64 = 1, progress: (Int) -> Void = { _ in }
    ) -> NameTagger {
        var trainer = PerceptronTrainer(sentences)
        var random = SplitMix(state: seed)
        for iteration in 0..<max(1, iterations) {
            trainer.iterate(order: random.permutation(sentences.count))
            progress(iteration + 1)
        }
        return NameTagger(weights: trainer.averaged(smallest: Self.smallestWeight))
    }
}

/// One perceptron in training, with the sums from which the average is made.
private struct PerceptronTrainer {
    private struct Example {
        var words: [TaggerWord]
        /// Rows of the features that do not depend on labels, word after word.
        var rows: [Int32]
        /// Where the rows of each word begin, and the end.
        var bounds: [Int32]
        var labels: [Int]
    }

    private var table = FeatureTable(minimumCapacity: 1 << 16)
    private var examples: [Example] = []
    private var sums: [Float] = []
    private var stamps: [Int32] = []
    private var step: Int32 = 0

    init(_ sentences: [LabelledSentence]) {
        var features: [UInt64] = []
        for sentence in sentences {
            var example = Example(
                words: sentence.tokens.map { TaggerWord($0.utf8) }, rows: [], bounds: [0], labels: sentence.labels.map(TaggerLabel.number))
            // An inside without a begin cannot be predicted: it begins.
            for index in example.labels.indices
            where !TaggerLabel.mayFollow(example.labels[index], index > 0 ? example.labels[index - 1] : 0) {
                example.labels[index] -= 1
            }
            for index in example.words.indices {
                TaggerFeatures.fixed(example.words, at: index, into: &features)
                for feature in features { example.rows.append(Int32(truncatingIfNeeded: self.table.insert(feature))) }
                example.bounds.append(Int32(truncatingIfNeeded: example.rows.count))
            }
            self.examples.append(example)
        }
    }

    mutating func iterate(order: [Int]) {
        for index in order { self.learn(self.examples[index]) }
    }

    private mutating func learn(_ example: Example) {
        var previous = 0
        var second = 0
        var rows: [Int] = []
        var scores = [Float](repeating: 0, count: TaggerLabel.count)
        for index in example.words.indices {
            self.step &+= 1
            rows.removeAll(keepingCapacity: true)
            for position in Int(example.bounds[index])..<Int(example.bounds[index + 1]) { rows.append(Int(example.rows[position])) }
            for feature in TaggerFeatures.labelDependent(example.words[index], previous, second) { rows.append(self.table.insert(feature)) }
            while self.sums.count < self.table.weights.count {
                self.sums.append(0)
                self.stamps.append(0)
            }
            for label in scores.indices { scores[label] = 0 }
            for row in rows {
                for label in 0..<TaggerLabel.count { scores[label] += self.table.weights[row * TaggerLabel.count + label] }
            }
            let guess = NameTagger.best(scores, after: previous)
            let truth = example.labels[index]
            if guess != truth {
                for row in rows {
                    self.update(row * TaggerLabel.count + truth, by: 1)
                    self.update(row * TaggerLabel.count + guess, by: -1)
                }
            }
            (second, previous) = (previous, guess)
        }
    }

    private mutating func update(_ index: Int, by change: Float) {
        self.sums[index] += Float(self.step - self.stamps[index]) * self.table.weights[index]
        self.stamps[index] = self.step
        self.table.weights[index] += change
    }

    /// The mean of each weight over all steps, without the smallest.
    func averaged(smallest: Float) -> [TaggerWeight] {
        guard self.step > 0 else { return [] }
        var result: [TaggerWeight] = []
        for (row, hash) in self.table.hashes.enumerated() {
            for label in 0..<TaggerLabel.count {
                let index = row * TaggerLabel.count + label
                guard index < self.sums.count else { continue }
                let sum = self.sums[index] + Float(self.step - self.stamps[index]) * self.table.weights[index]
                let mean = sum / Float(self.step)
                if abs(mean) >= smallest { result.append(TaggerWeight(feature: hash, label: UInt8(label), weight: mean)) }
            }
        }
        return result.sorted { ($0.feature, $0.label) < ($1.feature, $1.label) }
    }
}

/// A small random generator whose sequence is the same everywhere.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for index in stride(from: count - 1, to: 0, by: -1) { order.swapAt(index, Int(self.next() % UInt64(index + 1))) }
        return order
    }
}
