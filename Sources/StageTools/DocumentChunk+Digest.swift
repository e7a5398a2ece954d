package import Corpus
internal import Flotilla

extension DocumentChunk {
    /// SHA-256 of the text, 64 hexadecimal digits.
    package var textDigest: String { StageOutput(body: Array(self.text.utf8)).digest }
}
