package import Flotilla

/// What a translator gave for one text is no translation of it. It was thrown away.
package struct TranslationFailure: FailureClassified, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    package var failureClass: FailureClass { .transient() }
    package var failureCode: String { "translation_unusable" }
    package var failureMessage: String { self.description }
}
