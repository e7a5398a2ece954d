import Flotilla
import Testing

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(maximumRetries: 3, backoff: Backoff(base: .seconds(60), cap: .seconds(3600)))

    @Test(arguments: [(1, 60), (2, 120), (3, 240), (6, 1920), (7, 3600), (63, 3600), (70, 3600), (Int.max, 3600), (0, 60), (-5, 60)])
    func `the wait doubles up to its cap and never traps`(retry: Int, seconds: Int) {
        #expect(self.policy.backoff.ceiling(retry: retry) == .seconds(seconds))
    }

    @Test func `the random part is the upper half`() {
        var generator = SystemRandomNumberGenerator()
        var shortest = Duration.seconds(1_000)
        var longest = Duration.zero
        for _ in 0..<2_000 {
            let delay = self.policy.backoff.delay(retry: 2, using: &generator)
            #expect(delay >= .seconds(60) && delay <= .seconds(120))
            shortest = min(shortest, delay)
            longest = max(longest, delay)
        }
        #expect(shortest < .seconds(65) && longest > .seconds(115))
    }

    @Test func `a failing message gets one run and three retries`() {
        var generator = SystemRandomNumberGenerator()
        let failure = Failure(.transient(), code: "x", message: "x")
        for failures in 0..<3 {
            guard case .retry = self.policy.route(failure, failures: failures, using: &generator) else {
                Issue.record("failure \(failures + 1) was not retried")
                return
            }
        }
        #expect(self.policy.route(failure, failures: 3, using: &generator) == .dead(.attemptsSpent))
    }

    @Test func `the class decides the route`() {
        var generator = SystemRandomNumberGenerator()
        #expect(self.policy.route(Failure(.permanent, code: "x", message: "x"), failures: 0, using: &generator) == .dead(.permanent))
        #expect(self.policy.route(Failure(.infrastructure, code: "x", message: "x"), failures: 9, using: &generator) == .giveBack)
        let throttled = Failure(.transient(retryAfter: .seconds(600)), code: "x", message: "x")
        #expect(self.policy.route(throttled, failures: 0, using: &generator) == .retry(after: .seconds(600)))
        let hostile = Failure(.transient(retryAfter: .seconds(1_000_000_000)), code: "x", message: "x")
        #expect(self.policy.route(hostile, failures: 0, using: &generator) == .retry(after: .seconds(3600)))
    }

    @Test func `a failure is one redacted line of bounded length`() {
        struct Leaky: Error, CustomStringConvertible {
            let description = "cannot reach redis://user:hunter2@host/0\nsecond line " + String(repeating: "x", count: 5_000)
        }
        let failure = Failure(Leaky())
        #expect(!failure.message.contains("hunter2"))
        #expect(!failure.message.contains("\n"))
        #expect(failure.message.utf8.count <= 1024)
    }
}

@Suite struct DigestTests {
    private func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // Vectors of FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the published digests`(message: String, digest: String) {
        #expect(self.text(SHA256.digest(of: message.utf8)) == digest)
    }

    @Test func `the digest of a million letters`() {
        let digest = SHA256.digest(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000))
        #expect(self.text(digest) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `the same work has the same name and different work another`() throws {
        func identity(_ text: String, queue: QueueName = "q") throws -> WorkIdentity {
            WorkIdentity(try Envelope(Array(text.utf8)), queue: queue)
        }
        let one = try identity(#"{"job_id":"a","filename":"b:c"}"#)
        #expect(one == (try identity(#"{"filename":"b:c", "job_id":"a","x":1}"#)))
        #expect(one != (try identity(#"{"job_id":"a:b","filename":"c"}"#)))
        #expect(one != (try identity(#"{"job_id":"a","filename":"b:c","processing_version":2}"#)))
        let other = try identity(#"{"job_id":"a","filename":"b:c"}"#, queue: "r")
        #expect(one.workID != other.workID)
        #expect(one.documentUUID == other.documentUUID)
    }
}
