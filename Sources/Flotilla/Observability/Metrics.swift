import Threading

/// The metrics of a process, and their text for Prometheus.
///
/// Families are declared once, with the names of their labels; asking again for a family of the same name returns the same one.
/// Declaring a name twice with another kind or other labels, or a name that Prometheus would refuse, is a programmer's mistake and
/// stops the program. A metric of the same labels keeps its value for the life of the process, so labels must not hold identifiers.
public final class Metrics: Sendable {
    /// What a family's values mean.
    enum Kind: String {
        case counter, gauge, histogram
    }

    private struct State {
        var families: [String: MetricFamily] = [:]
        var beforeScrape: [@Sendable () -> Void] = []
    }

    private let state = Lock(State())

    public init() {}

    /// A number that only grows. Its name ends in `_total`.
    public func counter(_ name: String, help: String, labels: [String] = []) -> CounterFamily {
        precondition(name.hasSuffix("_total"), "a counter's name ends in _total: \(name)")
        return CounterFamily(family: self.family(name, help, .counter, labels, buckets: []))
    }

    /// A number that goes up and down.
    public func gauge(_ name: String, help: String, labels: [String] = []) -> GaugeFamily {
        GaugeFamily(family: self.family(name, help, .gauge, labels, buckets: []))
    }

    /// A gauge without labels whose value is computed when somebody looks. `compute` runs on the scraping thread, must return at once,
    /// and returns nil for "unknown now", which leaves the sample out.
    public func gauge(_ name: String, help: String, compute: @escaping @Sendable () -> Double?) {
        self.gauge(name, help: help, labels: []) { compute().map { [MetricSample([], $0)] } ?? [] }
    }

    /// A gauge whose samples, label values and all, are computed when somebody looks.
    public func gauge(_ name: String, help: String, labels: [String], compute: @escaping @Sendable () -> [MetricSample]) {
        self.family(name, help, .gauge, labels, buckets: []).setComputed(compute)
    }

    /// How observations are distributed. `buckets` are upper bounds in ascending order, without infinity.
    public func histogram(
        _ name: String, help: String, labels: [String] = [], buckets: [Double] = Metrics.durationBuckets
    ) -> HistogramFamily {
        precondition(!buckets.isEmpty && zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }, "buckets of \(name) must ascend")
        return HistogramFamily(family: self.family(name, help, .histogram, labels, buckets: buckets))
    }

    /// From 1 ms to 10 minutes, for seconds.
    public static let durationBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
    ]

    /// Calls `update` before each scrape, on the scraping thread: for values that are cheaper to copy than to keep.
    public func beforeScrape(_ update: @escaping @Sendable () -> Void) { self.state.withLock { $0.beforeScrape.append(update) } }

    /// All metrics in the text format of Prometheus (version 0.0.4), families by name.
    public func exposition() -> [UInt8] {
        for update in self.state.withLock({ $0.beforeScrape }) { update() }
        let families = self.state.withLock { $0.families.values.sorted { $0.name < $1.name } }
        var text: [UInt8] = []
        for family in families { family.append(to: &text) }
        return text
    }

    private func family(_ name: String, _ help: String, _ kind: Kind, _ labels: [String], buckets: [Double]) -> MetricFamily {
        precondition(Self.isName(name), "not a metric's name: \(name)")
        for label in labels { precondition(Self.isName(label) && label != "le" && !label.hasPrefix("__"), "not a label's name: \(label)") }
        return self.state.withLock { state in
            if let family = state.families[name] {
                precondition(
                    family.kind == kind && family.labels == labels && family.buckets == buckets, "\(name) is declared in two ways")
                return family
            }
            let family = MetricFamily(name: name, help: help, kind: kind, labels: labels, buckets: buckets)
            state.families[name] = family
            return family
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x5F }
    }
}

/// One computed value with the values of its family's labels, in the declared order.
public struct MetricSample: Sendable, Hashable {
    public var labels: [String]
    public var value: Double

    public init(_ labels: [String], _ value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// Counters that differ in their labels.
public struct CounterFamily: Sendable {
    let family: MetricFamily

    /// The counter of these label values, in the declared order. Keep it where it is used often: finding it takes a lock and a look-up.
    public func callAsFunction(_ labels: String...) -> Counter { Counter(cell: self.family.cell(labels)) }

    /// The same for label values in an array.
    public func with(_ labels: [String]) -> Counter { Counter(cell: self.family.cell(labels)) }
}

/// Gauges that differ in their labels.
public struct GaugeFamily: Sendable {
    let family: MetricFamily

    /// The gauge of these label values, in the declared order.
    public func callAsFunction(_ labels: String...) -> Gauge { Gauge(cell: self.family.cell(labels)) }

    /// The same for label values in an array.
    public func with(_ labels: [String]) -> Gauge { Gauge(cell: self.family.cell(labels)) }

    /// Forgets the samples of all label values.
    public func removeAll() { self.family.removeAll() }
}

/// Histograms that differ in their labels.
public struct HistogramFamily: Sendable {
    let family: MetricFamily

    /// The histogram of these label values, in the declared order.
    public func callAsFunction(_ labels: String...) -> Histogram { Histogram(cell: self.family.cell(labels), bounds: self.family.buckets) }

    /// The same for label values in an array.
    public func with(_ labels: [String]) -> Histogram { Histogram(cell: self.family.cell(labels), bounds: self.family.buckets) }
}
