/// Texts that break careless code.
enum HostileText {
    static let all: [String] = [
        "", "\0", "\n\n\n", " ", "\u{FEFF}", "\u{301}\u{301}", "\u{200D}\u{200D}\u{200D}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
        "```", "#", "# ", "-", "- ", "1.", "1. ", "(", "()", ". . . .", "...", "!?!?", "a-\nb", "-\n-", "\u{AD}", "\u{AD}\n", "|||",
        "\t\t\t",
        String(repeating: "a", count: 10_000), String(repeating: " ", count: 10_000), String(repeating: "\n", count: 10_000),
        String(repeating: "\u{1112}\u{1161}", count: 3000), String(repeating: "\u{1112}", count: 5000), String(repeating: "漢", count: 5000),
        String(repeating: "\u{1F1E9}", count: 3001), String(repeating: "e\u{301}", count: 3000),
        "a" + String(repeating: "\u{200D}\u{1F469}", count: 3000), String(repeating: "- x\n", count: 3000),
        String(repeating: "# H\n", count: 2000),
        String(repeating: "A. ", count: 3000), String(repeating: "Ã", count: 1000), String(repeating: "===\n", count: 500),
        String(decoding: (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 3) }, as: UTF8.self),
        String(String.UnicodeScalarView((1..<0x3000).compactMap { Unicode.Scalar($0 * 23) })),
    ]
}
