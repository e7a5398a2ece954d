import Reactor
import Testing
import Threading

@Suite struct EventLoopTests {
    actor OnLoop {
        let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }
        init(loop: EventLoop) { self.loop = loop }
        func isOnLoop() -> Bool { self.loop.isOnLoop }
    }

    @Test func `closures run on the loop's thread in the order given`() async {
        let loop = EventLoop(name: "test")
        defer { loop.stop() }
        let seen = Lock<[Int]>([])
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            for number in 0..<1000 { loop.execute { seen.withLock { $0.append(loop.isOnLoop ? number : -1) } } }
            loop.execute { done.resume() }
        }
        #expect(seen.withLock { $0 } == Array(0..<1000))
    }

    @Test func `timers fire in the order in which they are due, and a cancelled one does not`() async {
        let loop = EventLoop(name: "test")
        defer { loop.stop() }
        let seen = Lock<[String]>([])
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.schedule(after: .milliseconds(30)) {
                seen.withLock { $0.append("last") }
                done.resume()
            }
            loop.schedule(after: .milliseconds(10)) { seen.withLock { $0.append("first") } }
            let cancelled = loop.schedule(after: .milliseconds(20)) { seen.withLock { $0.append("cancelled") } }
            loop.cancel(cancelled)
        }
        #expect(seen.withLock { $0 } == ["first", "last"])
    }

    @Test func `an actor can live on the loop`() async {
        let loop = EventLoop(name: "test")
        defer { loop.stop() }
        #expect(await OnLoop(loop: loop).isOnLoop())
    }

    @Test func `a task that prefers the loop goes on there after every wait`() async {
        let loop = EventLoop(name: "test")
        defer { loop.stop() }
        let places = await withTaskExecutorPreference(loop) {
            var places = [loop.isOnLoop]
            await Task.yield()
            places.append(loop.isOnLoop)
            await withCheckedContinuation { done in DedicatedThread.start(name: "other") { done.resume() } }
            places.append(loop.isOnLoop)
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { loop.isOnLoop }
                for await place in group { places.append(place) }
            }
            return places
        }
        #expect(places == [true, true, true, true])
        #expect(!loop.isOnLoop)
    }

    @Test func `a sleep lasts as long as asked, and ends at once when its task is cancelled`() async {
        let loop = EventLoop(name: "test")
        defer { loop.stop() }
        let start = MonotonicTime.now
        await loop.sleep(for: .milliseconds(20))
        #expect(MonotonicTime.now - start >= .milliseconds(20))
        let sleeping = Task { await loop.sleep(for: .seconds(3600)) }
        sleeping.cancel()
        await sleeping.value
        let late = Task {
            await loop.sleep(for: .seconds(3600))
            return Task.isCancelled
        }
        await loop.sleep(for: .milliseconds(5))
        late.cancel()
        #expect(await late.value)
    }

    @Test func `a flusher runs once after the turn that asked for it, and may give more work`() async {
        let loop = EventLoop(name: "test")
        defer { loop.stop() }
        let count = Lock(0)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.execute {
                loop.onFlush {
                    count.withLock { $0 += 1 }
                    loop.execute { loop.onFlush { done.resume() } }
                }
            }
        }
        #expect(count.withLock { $0 } == 1)
    }
}
