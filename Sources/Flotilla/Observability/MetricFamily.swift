import Threading

/// One name with its help and all its samples.
final class MetricFamily: Sendable {
    let name: String
    let kind: Metrics.Kind
    let labels: [String]
    let buckets: [Double]
    private let help: String

    private struct State {
        var cells: [[String]: MetricCell] = [:]
        var compute: (@Sendable () -> [MetricSample])?
    }
    private let state = Lock(State())

    init(name: String, help: String, kind: Metrics.Kind, labels: [String], buckets: [Double]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.buckets = buckets
    }

    func cell(_ values: [String]) -> MetricCell {
        precondition(values.count == self.labels.count, "\(self.name) has the labels \(self.labels)")
        return self.state.withLock { state in
            if let cell = state.cells[values] { return cell }
            let cell = MetricCell(buckets: self.buckets.count)
            state.cells[values] = cell
            return cell
        }
    }

    func setComputed(_ compute: @escaping @Sendable () -> [MetricSample]) { self.state.withLock { $0.compute = compute } }

    func removeAll() { self.state.withLock { $0.cells = [:] } }

    func append(to text: inout [UInt8]) {
        let (cells, compute) = self.state.withLock { ($0.cells, $0.compute) }
        // Not under the lock: whatever it reads has locks of its own.
        let computed = compute?() ?? []
        if cells.isEmpty && computed.isEmpty { return }
        text.append(
            contentsOf: "# HELP \(self.name) \(Self.escaped(self.help, quotes: false))\n# TYPE \(self.name) \(self.kind.rawValue)\n".utf8)
        for (values, cell) in cells.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if self.kind == .histogram {
                self.appendHistogram(cell.snapshot(), values, to: &text)
            } else {
                self.appendSample("", values, cell.value, to: &text)
            }
        }
        for sample in computed where sample.labels.count == self.labels.count {
            self.appendSample("", sample.labels, sample.value, to: &text)
        }
    }

    private func appendHistogram(_ snapshot: MetricCell.Snapshot, _ values: [String], to text: inout [UInt8]) {
        var cumulative: UInt64 = 0
        for (bound, count) in zip(self.buckets, snapshot.counts) {
            cumulative &+= count
            self.appendSample("_bucket", values, Double(cumulative), bound: Self.number(bound), to: &text)
        }
        cumulative &+= snapshot.counts.last ?? 0
        self.appendSample("_bucket", values, Double(cumulative), bound: "+Inf", to: &text)
        self.appendSample("_sum", values, snapshot.sum, to: &text)
        self.appendSample("_count", values, Double(cumulative), to: &text)
    }

    private func appendSample(_ suffix: String, _ values: [String], _ value: Double, bound: String? = nil, to text: inout [UInt8]) {
        text.append(contentsOf: "\(self.name)\(suffix)".utf8)
        var pairs = zip(self.labels, values).map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        if !pairs.isEmpty { text.append(contentsOf: "{\(pairs.joined(separator: ","))}".utf8) }
        text.append(contentsOf: " \(Self.number(value))\n".utf8)
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return text }
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
