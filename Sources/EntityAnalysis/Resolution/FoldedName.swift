/// A name as somebody may type it who has another keyboard.
package enum FoldedName {
    /// One key for `Müller`, `Mueller` and `MULLER`: folded as ``NameNormalizer/fold(_:)`` does, and the two letters that stand for an umlaut
    /// as one. Names without any letter or digit give an empty string.
    package static func key(_ name: String) -> String {
        NameNormalizer.fold(name).replacing("ae", with: "a").replacing("oe", with: "o").replacing("ue", with: "u")
    }
}
