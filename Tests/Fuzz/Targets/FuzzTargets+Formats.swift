#if DEBUG || FUZZ
    import Compression
    @testable import DocumentFormats
    import JSONText
    import XMLText

    /// Files of strangers: what the sandboxed extractor reads.
    extension FuzzTargets {
        static let formats =
            [
                inflate, xml, detect, html, markdown, text, csv, rtf, mail, encodedWords, charset, pdfSalvage, pdfColumns, imageSize,
                grayImage,
            ]
            + [archives] + officeParts + [detectedJSON, documentJSON]

        /// Kinds of text go through the reader that the pipeline calls, from a file, with small limits so that they are met.
        private static func reader(
            _ name: String, _ kind: DocumentKind, cost: Int = 4, maximumBytes: Int = 16 << 10, samples: [String] = [], texts: [String] = [],
            dictionary: [String]
        ) -> FuzzTarget {
            FuzzTarget(
                name, cost: cost, maximumBytes: maximumBytes, dictionary: dictionary,
                corpus: { samples.map { Samples.bytes("documents/\($0)") } + texts.map { Array($0.utf8) } },
                prepare: {
                    let file = try MemoryFile(name)
                    return { bytes, random in
                        try file.write(bytes)
                        var limits = FormatLimits()
                        if random.once(in: 4) { (limits.textBytes, limits.pages, limits.depth) = (100, 3, 8) }
                        let charset = random.one(of: [nil, nil, "ISO-8859-1", "UTF-16", "no such set", "utf-7"])
                        try check(try DocumentReader.read(path: file.path, kind: kind, charset: charset, limits: limits), limits)
                    }
                })
        }

        /// What every document promises: its text is within the limit, its pages are numbered from 1, and its JSON can be read back.
        private static func check(_ document: FormatDocument, _ limits: FormatLimits) throws {
            let bytes = document.pages.reduce(0) { $0 + $1.text.utf8.count }
            try promise(bytes <= limits.textBytes, "\(bytes) bytes of text, more than \(limits.textBytes)")
            try promise(document.pages.count <= limits.pages, "\(document.pages.count) pages, more than \(limits.pages)")
            for (index, page) in document.pages.enumerated() {
                try promise(page.number == index + 1, "page \(index + 1) has the number \(page.number)")
            }
            try promise(FormatDocument(json: document.json) == document, "another document came out of its JSON")
        }

        private static let html = reader(
            "html", .html, maximumBytes: 32 << 10, samples: ["press-release.html"],
            texts: [
                "<table><tr><td>a<td>b</table><script>x</script>&amp;&#x41;&#1114112;&nosuch;",
                "<!doctype html><title>t</title><pre> a\n b</pre>",
                "<meta charset=utf-16><ul><li>a<ol><li>b</ul><!-- x --><![CDATA[y]]>",
            ],
            dictionary: [
                "<", ">", "</", "<!--", "-->", "<script>", "</script", "<style", "<td>", "<pre>", "&#", "&#x", ";", "&amp",
                "<meta charset=", "<br/>",
                "<li>", "<table>", "</table>", "<title>", "<textarea>", "<![CDATA[", "=\"", "<a href='",
            ])
        private static let markdown = reader(
            "markdown", .markdown, samples: ["volunteers-guide.md"], texts: ["# a\n\n- b\n\n```\nx\n```\n| a | b |\n|---|---|\n"],
            dictionary: ["# ", "---\n", "```", "| ", "[a](b)", "![", "* ", "\n\n", "> ", "<div>", "---\ntitle: x\n---\n"])
        private static let text = reader(
            "text", .text, samples: ["telegramm-latin1.txt"], texts: ["a\r\n\u{C}b", "\u{FEFF}x"], dictionary: ["\u{C}", "\r", "\0"])
        private static let csv = reader(
            "csv", .csv, samples: ["tide-gauge.csv"], texts: ["a;b\n1;\"x\n\"\"y\"\n", "a\tb\n", "\"", "a,\"b"],
            dictionary: ["\"", "\"\"", ",", ";", "\t", "|", "\n", "\r\n"])
        private static let rtf = reader(
            "rtf", .rtf, samples: ["rock-tender.rtf"], texts: ["{\\rtf1\\ansi\\ansicpg1252 a\\'e9\\u8364?\\par{\\*\\x y}\\bin3 abc}"],
            dictionary: [
                "\\'e9", "\\u-1?", "\\u65536", "\\uc0", "\\uc2147483648", "\\bin", "\\bin99999999", "{\\*", "\\par", "\\fonttbl",
                "\\ansicpg65001", "\\pict",
                "\\cell", "\\row", "\\~", "\\f1", "\\fcharset128", "{{{{", "\\ucN",
            ])
        private static let mail = reader(
            "mail", .eml, maximumBytes: 32 << 10, samples: ["letter-to-insurer.eml"],
            texts: [
                "Subject: =?utf-8?B?w6k=?= =?x?Q?=E9_?=\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n\r\nhello\r\n--b--\r\n",
                "Content-Type: text/html; charset*=utf-8''x\nContent-Transfer-Encoding: base64\n\nPGI+YTwvYj4=\n",
                "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\ny",
                "Subject: a\n\tb\nContent-Transfer-Encoding: quoted-printable\n\n=C3=A9=\n",
            ],
            dictionary: [
                "--b\r\n", "--b--", "boundary=", "boundary=\"\"", "Content-Type: ", "multipart/mixed; boundary=b", "message/rfc822\n\n",
                "base64", "quoted-printable",
                "=?utf-8?B?", "?=", "=?utf-8?Q?", "\r\n\r\n", "\n\n", "filename*0*=", "filename=\"../x\"",
                "Content-Disposition: attachment\n", "text/html", ";",
            ])

        private static let encodedWords = FuzzTarget(
            "encoded-words", dictionary: ["=?utf-8?B?", "=?iso-8859-1?Q?", "?=", "=E9", "_", "=?", "????"],
            texts: ["=?utf-8?B?w6k=?= =?utf-8?Q?=C3=A9?=", "=?x?y?z?=", "a =?utf-8?B?w6=?= b"]
        ) { bytes, _ in
            _ = EncodedWords.decoded(String(decoding: bytes, as: UTF8.self))
            let packed = TransferEncoding.base64(bytes)
            try promise(packed.count <= bytes.count, "base64 grew")
            try promise(TransferEncoding.quotedPrintable(bytes[...]).count <= bytes.count + 2, "quoted-printable grew")
            try promise(TransferEncoding.percent(bytes).count <= bytes.count, "percent encoding grew")
            _ = HTMLEntities.resolved(bytes[...])
        }

        private static let charset = FuzzTarget(
            "charset", cost: 4, dictionary: ["UTF-16", "windows-1252"],
            corpus: {
                [
                    Samples.bytes("documents/telegramm-latin1.txt"), Array("\u{FEFF}é日".utf8), [0xFF, 0xFE, 0x61, 0],
                    [0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61],
                ]
            },
            prepare: {
                { bytes, random in
                    let names = [
                        "utf-8", "UTF-16LE", "utf-32", "windows-1252", "shift_jis", "iso-2022-jp", "utf-7", "//TRANSLIT", "", "EUC-KR\0",
                        "gb18030",
                    ]
                    let decoded = try Charset.decode(bytes, declared: random.one(of: names), guess: random.one(of: names))
                    try promise(decoded.text.utf8.count <= bytes.count * 8 + 16, "\(bytes.count) bytes became \(decoded.text.utf8.count)")
                    _ = (Charset.looksBinary(bytes), Charset.isUnknown(bytes))
                }
            })

        /// A stream unpacks to at most its cap, in pieces or at once.
        private static let inflate = FuzzTarget(
            "inflate", cost: 4,
            corpus: {
                let plain = [UInt8](repeating: 7, count: 200_000)
                // The three ways of writing one stream cannot fail for so few bytes.
                return [CompressionFormat.raw, .zlib, .gzip].compactMap { try? deflated(plain, format: $0) } + [Array("\u{1F}".utf8)]
            },
            prepare: {
                { bytes, random in
                    let cap = random.one(of: [0, 1, 1_000, 65_536, 1 << 20])
                    let format = random.one(of: [CompressionFormat.raw, .zlib, .gzip])
                    let output = try inflated(bytes, format: format, maximumOutput: cap)
                    try promise(output.count <= cap, "\(output.count) bytes, more than \(cap)")
                }
            })

        private final class CountingHandler: XMLEventHandler {
            var depth = 0
            var deepest = 0
            var elements = 0
            func start(_ name: XMLName, _ attributes: XMLAttributes) {
                self.depth += 1
                self.elements += 1
                self.deepest = max(self.deepest, self.depth)
                _ = (attributes["a"], attributes["a", namespace: "b"])
            }
            func end(_ name: XMLName) { self.depth -= 1 }
            func characters(_ text: String) {}
        }

        private static let xml = FuzzTarget(
            "xml", maximumBytes: 16 << 10,
            dictionary: [
                "<a>", "</a>", "<a/>", "<!DOCTYPE a [", "<!ENTITY x 'y'>", "]>", "&x;", "&#x41;", "<![CDATA[", "]]>", "xmlns:b='b'",
                "<?x?>", "<!--",
            ],
            texts: [
                "<?xml version='1.0' encoding='UTF-8'?><a xmlns='n' b='c'><b:d xmlns:b='e' b:a='1'>x&amp;y</b:d></a>",
                "<!DOCTYPE a [<!ENTITY x '&x;&x;'>]><a>&x;</a>", "<a><![CDATA[<b>]]></a>",
            ]
        ) { bytes, _ in
            let handler = CountingHandler()
            let limits = XMLLimits(depth: 50, elements: 500)
            defer { _ = handler.elements }
            do {
                try XMLParser.parse(bytes, handler: handler, limits: limits)
                try promise(handler.depth == 0, "elements stay open: \(handler.depth)")
            } catch let error as XMLError {
                try promise(handler.deepest <= limits.depth && handler.elements <= limits.elements, "beyond the limits")
                throw error
            }
        }

        /// Reads from a file in memory.
        private static func file(
            _ name: String, cost: Int, maximumBytes: Int, dictionary: [String] = [], samples: [String], texts: [String] = [],
            run: @escaping @Sendable (String, inout FuzzRandom) throws -> Void
        ) -> FuzzTarget {
            FuzzTarget(
                name, cost: cost, maximumBytes: maximumBytes, dictionary: dictionary,
                corpus: { samples.map { Array(Samples.bytes($0).prefix(maximumBytes)) } + texts.map { Array($0.utf8) } },
                prepare: {
                    let file = try MemoryFile(name)
                    return { bytes, random in
                        try file.write(bytes)
                        try run(file.path, &random)
                    }
                })
        }

        private static let allDocuments = [
            "berth-accounts.xlsx", "board-minutes.docx", "cafe-menu.jpg", "cafe-menu.webp", "caisson-talk.pptx", "ferry-log.tiff",
            "harbour-master-diary.odt",
            "harbour-survey.pdf", "history-of-port-alder.epub", "insurance-claim-mixed.pdf", "letter-to-insurer.eml", "notice-board.png",
            "press-release.html",
            "quay-lease.doc", "rock-tender.rtf", "telegramm-latin1.txt", "tide-gauge.csv", "volunteers-guide.md",
        ].map { "documents/\($0)" }

        private static let detect = file(
            "detect", cost: 8, maximumBytes: 16 << 10, dictionary: ["%PDF-", "PK\u{3}\u{4}", "{\\rtf"], samples: allDocuments
        ) {
            path, random in
            let found = try FormatDetector.detect(path: path, name: random.one(of: ["", "a.md", "a.csv.gz", ".", "é.TXT", "a."]))
            try promise(DetectedFormat(json: found.json) == found, "another detection came out of its JSON")
        }

        private static let imageSize = file(
            "image-size", cost: 4, maximumBytes: 4 << 10,
            dictionary: ["P5 ", "P6\n# c\n", "RIFF", "WEBPVP8X", "GIF89a", "BM", "II*\0", "MM\0*", "IHDR"],
            samples: ["documents/cafe-menu.jpg", "documents/cafe-menu.webp", "documents/ferry-log.tiff", "documents/notice-board.png"],
            texts: ["P5\n3 2\n255\nabcdef", "P4 99999999999999999999 1\n", "GIF89a\u{1}\0\u{1}\0"]
        ) { path, random in
            let file = try FileReader(path: path, limits: FormatLimits())
            let size = try ImageSize.read(file, kind: random.one(of: DocumentKind.allCases.filter(\.isImage)))
            try promise(size.width > 0 && size.height > 0 && size.pages > 0, "\(size)")
        }

        private static let grayImage = FuzzTarget(
            "gray-image", cost: 4, maximumBytes: 2 << 10, dictionary: ["P5", "\n", "255\n", "#", " 1 ", "4294967296"],
            corpus: {
                [
                    Array("P5\n4 3\n255\nabcdefghijkl".utf8), Array("P5 # c\n1 1 255 x".utf8), Array("P5\n0 0\n255\n".utf8),
                    Array("P5\n3037000500 3037000500\n255\n".utf8),
                ]
            },
            prepare: {
                let (file, target) = (try MemoryFile("gray-image"), try MemoryFile("gray-target"))
                return { bytes, random in
                    try file.write(bytes)
                    let image = try GrayImage(path: file.path)
                    let turned = image.rotated(by: random.one(of: [90, 180, 270]))
                    try promise(turned.width * turned.height == image.width * image.height, "a turn changed the size")
                    try image.despeckled().write(to: target.path)
                    try promise(try GrayImage(path: target.path).width == image.width, "another width came back")
                }
            })

        private static let pdfSalvage = FuzzTarget(
            "pdf-salvage", cost: 40, maximumBytes: 32 << 10,
            dictionary: [
                " obj", "1 0 obj", "endobj", "stream\r\n", "endstream", "/Type /Page ", "/ObjStm", "/N 2", "/First 8", "/FlateDecode",
                "/Encrypt ", "trailer",
                "startxref", "99999999 0 obj", "/Pages", "<<", ">>",
            ],
            corpus: {
                ["tide-tables-corrupt.pdf", "harbour-survey.pdf", "insurance-claim-mixed.pdf"].map { Samples.bytes("documents/\($0)") }
                    + [Array("1 0 obj << /Type /Page >> endobj 2 0 obj << /Type /ObjStm /N 1 /First 4 /FlateDecode >> stream\nx".utf8)]
            },
            prepare: {
                let (file, target) = (try MemoryFile("pdf"), try MemoryFile("salvaged"))
                return { bytes, _ in
                    try file.write(bytes)
                    try target.write([])
                    try PDFSalvage.salvage(path: file.path, to: target.path, limits: FormatLimits())
                }
            })

        private static let pdfColumns = file(
            "pdf-columns", cost: 4, maximumBytes: 16 << 10,
            dictionary: ["<page width=\"", "<word xMin=\"", "yMin=\"", "xMax=\"", "yMax=\"", "</word>", "1e308", "-1e308", "NaN", "inf"],
            samples: [],
            texts: [
                "<doc><page width=\"612\" height=\"792\"><flow><block><line><word xMin=\"10\" yMin=\"10\" xMax=\"20\" yMax=\"20\">a</word>"
                    + "<word xMin=\"310\" yMin=\"10\" xMax=\"320\" yMax=\"20\">b</word></line></block></flow></page></doc>"
            ]
        ) { path, _ in
            let limits = FormatLimits()
            try check(try PDFColumns.read(path: path, limits: limits), limits)
        }

        // MARK: Archives

        private static let archiveNames = [
            "berth-accounts.xlsx", "board-minutes.docx", "caisson-talk.pptx", "harbour-master-diary.odt", "history-of-port-alder.epub",
        ]
        private static let archiveKinds: [DocumentKind] = [.xlsx, .docx, .pptx, .odt, .ods, .odp, .epub]

        /// Whole archives, damaged.
        private static let archives = file(
            "archives", cost: 10, maximumBytes: 8 << 10, dictionary: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}"],
            samples: archiveNames.map { "documents/\($0)" }
        ) { path, random in
            var limits = FormatLimits()
            if random.once(in: 4) { (limits.inflatedBytes, limits.entries) = (2_000, 5) }
            try check(try DocumentReader.read(path: path, kind: random.one(of: archiveKinds), limits: limits), limits)
        }

        /// Sound archives with one hostile part each.
        private static let officeParts: [FuzzTarget] = [
            ("docx", "board-minutes.docx", DocumentKind.docx), ("xlsx", "berth-accounts.xlsx", .xlsx), ("pptx", "caisson-talk.pptx", .pptx),
            ("odf", "harbour-master-diary.odt", .odt), ("epub", "history-of-port-alder.epub", .epub),
        ].map { name, sample, kind in
            FuzzTarget(
                name, cost: 10, maximumBytes: 16 << 10, dictionary: officeTokens,
                corpus: { parts(of: sample).filter { !$0.bytes.isEmpty }.map(\.bytes) },
                prepare: {
                    let file = try MemoryFile(name)
                    let parts = parts(of: sample)
                    // The part that an input came from is unknown: the longest one most often, any other sometimes.
                    let longest = parts.indices.max { parts[$0].bytes.count < parts[$1].bytes.count } ?? 0
                    return { bytes, random in
                        var parts = parts
                        parts[random.once(in: 2) ? longest : random.below(parts.count)].bytes = bytes
                        try file.write(StoredArchive.make(parts))
                        let limits = FormatLimits()
                        let kinds: [DocumentKind] = kind == .odt ? [.odt, .ods, .odp] : [kind]
                        try check(try DocumentReader.read(path: file.path, kind: random.one(of: kinds), limits: limits), limits)
                    }
                })
        }

        private static let officeTokens = [
            "<w:p>", "</w:p>", "<w:t>", "<w:tbl>", "<w:tr>", "<w:tc>", "<w:br w:type=\"page\"/>", "<w:ins>", "<w:del>",
            "<c r=\"XFD1048576\" t=\"s\">", "<c r=\"A1\" s=\"1\">",
            "<v>", "</v>", "<row r=\"", "t=\"inlineStr\"", "numFmtId=\"14\"", "formatCode=\"", "date1904=\"1\"", "<a:t>", "<a:p>",
            "Target=\"../", "r:id=\"rId1\"",
            "table:number-columns-repeated=\"", "table:number-rows-repeated=\"", "text:c=\"", "<text:p>", "<text:s text:c=\"999999999\"/>",
            "office:value=\"", "full-path=\"",
            "<itemref idref=\"", "href=\"", "-1", "2958465.99999", "1e308", "60", "[$-409]d", "\"", "<", "/>",
        ]

        private static func parts(of sample: String) -> [(name: String, bytes: [UInt8])] {
            do {
                let file = try MemoryFile("sample")
                try file.write(Samples.bytes("documents/\(sample)"))
                let archive = try ZipArchive(path: file.path, limits: FormatLimits())
                return try archive.entries.map { ($0.name, try archive.read($0)) }
            } catch {
                fatalError("the sample \(sample) cannot be unpacked: \(error)")
            }
        }

        // MARK: What the extractor prints

        private static let documentNames = [
            "kind", "mime_type", "needs_charset", "width", "height", "pages", "number", "text", "label", "title", "warnings", "attachments",
            "file", "name", "bytes",
            "is_partial", "partial",
        ]

        private static let detectedJSON = FuzzTarget(
            "detected-json", texts: [#"{"kind":"png","needs_charset":true,"width":1,"height":2,"pages":3}"#],
            grammar: { JSONGrammar(names: documentNames, texts: ["png", "docx"], isObject: true).make(&$0) }
        ) { bytes, _ in _ = DetectedFormat(json: try JSONValue(parsing: bytes)) }

        private static let documentJSON = FuzzTarget(
            "document-json",
            texts: [
                #"{"title":null,"pages":[{"number":1,"text":"a"}],"warnings":["w"],"attachments":[{"file":"f","name":"n","mime_type":"m","bytes":1}]}"#
            ],
            grammar: { JSONGrammar(names: documentNames, texts: ["png", "docx"], isObject: true).make(&$0) }
        ) { bytes, _ in _ = FormatDocument(json: try JSONValue(parsing: bytes)) }
    }
#endif
