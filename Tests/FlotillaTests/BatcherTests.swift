import Testing
import Threading

@testable import Flotilla

@Suite struct BatcherTests {
    /// Runs a batcher of three whose first batch, the number 0, stays on its way until `body` has returned. Returns all batches.
    private func batches(_ body: (Batcher<Int>, _ seen: @Sendable () -> [[Int]]) async throws -> Void) async throws -> [[Int]] {
        let batcher = Batcher<Int>(limit: 3)
        let seen = Lock<[[Int]]>([])
        let (gate, opener) = AsyncStream<Void>.makeStream()
        @Sendable func flush(_ batch: [Int]) async {
            seen.withLock { $0.append(batch) }
            if batch == [0] { for await _ in gate {} }
        }
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 { group.addTask { await batcher.run { await flush($0) } } }
            batcher.submit(0)
            try await self.wait { seen.withLock { $0 } == [[0]] }
            try await body(batcher) { seen.withLock { $0 } }
            opener.finish()
            batcher.close()
            try await group.waitForAll()
        }
        return seen.withLock { $0 }
    }

    private func wait(until condition: () -> Bool) async throws {
        let end = MonotonicTime.now + .seconds(20)
        while !condition() {
            try #require(MonotonicTime.now < end, "it took too long")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test func `a whole batch does not wait for the one on its way`() async throws {
        let all = try await self.batches { batcher, seen in
            for item in 1...3 { batcher.submit(item) }
            try await self.wait { seen().count == 2 }
        }
        #expect(all == [[0], [1, 2, 3]])
    }

    @Test func `whole batches follow each other beside it, and the rest waits`() async throws {
        let all = try await self.batches { batcher, seen in
            batcher.submit(Array(1...8))
            try await self.wait { seen().count == 3 }
            // Less than a batch travels alone, though a task is idle.
            try await Task.sleep(for: .milliseconds(30))
            #expect(seen().count == 3)
        }
        #expect(all == [[0], [1, 2, 3], [4, 5, 6], [7, 8]])
    }

    @Test(.timeLimit(.minutes(1))) func `hands over each item once, whoever submits it and takes it, and ends when closed`() async {
        let batcher = Batcher<Int>(limit: 7)
        let seen = Lock<[Int]>([])
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    await batcher.run { batch in
                        seen.withLock { $0 += batch }
                        if batch.count < 3 { await Task.yield() }
                    }
                }
            }
            await withTaskGroup { producers in
                for producer in 0..<4 {
                    producers.addTask {
                        for index in 0..<500 {
                            let first = producer * 10_000 + index * 4
                            if index.isMultiple(of: 2) { batcher.submit(first) } else { batcher.submit(Array(first..<first + 4)) }
                            if index.isMultiple(of: 9) { await Task.yield() }
                        }
                    }
                }
            }
            batcher.close()
        }
        let all = seen.withLock { $0 }
        #expect(all.count == 4 * 250 * 5)
        #expect(Set(all).count == all.count)
        #expect(batcher.count == 0)
    }
}
