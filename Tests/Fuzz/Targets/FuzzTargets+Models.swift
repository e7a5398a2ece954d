#if DEBUG || FUZZ
    @testable import AudioStages
    @testable import Corpus
    @testable import DocumentStages
    import EntityAnalysis
    @testable import GraphStages
    import HTTPClient
    import JSONText
    @testable import RemoteModels
    @testable import StageTools
    @testable import TextStages
    @testable import VideoStages

    /// What models and the programs that the stages call answer, and what stages keep for each other.
    extension FuzzTargets {
        static let models =
            [
                chatAnswer, embeddings, whisper, whisperServer, modelExtraction, mediaReport, pocketsphinx, tesseract, tesseractPage,
                pdfInfo, apertium,
            ]
            + [translatable, transcript, stageOutputs]

        private static func answer(
            _ name: String, cost: Int = 1, names: [String], texts: [String], words: [String] = [],
            run: @escaping @Sendable (JSONValue, inout FuzzRandom) throws -> Void
        ) -> FuzzTarget {
            let grammar = JSONGrammar(names: names, texts: words, isObject: true)
            return FuzzTarget(
                name, cost: cost, maximumBytes: 8 << 10, dictionary: names.map { "\"\($0)\":" } + words, texts: texts,
                grammar: { grammar.make(&$0) }
            ) {
                bytes, random in try run(try JSONValue(parsing: bytes), &random)
            }
        }

        /// A usable answer has a text, and of JSON the shape that was asked for.
        private static let chatAnswer = answer(
            "chat-answer",
            names: [
                "choices", "message", "content", "finish_reason", "refusal", "error", "entities", "relations", "text", "type", "source",
            ],
            texts: [
                #"{"choices":[{"message":{"content":"```json\n{\"entities\":[],\"relations\":[]}\n```"},"finish_reason":"stop"}]}"#,
                #"{"choices":[{"message":{"content":"<think>a</think> {\"a\":1}"}}]}"#, #"{"error":{"message":"no"}}"#,
                #"{"choices":[{"message":{"content":"``````","refusal":""}}]}"#,
            ], words: ["<think>", "</think>", "```", "```json\\n", "{\\\"entities\\\":[]", "length", "stop"]
        ) { json, random in
            let answer = try ChatAnswer(json, keepsTags: random.once(in: 2))
            try promise(!answer.text.isEmpty, "an empty text")
            let value = try answer.json(ModelEntityExtractor.schema)
            try promise(ModelEntityExtractor.schema.mismatch(value) == nil, "another shape")
        }

        private static let embeddings = FuzzTarget(
            "embeddings-answer", maximumBytes: 2 << 10, dictionary: ["\"index\":", "\"embedding\":[", "1e39", "-1", "[0,0,0]"],
            corpus: { [Array(#"{"data":[{"index":1,"embedding":[1,2,3]},{"index":0,"embedding":[0,0,1e-30]}]}"#.utf8)] },
            grammar: { JSONGrammar(names: ["data", "index", "embedding"], texts: [], isObject: true).make(&$0) },
            prepare: {
                let embedder = RemoteEmbedder(
                    .init(baseURL: "http://localhost/v1", model: "m", dimensions: 3), caller: HTTPCaller(concurrency: 1))
                return { bytes, _ in
                    let vectors = try embedder.vectors(try JSONValue(parsing: bytes), count: 2)
                    try promise(vectors.count == 2 && vectors.allSatisfy { $0.count == 3 && $0.allSatisfy(\.isFinite) }, "\(vectors)")
                }
            })

        private static func check(_ recognition: Recognition) throws {
            for segment in recognition.segments {
                try promise(segment.time.start >= 0 && segment.time.start <= segment.time.end, "\(segment.time)")
                try promise(segment.confidence.map { (0...1).contains($0) } ?? true, "confidence \(segment.confidence ?? -1)")
            }
            let transcript = Transcript(engine: "e", durationMs: 1_000, segments: recognition.segments)
            _ = (TranscriptFormat.allCases.map { $0.file(of: transcript) }, transcript.confidence)
        }

        private static let whisperNames = [
            "result", "language", "transcription", "offsets", "from", "to", "text", "tokens", "p", "segments", "start", "end",
            "avg_logprob", "no_speech_prob",
        ]

        private static let whisper = FuzzTarget(
            "whisper-file", cost: 2, maximumBytes: 8 << 10, dictionary: whisperNames.map { "\"\($0)\":" } + ["[_BEG_]", "(music)"],
            texts: [
                #"{"result":{"language":"en"},"transcription":[{"offsets":{"from":0,"to":7600},"text":" Ask not","tokens":[{"text":" Ask","p":0.98}]}]}"#,
                #"{"transcription":[{"offsets":{"from":-1e300,"to":1e300},"text":"[Music] thank you thank you thank you"}]}"#,
            ], grammar: { JSONGrammar(names: whisperNames, texts: ["thank you "], isObject: true).make(&$0) }
        ) { bytes, _ in if let recognition = WhisperOutput.recognition(bytes) { try check(recognition) } }

        private static let whisperServer = answer(
            "whisper-server", cost: 2, names: whisperNames,
            texts: [
                #"{"language":"english","text":"x","segments":[{"start":0.0,"end":3.3,"text":" a b","avg_logprob":-0.28,"no_speech_prob":0.01}]}"#,
                #"{"text":"x"}"#,
            ], words: ["english", "a b a b a b"]
        ) { json, random in
            if let recognition = WhisperOutput.recognition(server: json, duration: random.one(of: [0, 30_000, 1 << 40])) {
                try check(recognition)
            }
        }

        private static let chunk = "Anna Weber of Harbour Trust met José in Port Alder. Anna paid 5 €; Harbour Trust is in Port Alder."

        /// Whatever a model claims, what is kept lies in the chunk and between mentions.
        private static let modelExtraction = answer(
            "model-extraction", cost: 2,
            names: [
                "entities", "relations", "text", "type", "source", "predicate", "target", "mentions", "start", "end", "normal", "rule",
                "confidence",
            ],
            texts: [
                #"{"entities":[{"text":"Anna Weber","type":"person"},{"text":"harbour trust","type":"organization"}],"relations":[{"source":"Anna Weber","predicate":"works_for","target":"Harbour Trust"}]}"#,
                #"{"mentions":[{"type":"person","text":"a","normal":"a","start":0,"end":9223372036854775807,"confidence":1}],"relations":[]}"#,
            ], words: ["Anna", "Harbour Trust", "José", "person", "organization", "location", "works_for", "€", "a"]
        ) { json, _ in
            let extraction = ModelExtractionCheck(chunk).extraction(json)
            let bytes = Array(chunk.utf8)
            for mention in extraction.mentions {
                try promise(isSound(mention.bytes, in: bytes) && Array(mention.text.utf8) == Array(bytes[mention.bytes]), "\(mention)")
            }
            for relation in extraction.relations {
                try promise(
                    extraction.mentions.indices.contains(relation.source) && extraction.mentions.indices.contains(relation.target),
                    "\(relation)")
            }
            try promise(ModelExtraction(bytes: extraction.bytes) == extraction, "another extraction came back")
            _ = ModelExtraction(json: json)
        }

        private static let mediaReport = answer(
            "ffprobe",
            names: [
                "format", "format_name", "probe_score", "duration", "tags", "title", "major_brand", "streams", "codec_type", "codec_name",
                "sample_rate", "channels",
                "width", "height", "avg_frame_rate", "side_data_list", "rotation", "disposition", "attached_pic", "rotate",
            ],
            texts: [
                #"{"format":{"format_name":"mov,mp4","probe_score":100,"duration":"3.5","tags":{"TITLE":"x"}},"streams":[{"codec_type":"audio","sample_rate":"48000","channels":2},{"codec_type":"video","width":64,"height":48,"avg_frame_rate":"30000/1001","side_data_list":[{"rotation":-90}]}]}"#,
                #"{"format":{"format_name":"ogg","duration":"1e308"},"streams":[{"codec_type":"video","width":9223372036854775807,"height":1,"avg_frame_rate":"1/1e-308","tags":{"rotate":"99999.5"}}]}"#,
            ], words: ["audio", "video", "1e309", "0/0", "30000/1001", "-90"]
        ) { json, _ in
            guard let report = MediaReport(json: json) else { return }
            try promise(report.durationMs.map { $0 >= 0 } ?? true, "lasts \(report.durationMs ?? 0) ms")
            if let video = report.video { try promise([0, 90, 180, 270].contains(video.rotation) && video.width > 0, "\(video)") }
            _ = (
                MediaContainers.mimeType(report.container, brand: report.brand, hasVideo: true),
                MediaContainers.shortName(report.container, brand: report.brand)
            )
        }

        private static let pocketsphinx = FuzzTarget(
            "pocketsphinx", dictionary: ["</s> 1 2 3\n", "<s> 0 0 1\n", "word(2) ", " 1e300 ", " nan ", "++BREATH++", "[NOISE] "],
            texts: [
                "the weather was cold\n<s> 0.110 0.150 0.99\nthe 0.160 0.320 0.99\nwas(2) 0.630 0.810 0.92\n</s> 5.4 5.6 1.0\n",
                "a 9 1 nan\nb 1e5 1e6 -1\nc 0 999999.999 2\n",
            ]
        ) { bytes, _ in
            let output = PocketsphinxOutput(String(decoding: bytes, as: UTF8.self))
            try check(Recognition(segments: output.segments))
        }

        private static let tesseractTexts = [
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n5\t1\t1\t1\t1\t1\t36\t92\t60\t24\t96.5\tHello\n5\t1\t1\t1\t1\t2\t100\t92\t60\t24\t91\tWorld\n",
            "5\t1\t1\t1\t1\t1\t9223372036854775807\t9223372036854775807\t1\t9223372036854775807\t99\tletters\n",
            "5\t1\t1\t1\t1\t1\t-5\t-5\t1\t1\tnan\tletters\n",
        ]

        private static let tesseract = FuzzTarget(
            "tesseract-tsv", dictionary: ["\t", "\n5\t", "\t96.5\tWords", "\t-1\t", "9223372036854775807", "-9223372036854775808"],
            texts: tesseractTexts
        ) { bytes, random in
            let text = String(decoding: bytes, as: UTF8.self)
            let page = TesseractPage(tsv: text)
            try promise(page.confidence >= 0 && page.words >= 0, "confidence \(page.confidence)")
            let lines = TesseractLines(
                tsv: text, width: random.one(of: [0, 1, 1_920]), height: random.one(of: [0, 1_080]), bar: random.one(of: [.page, .sparse]))
            for line in lines.lines {
                try promise(ScreenLine(json: line.json) == line || !line.confidence.isFinite, "another line came back")
            }
        }

        private static let tesseractPage = answer(
            "tesseract-page", names: ["text", "words", "confidence", "score", "left", "top", "height"],
            texts: [#"{"text":"a","words":1,"confidence":90.5,"score":60}"#]
        ) { json, _ in
            guard let page = TesseractPage(bytes: json.jsonBytes) else { return }
            try promise(
                TesseractPage(bytes: page.bytes) == page || !page.confidence.isFinite || !page.score.isFinite, "another page came back")
            _ = ScreenLine(json: json)
        }

        private static let pdfInfo = FuzzTarget(
            "pdfinfo", dictionary: ["Pages: ", "Page    1 size: ", " x ", " pts", "Title: ", "image ", "nan", "1e308"],
            texts: [
                "Title: a\nPages:          3\nPage    1 size: 612 x 792 pts (letter)\nPage 2 size: nan x inf pts\n",
                "   1     0 image    1700  2200  gray    1   8  jpeg   no         8  0   200   200 42.0K  1.1%\n",
            ]
        ) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            let info = PDFInfo(text)
            for (page, share) in PDFImages.coverage(text, info: info) {
                try promise(share <= 1, "page \(page) is covered to \(share)")
                _ = PageDecision(text: text, imageCoverage: share)
            }
        }

        /// What is sent to Apertium and comes back as it was, without the marks.
        private static let apertium = FuzzTarget(
            "apertium", dictionary: ["\\", "^", "$", "[", "]", "[]", ".[]", "~", "@", "www.", "_", "<b>"],
            texts: ["Hello. World", "a@b.c \\ [x] {y} ^z$ ~", "", "etc..."]
        ) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = ApertiumStream.decode(text[...], of: text)
            let segment = text.split(whereSeparator: \.isNewline).joined(separator: " ")
            let encoded = ApertiumStream.encode(segment)
            guard let decoded = ApertiumStream.decode(encoded[...], of: segment) else { throw BrokenPromise("an echo is not understood") }
            // Everything comes back but NUL and the stop that was added.
            try promise(decoded.unicodeScalars.elementsEqual(segment.unicodeScalars.filter { $0 != "\0" }), "an echo is changed")
        }

        private static let translatable = prose("translatable-text", cost: 2) { text, _ in
            for splitsCells in [true, false] {
                let parts = TranslatableText(text, splitsCells: splitsCells)
                try promise(parts.segments.allSatisfy { !$0.contains(where: \.isNewline) }, "a segment of several lines")
                try promise(
                    parts.text(with: parts.segments).unicodeScalars.elementsEqual(text.unicodeScalars), "the text is not put together again"
                )
            }
        }

        /// Subtitles of any stored transcript: no two overlap.
        private static let transcript = answer(
            "transcript", cost: 4,
            names: ["engine", "language", "duration_ms", "segments", "start_ms", "end_ms", "text", "confidence", "warnings", "is_partial"],
            texts: [
                #"{"engine":"e","duration_ms":9000,"segments":[{"start_ms":0,"end_ms":900,"text":"a b c a b c a b c"},{"start_ms":800,"end_ms":700000,"text":"long long long long long long long long long long long long"}],"warnings":[],"is_partial":false}"#,
                #"{"engine":"e","duration_ms":1,"segments":[{"start_ms":9223372036854775800,"end_ms":9223372036854775807,"text":"a"}],"warnings":[],"is_partial":false}"#,
            ], words: ["a b ", "word "]
        ) { json, _ in
            let transcript = try Transcript(json: json)
            for format in TranscriptFormat.allCases { _ = format.file(of: transcript) }
            for paragraph in TranscriptCleaner().paragraphs(of: transcript) {
                try promise(paragraph.time.start <= paragraph.time.end, "\(paragraph.time)")
            }
        }

        /// Every output of a stage is read or refused; what was read can be written and read again.
        private static let stageOutputs = answer(
            "stage-outputs", cost: 2,
            names: [
                "start_ms", "end_ms", "pages", "number", "text", "title", "warnings", "chunks", "index", "start", "end", "first_page",
                "last_page", "heading_path", "vectors",
                "model", "dimensions", "kind", "mime_type", "bytes", "engine", "segments", "duration_ms", "audio", "video", "width",
                "height", "frames", "mentions", "type",
                "relations", "language", "confidence", "stretches", "spans", "attachments", "is_partial", "names", "documents", "summary",
                "sentences", "category",
            ],
            texts: [
                #"{"text":"ab","pages":[{"number":1,"start":0,"end":2}],"language":"en","confidence":1,"removed_lines":0,"repaired_characters":0,"spans":[]}"#,
                #"{"model":"m","dimensions":2,"vectors":[[1,2]]}"#, #"{"kind":"png","mime_type":"image/png","bytes":5}"#,
            ]
        ) { json, _ in
            func again<Value: CorpusValue>(_ type: Value.Type) throws {
                guard let value = try? type.init(json: json) else { return }
                let bytes = value.bytes
                let second: Value
                do { second = try type.init(bytes: bytes) } catch {
                    throw BrokenPromise("\(type): what was written cannot be read: \(error)")
                }
                try promise(second.bytes == bytes, "\(type): another value came back")
            }
            try again(AudioPlan.self)
            try again(ChunkVectors.self)
            try again(CleanedDocument.self)
            try again(DetectedFile.self)
            try again(ChunkedDocument.self)
            try again(DocumentMentions.self)
            try again(DocumentNames.self)
            try again(DocumentRelations.self)
            try again(DocumentSummary.self)
            try again(DocumentTranslation.self)
            try again(ExtractedDocument.self)
            try again(MediaFile.self)
            try again(ScreenText.self)
            try again(VideoFrames.self)
        }
    }
#endif
