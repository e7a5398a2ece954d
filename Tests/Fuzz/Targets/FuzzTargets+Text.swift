#if DEBUG || FUZZ
    @testable import TextAnalysis

    /// The analysis of arbitrary text: whatever it is, ranges lie inside it and begin and end between characters.
    extension FuzzTargets {
        static let texts = [cleaner, chunker, sentences, language, stemmer, searchText, summarizer, categorizer, embedding, model]

        static let proseTexts = [
            "Dr. Anna Weber of Harbour Trust GmbH met J. R. Smith on 3 March 2024 in Port Alder. She paid EUR 1,200.50 (see p. 4)! \"Really?\" he asked.",
            "# Heading\n\nA para-\ngraph that is hard-\nwrapped at the\nend of lines.\n\n- one\n- two\n  - three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n",
            "Page 1 of 3\nDer Hafenmeister schrieb am 3.1.2024 an die Gesellschaft m.b.H. & Co. KG, Az. 12 O 345/21.\nPage 2 of 3\n",
            "CafÃ© MÃ¼nchen â€œquotesâ€\u{9D} naÃ¯ve", "日本語の文章です。これは二番目の文です！「引用」と言った。", "هذا نص عربي. وهذه جملة ثانية؟",
            "a\u{301}\u{301}\u{327}\u{200D}👨‍👩‍👧‍👦🇩🇪🇪🇸\u{200B}\u{FEFF}x",
            "+34 600 123 456, mail@example.org, https://example.org/a?b=c#d, 10115 Berlin, § 823 Abs. 1 BGB, $5m, 12:30 Uhr, 1,5 Mio. €",
        ]

        static let proseTokens = [
            ". ", "! ", "? ", "…", "。", "\n\n", "\n", "- ", "# ", "| ", "```\n", "> ", "1. ", "Dr. ", "z.B. ", "e.g. ", "Mr. ", "GmbH",
            "Inc.", "Mrs ", "von ", "EUR 5", "$1,000.00",
            "2024-03-01", "3. März 2024", "@", "https://", "+49 30 123", "§ 1", "\u{C}", "\u{AD}", "-\n", "\"quoted\"", "-word", "\u{201E}",
            "Ã©", "â€™", "\t", "    ",
        ]

        static func prose(
            _ name: String, cost: Int, maximumBytes: Int = 8 << 10, run: @escaping @Sendable (String, inout FuzzRandom) throws -> Void
        ) -> FuzzTarget {
            FuzzTarget(name, cost: cost, maximumBytes: maximumBytes, dictionary: proseTokens, texts: proseTexts) { bytes, random in
                try run(String(decoding: bytes, as: UTF8.self), &random)
            }
        }

        /// Whether a range of bytes lies inside the text and cuts no scalar.
        static func isSound(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
            guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return false }
            return [range.lowerBound, range.upperBound].allSatisfy { $0 == bytes.count || bytes[$0] & 0xC0 != 0x80 }
        }

        private static func pages(_ text: String) -> [PageText] {
            text.split(separator: "\u{C}", omittingEmptySubsequences: false).enumerated().map {
                PageText(number: $0.offset + 1, text: String($0.element))
            }
        }

        /// Every page has a span; spans ascend and do not overlap; there is no NUL and no carriage return; cleaning twice takes no page away.
        private static let cleaner = prose("text-cleaner", cost: 10) { text, random in
            var options = TextCleaner.Options()
            options.repairsMojibake = random.once(in: 2)
            options.removesRepeatedLines = random.once(in: 2)
            options.reflowsParagraphs = !random.once(in: 3)
            let pages = pages(text)
            let cleaned = TextCleaner(options: options).clean(pages)
            let bytes = Array(cleaned.text.utf8)
            try promise(cleaned.pages.count == pages.count, "\(cleaned.pages.count) spans of \(pages.count) pages")
            try promise(!bytes.contains(0) && !bytes.contains(0x0D), "a NUL or a carriage return is left")
            var end = 0
            for page in cleaned.pages {
                try promise(
                    isSound(page.bytes, in: bytes) && page.bytes.lowerBound >= end,
                    "the span \(page.bytes) of \(bytes.count) bytes, after \(end)")
                end = page.bytes.upperBound
            }
            for offset in [-1, 0, bytes.count / 2, bytes.count, bytes.count + 1] { _ = cleaned.page(at: offset) }
        }

        /// Chunks are slices of the text, ascend, cover all that is not blank, and are no longer than the hard limit.
        private static let chunker = prose("text-chunker", cost: 10, maximumBytes: 16 << 10) { text, random in
            let soft = random.one(of: [50, 60, 200, 1_200])
            let options = TextChunker.Options(
                softLimit: soft, hardLimit: soft * random.one(of: [1, 2]), overlapsBySentence: random.once(in: 2))
            let cleaned = random.once(in: 2) ? TextCleaner().clean(pages(text)) : CleanedText(text: text, pages: [])
            let bytes = Array(cleaned.text.utf8)
            let chunks = TextChunker(options: options).chunks(of: cleaned)
            var start = 0
            var covered = 0
            for (index, chunk) in chunks.enumerated() {
                try promise(chunk.index == index, "chunk \(index) says \(chunk.index)")
                try promise(isSound(chunk.bytes, in: bytes) && !chunk.bytes.isEmpty, "the chunk \(chunk.bytes) of \(bytes.count) bytes")
                try promise(Array(chunk.text.utf8) == Array(bytes[chunk.bytes]), "a chunk is no slice of the text")
                try promise(chunk.bytes.lowerBound >= start && chunk.bytes.upperBound > covered, "chunks do not ascend at \(index)")
                let gap = covered..<max(covered, chunk.bytes.lowerBound)
                try promise(isBlank(bytes[gap]), "the bytes \(gap) are in no chunk")
                let scalars = chunk.text.unicodeScalars.count
                // One overlapping sentence and one long character may come on top.
                try promise(
                    scalars <= options.hardLimit || chunk.text.count <= options.hardLimit,
                    "\(scalars) scalars, more than \(options.hardLimit)")
                try promise(chunk.tokenEstimate >= 0 && chunk.firstPage <= chunk.lastPage, "pages \(chunk.firstPage) to \(chunk.lastPage)")
                (start, covered) = (chunk.bytes.lowerBound, max(covered, chunk.bytes.upperBound))
            }
            try promise(isBlank(bytes[covered...]), "the end from \(covered) on is in no chunk")
        }

        private static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
            String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0.value < 0x20 }
        }

        /// Sentences ascend and leave nothing out but spaces.
        private static let sentences = prose("sentences", cost: 4) { text, _ in
            let bytes = Array(text.utf8)
            var end = 0
            for range in SentenceSplitter.sentences(in: text) {
                try promise(isSound(range, in: bytes) && range.lowerBound >= end && !range.isEmpty, "the sentence \(range) after \(end)")
                try promise(isBlank(bytes[end..<range.lowerBound]), "bytes \(end)..<\(range.lowerBound) are in no sentence")
                end = range.upperBound
            }
            try promise(isBlank(bytes[end...]), "bytes from \(end) on are in no sentence")
        }

        private static let language = prose("language", cost: 10) { text, _ in
            let guess = LanguageDetector().detect(text)
            try promise((0...1).contains(guess.confidence), "confidence \(guess.confidence)")
            try promise((2...3).contains(guess.code.utf8.count), "language \(guess.code)")
        }

        /// A stem is never longer than its word by more than a letter, and terms lie inside the text.
        private static let stemmer = prose("stemmer", cost: 4) { text, _ in
            var stemmer = Stemmer()
            for word in text.lowercased().utf8.split(separator: 0x20) {
                let letters = word.filter { (0x61...0x7A).contains($0) }
                guard !letters.isEmpty else { continue }
                let stem = stemmer.stem(Array(letters))
                try promise(stem.count <= letters.count + 1 && !stem.isEmpty, "a stem of \(stem.count) letters of \(letters.count)")
            }
            let bytes = Array(text.utf8)
            var failure: BrokenPromise?
            TermTokenizer.forEachTerm(text) { _, range in
                if !isSound(range, in: bytes) { failure = BrokenPromise("the term \(range) of \(bytes.count) bytes") }
            }
            if let failure { throw failure }
            _ = (TermTokenizer.terms(text), TermTokenizer.allTerms(text))
        }

        /// Marks stand inside the snippet, in order and apart; a text has its own wanted words.
        private static let searchText = prose("search-text", cost: 6) { text, random in
            let bytes = Array(text.utf8)
            let query = SearchText(String(decoding: bytes.prefix(random.below(200)), as: UTF8.self))
            try promise(Set(query.terms).count == query.terms.count, "a term stands twice")
            _ = query.allows(text)
            let length = random.one(of: [0, 20, 240, 5_000, -1])
            let snippet = Snippet(of: text, terms: query.terms, length: length)
            let shown = Array(snippet.text.utf8)
            var end = 0
            for range in snippet.highlights {
                try promise(
                    isSound(range, in: shown) && range.lowerBound >= end && !range.isEmpty,
                    "the mark \(range) of \(shown.count) bytes after \(end)")
                end = range.upperBound
            }
            try promise(shown.allSatisfy { $0 >= 0x20 }, "a snippet of more than one line")
            try promise((0...bytes.count).contains(snippet.matchOffset), "the match lies at \(snippet.matchOffset)")
            let marked = snippet.marked("<", ">")
            try promise(marked.utf8.count == shown.count + 2 * snippet.highlights.count, "marks were lost")
        }

        private static let summarizer = prose("summarizer", cost: 20) { text, random in
            let cleaned = TextCleaner().clean(pages(text))
            let bytes = Array(cleaned.text.utf8)
            let options = ExtractiveSummarizer.Options(lengthLimit: random.one(of: [0, 50, 700]), sentenceLimit: random.one(of: [1, 5]))
            let sentences = ExtractiveSummarizer(options: options).summarize(cleaned)
            try promise(sentences.count <= options.sentenceLimit, "\(sentences.count) sentences")
            var end = 0
            for sentence in sentences {
                try promise(isSound(sentence.bytes, in: bytes) && sentence.bytes.lowerBound >= end, "the sentence \(sentence.bytes)")
                try promise(Array(sentence.text.utf8) == Array(bytes[sentence.bytes]), "a sentence is no slice of the text")
                end = sentence.bytes.upperBound
            }
        }

        private static let categorizer = prose("categorizer", cost: 20) { text, random in
            let guess = DocumentCategorizer().categorize(
                text, mimeType: random.one(of: [nil, "text/csv", ""]), pageCount: random.one(of: [nil, 0, -1, .max]))
            try promise((0...1).contains(guess.score), "score \(guess.score)")
        }

        /// A vector is finite, and of length one or nothing.
        private static let embedding = prose("hashing-embedder", cost: 6) { text, random in
            let vector = HashingEmbedder(dimensions: random.one(of: [1, 64, 1_024])).vector(for: text)
            let norm = vector.reduce(0) { $0 + $1 * $1 }
            try promise(vector.allSatisfy(\.isFinite) && (norm == 0 || abs(norm - 1) < 0.01), "a vector of length \(norm)")
        }

        /// A stored model is refused or gives finite vectors.
        private static let model = FuzzTarget(
            "embedding-model", cost: 4, maximumBytes: 32 << 10,
            corpus: {
                let options = LatentSemanticModel.Options(dimensions: 4, vocabularyLimit: 64)
                return [LatentSemanticModel.fit(proseTexts + proseTexts, options: options)?.serialized() ?? [], Array("FLSM".utf8)]
            },
            prepare: {
                { bytes, random in
                    let model = try LatentSemanticModel(serialized: bytes)
                    let vector = model.vector(for: random.one(of: proseTexts))
                    try promise(vector.allSatisfy(\.isFinite), "a vector that is not finite")
                    try promise(model.serialized() == bytes, "another model came back")
                }
            })
    }
#endif
