package import Corpus
package import TextAnalysis

extension CleanedText {
    package init(_ document: CleanedDocument) {
        self.init(text: document.text, pages: document.pages.map { PageSpan(number: $0.number, bytes: $0.bytes) })
    }
}
