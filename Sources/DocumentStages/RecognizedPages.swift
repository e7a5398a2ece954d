internal import Flotilla
internal import StageTools

/// Pages that were recognised from their pictures, kept one by one: whoever reads the file again begins with them.
struct RecognizedPages: Sendable {
    let checkpoints: StageCheckpoints
    /// Tesseract's names: a page that was read in other languages is another page.
    let languages: String
    /// Where in the submitted file the pages are: `attachment-2/`, of a file that is attached to another.
    private(set) var place = ""

    init(checkpoints: StageCheckpoints, languages: String) {
        self.checkpoints = checkpoints
        self.languages = languages
    }

    /// The pages of a file within this one.
    func within(_ name: String) -> RecognizedPages {
        var inner = self
        inner.place += "\(name)/"
        return inner
    }

    /// Those of the pages that were kept, by their numbers.
    ///
    /// - Parameter form: tells files of one place apart: the number of pages, and whether the file had to be repaired.
    func recall(_ numbers: [Int], form: String) async throws -> [Int: TesseractPage] {
        guard !numbers.isEmpty else { return [:] }
        let kept = try await self.checkpoints.recall(numbers.map { self.name($0, form) })
        var pages: [Int: TesseractPage] = [:]
        for number in numbers { pages[number] = kept[self.name(number, form)].flatMap { TesseractPage(bytes: $0) } }
        return pages
    }

    func keep(_ page: TesseractPage, number: Int, form: String) async throws {
        try await self.checkpoints.keep(page.bytes, as: self.name(number, form))
    }

    private func name(_ number: Int, _ form: String) -> String { "\(self.place)page-\(number)-\(form)-\(self.languages)" }
}
