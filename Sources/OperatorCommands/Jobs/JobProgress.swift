import Threading

/// How fast a job goes and how long it will take. A pure value: the time is an argument.
struct JobProgress: Sendable {
    private var samples: [(time: MonotonicTime, ended: Int)] = []
    private var total: Int?

    /// Older samples are forgotten, so that the rate is that of now.
    private static let window = Duration.seconds(20)

    mutating func add(ended: Int, total: Int?, at time: MonotonicTime) {
        self.total = total
        self.samples.append((time, ended))
        while self.samples.count > 2, self.samples[1].time + Self.window < time { self.samples.removeFirst() }
    }

    /// Files a second; nil while nothing can be said.
    var rate: Double? {
        guard let first = self.samples.first, let last = self.samples.last, last.ended > first.ended else { return nil }
        let seconds = (last.time - first.time).inSeconds
        return seconds > 0.2 ? Double(last.ended - first.ended) / seconds : nil
    }

    /// Nil while nothing can be said.
    var left: Duration? {
        guard let rate = self.rate, let total = self.total, let last = self.samples.last, total >= last.ended else { return nil }
        let seconds = Double(total - last.ended) / rate
        return seconds < 1e8 ? .seconds(Int64(seconds.rounded(.up))) : nil
    }

    /// `[######------------------]  25% 3 of 12, 1 failed, 0.8/s, 12s left`.
    func line(failed: Int) -> String {
        let ended = self.samples.last?.ended ?? 0
        var text = "\(ended) of \(self.total.map { "\($0)" } ?? "?")"
        if let total = self.total, total > 0 {
            let share = min(1, Double(ended) / Double(total))
            let full = Int(share * 24)
            let percent = String(Int(share * 100))
            let bar = String(repeating: "#", count: full) + String(repeating: "-", count: 24 - full)
            text = "[\(bar)] \(String(repeating: " ", count: max(0, 3 - percent.count)))\(percent)% \(text)"
        }
        if failed > 0 { text += ", \(failed) failed" }
        if let rate = self.rate { text += ", \(rate >= 10 ? "\(Int(min(rate, 1e9)))" : "\(Double(Int(rate * 10)) / 10)")/s" }
        if let left = self.left, ended < self.total ?? 0 { text += ", \(HumanTime.span(left)) left" }
        return text
    }
}
