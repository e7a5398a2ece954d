/// Patterns of file names: `*` is anything, `?` one character.
enum Glob {
    /// Compares without regard to case. Takes time in proportion to both lengths at worst multiplied, never more.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let text = Array(text.lowercased().unicodeScalars)
        let pattern = Array(pattern.lowercased().unicodeScalars)
        var (t, p) = (0, 0)
        // Where the last star stands, and how much of the text it has taken.
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                t += 1
                p += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                p = last.pattern + 1
                t = last.text + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
