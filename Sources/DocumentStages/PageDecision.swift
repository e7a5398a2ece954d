internal import DocumentFormats
internal import StageTools

/// Whether a page's text layer is good, or its picture has to be read.
enum PageDecision: Sendable, Hashable {
    case textLayer
    case ocr

    /// - Parameters:
    ///   - text: the page's text layer.
    ///   - imageCoverage: the share of the page under its largest picture, 0 to 1.
    init(text: String, imageCoverage: Double) {
        let shape = TextShape(text)
        if shape.letters < PDFLimits.noText {
            self = .ocr
        } else if imageCoverage > 0.6 && shape.letters < PDFLimits.littleText {
            self = .ocr
        } else {
            // Fonts without a mapping to Unicode give private use characters, replacement characters, or "(cid:588)".
            self = shape.strange * 20 > shape.visible ? .ocr : .textLayer
        }
    }

    /// Whether the picture on the page matters: there is text, but so little that it may be a caption.
    static func dependsOnPicture(_ text: String) -> Bool {
        (PDFLimits.noText..<PDFLimits.littleText).contains(TextShape(text).letters)
    }
}
