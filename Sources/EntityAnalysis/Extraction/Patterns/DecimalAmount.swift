/// A decimal number of any size, exact.
struct DecimalAmount: Hashable {
    /// Decimal digits, most significant first.
    private var digits: String
    /// How many of them are behind the point.
    private var decimals: Int

    init(digits: String, decimals: Int) {
        self.digits = digits
        self.decimals = decimals
    }

    /// Reads 1,200.50 and 1.200,50 and 1'200; nil where the separators make no sense.
    ///
    /// One separator before exactly three digits groups thousands, unless `isScaled` says that "million" follows or the number begins with 0.
    init?(written: String, isScaled: Bool) {
        let separators = written.unicodeScalars.filter { !Self.isDigit($0) }
        let groups = written.unicodeScalars.split(omittingEmptySubsequences: false) { !Self.isDigit($0) }.map { String($0) }
        guard written.utf8.count <= 30, groups.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.digits = groups.joined()
        self.decimals = 0
        guard let last = separators.last, let lastGroup = groups.last, let first = groups.first else { return }
        let thousands = groups.dropFirst().dropLast().allSatisfy { $0.utf8.count == 3 } && (groups.count == 2 || first.utf8.count <= 3)
        if separators.dropLast().contains(last) || last == "'" {
            // The same sign twice groups thousands.
            guard groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }), Set(separators).count == 1 else { return nil }
        } else if separators.count > 1 {
            guard thousands, Set(separators.dropLast()).count == 1, lastGroup.utf8.count <= 4 else { return nil }
            self.decimals = lastGroup.utf8.count
        } else if lastGroup.utf8.count != 3 || isScaled || first.hasPrefix("0") || first.utf8.count > 3 {
            self.decimals = lastGroup.utf8.count
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }

    /// Times a power of ten.
    func scaled(by exponent: Int) -> DecimalAmount {
        exponent <= self.decimals
            ? DecimalAmount(digits: self.digits, decimals: self.decimals - exponent)
            : DecimalAmount(digits: self.digits + String(repeating: "0", count: exponent - self.decimals), decimals: 0)
    }

    /// With at least two decimals: `1200.00`.
    var description: String {
        let padded = String(repeating: "0", count: max(0, self.decimals + 1 - self.digits.count)) + self.digits
        let whole = padded.dropLast(self.decimals).drop { $0 == "0" }
        var fraction = String(padded.suffix(self.decimals))
        while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
        fraction += String(repeating: "0", count: max(0, 2 - fraction.count))
        return "\(whole.isEmpty ? "0" : String(whole)).\(fraction)"
    }
}
