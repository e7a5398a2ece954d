import Flotilla
import Foundation
import Testing

@Suite struct MetricsTests {
    private func text(_ metrics: Metrics) -> String { String(decoding: metrics.exposition(), as: UTF8.self) }

    @Test func `each kind has its text`() {
        let metrics = Metrics()
        let counter = metrics.counter("flotilla_jobs_total", help: "Jobs\nof \\ all", labels: ["queue", "outcome"])
        counter("a", "ok").increment()
        counter("a", "ok").increment(by: 2)
        counter("b\"\\\n", "ok").increment(by: 0.5)
        metrics.gauge("flotilla_level", help: "Level.")().set(-1.5)
        metrics.gauge("flotilla_computed", help: "Now.") { 7 }
        metrics.gauge("flotilla_unknown", help: "Nothing yet.") { nil }
        let histogram = metrics.histogram("flotilla_seconds", help: "Time.", labels: ["q"], buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 2, .nan] { histogram("x").observe(value) }
        #expect(
            self.text(metrics) == """
                # HELP flotilla_computed Now.
                # TYPE flotilla_computed gauge
                flotilla_computed 7
                # HELP flotilla_jobs_total Jobs\\nof \\\\ all
                # TYPE flotilla_jobs_total counter
                flotilla_jobs_total{queue="a",outcome="ok"} 3
                flotilla_jobs_total{queue="b\\"\\\\\\n",outcome="ok"} 0.5
                # HELP flotilla_level Level.
                # TYPE flotilla_level gauge
                flotilla_level -1.5
                # HELP flotilla_seconds Time.
                # TYPE flotilla_seconds histogram
                flotilla_seconds_bucket{q="x",le="0.1"} 2
                flotilla_seconds_bucket{q="x",le="1"} 3
                flotilla_seconds_bucket{q="x",le="+Inf"} 4
                flotilla_seconds_sum{q="x"} 2.65
                flotilla_seconds_count{q="x"} 4

                """)
    }

    @Test func `counting from many threads loses nothing`() {
        let metrics = Metrics()
        let counter = metrics.counter("flotilla_x_total", help: "X.")()
        let histogram = metrics.histogram("flotilla_x_seconds", help: "X.")()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<5000 {
                counter.increment()
                histogram.observe(0.01)
            }
        }
        #expect(counter.value == 40_000)
        #expect(histogram.count == 40_000)
    }

    @Test func `a family asked for twice is one`() {
        let metrics = Metrics()
        metrics.counter("flotilla_x_total", help: "X.")().increment()
        metrics.counter("flotilla_x_total", help: "X.")().increment()
        #expect(metrics.counter("flotilla_x_total", help: "X.")().value == 2)
    }
}
