import Flotilla
import Foundation
import Testing

@Suite struct ErrorFingerprintTests {
    @Test func `a thousand variants of one error are one group`() {
        var random = SystemRandomNumberGenerator()
        let groups = Set(
            (0..<1000).map { index in
                let hex = String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
                return ErrorFingerprint.of(
                    type: "TimeoutError",
                    message:
                        "job \(UUID()) failed after \(index).\(index % 7) s: cannot read '/data/in/file \(index).pdf' (offset 0x\(hex), page \(index)), \"\(hex)\" at 10.0.\(index % 256).1:\(6000 + index)",
                    stage: "extract_text")
            })
        #expect(groups.count == 1)
    }

    @Test func `different errors are different groups`() {
        let messages = [
            "connection refused", "connection reset", "cannot open file 3", "cannot read file 3", "page 3 has no text", "can't open it",
            "can't read it",
        ]
        var groups = Set(messages.map { ErrorFingerprint.of(type: "E", message: $0, stage: "a") })
        #expect(groups.count == messages.count)
        groups.insert(ErrorFingerprint.of(type: "E", message: messages[0], stage: "b"))
        groups.insert(ErrorFingerprint.of(type: "F", message: messages[0], stage: "a"))
        groups.insert(ErrorFingerprint.of(type: "F", message: messages[0], stage: nil))
        #expect(groups.count == messages.count + 3)
    }

    @Test func `it is twelve hexadecimal digits and stable`() {
        let print = ErrorFingerprint.of(type: "E", message: "m 1", stage: nil)
        #expect(print.count == 12)
        #expect(print.allSatisfy { $0.isHexDigit })
        #expect(print == ErrorFingerprint.of(type: "E", message: "m 22", stage: nil))
        #expect(
            ErrorFingerprint.of(type: "E", message: "bad pages 1, 2, 3", stage: nil)
                == ErrorFingerprint.of(type: "E", message: "bad pages 7", stage: nil))
    }
}
