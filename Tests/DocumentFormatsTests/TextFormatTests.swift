@testable import DocumentFormats
import Testing

@Suite struct TextFormatTests {
    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF] + Array("grüße".utf8), "grüße"), ([0xFF, 0xFE, 0x67, 0, 0xFC, 0, 0x2D, 0x4E], "gü中"),
            ([0xFE, 0xFF, 0, 0x67, 0, 0xFC], "gü"), ([0xFF, 0xFE, 0, 0, 0x67, 0, 0, 0, 0xFC, 0, 0, 0], "gü"),
            (
                Array("plain text in UTF-16".utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] },
                "plain text in UTF-16"
            ),
            (
                Array("big-endian without a mark".utf16).flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] },
                "big-endian without a mark"
            ),
            ([0x67, 0x72, 0xFC, 0xDF, 0x65, 0x20, 0x96, 0x20, 0x80], "grüße – €"),
            ([0x1B, 0x24, 0x42, 0x46, 0x7C, 0x4B, 0x5C, 0x1B, 0x28, 0x42], "日本"),
        ] as [([UInt8], String)])
    func `text of any encoding is read`(bytes: [UInt8], expected: String) throws {
        #expect(try Charset.decode(bytes).text == expected)
    }

    @Test func `a guess decides only when nothing else does`() throws {
        let russian: [UInt8] = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2]
        #expect(try Charset.decode(russian, guess: "WINDOWS-1251").text == "Привет")
        #expect(try Charset.decode(Array("Привет".utf8), guess: "WINDOWS-1251").text == "Привет")
        #expect(try Charset.decode(russian, guess: "no such set").warning != nil)
    }

    @Test func `binary data is no text`() {
        #expect(throws: FormatError.self) { try Charset.decode([0, 1, 2, 3, 0, 5, 9, 0, 0, 1, 2, 3]) }
    }

    @Test func `form feeds end pages`() throws {
        #expect(try pages(.text, "one\u{c}two\r\nlines\u{c}") == ["one", "two\nlines"])
    }

    @Test func `markup that nobody should write is read all the same`() throws {
        let text = try pages(
            .html,
            "<TITLE>t</TITLE><p>one<p class=\"a>b\">two &amp; three &#8364; &#x80; &nosuch; 1 < 2<script>var a = '<p>hidden</p>'</script><style>x{}</style><!-- gone --><table><tr><td>a<td>b<tr><td>c</table><pre> kept\n  as is</pre><li>item<p>unclosed <b>bold"
        )
        #expect(text == ["one\n\ntwo & three € € &nosuch; 1 < 2\n\na | b\n\nc\n\n kept\n  as is\n\n- item\n\nunclosed bold"])
    }

    @Test(arguments: [
        "<", "<!--", "<a", "<a b=\"", "</", "&#", "&#x110000;", "<![CDATA[", "<title>", "<textarea>", "<?", "<p/", "<a =", "&",
    ])
    func `unfinished markup ends, and never traps`(text: String) throws {
        for prefix in ["", "word "] { _ = HTMLReader.text(of: prefix + text, limits: FormatLimits()) }
    }

    @Test func `blocks within a cell are words of one line`() throws {
        let page = "<table><tr><td><ul><li>tea<li>milk</ul><td>cups<pre>of  five</pre>each</table>"
        #expect(try pages(.html, page) == ["tea milk | cups of five each"])
    }

    /// Seconds when time grows with the length, hours when it grows with its square.
    @Test(.timeLimit(.minutes(1)), arguments: ["b</pre>", "<pead>a<li>", "a<p>"]) func `a cell without end takes time in proportion`(
        _ block: String
    ) throws {
        let page = "<table><tr><td>" + String(repeating: block, count: 200_000)
        #expect(try pages(.html, page).joined().utf8.count == 400_000 - 1)
    }

    @Test func `a page says its own character set`() throws {
        let bytes = Array("<meta charset=\"koi8-r\"><p>".utf8) + [0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4]
        #expect(try pages(.html, bytes) == ["Привет"])
    }

    @Test(arguments: [
        ("a,b\n1,\"x, y\"\n2,\"line\none\"\n", "a | b\n1 | x, y\n2 | line one"), ("a;b\n1,5;2\n3;4\n", "a | b\n1,5 | 2\n3 | 4"),
        ("a\tb\n1\t2\n", "a | b\n1 | 2"), ("say \"\"x\"\",b,c\n\"q\"\"q\",2,3\n", "say \"\"x\"\" | b | c\nq\"q | 2 | 3"),
    ])
    func `tables are read whatever separates them`(text: String, expected: String) throws {
        #expect(try pages(.csv, text) == [expected])
    }

    @Test func `rich text is read with its code pages and without its pictures`() throws {
        let text = try pages(
            .rtf,
            "{\\rtf1\\ansi\\ansicpg1251{\\fonttbl{\\f0\\fcharset204 A;}{\\f1\\fcharset0 B;}}{\\*\\generator x}\\f0 \\'cf\\'f0 \\f1 caf\\'e9 \\u8364? \\u-10179?\\u-8704? \\{x\\}{\\pict 0102ff}\\par second{\\v hidden}\\line third\\page fourth}"
        )
        #expect(text == ["Пр café € 😀 {x}\n\nsecond\nthird", "fourth"])
    }

    @Test(arguments: [
        "{\\rtf1", "{\\rtf1\\", "{\\rtf1\\'", "{\\rtf1\\bin99999999999 x", "{\\rtf1}}}}", "{\\rtf1\\u", "{\\rtf1\\uc-5\\u99999999999x}",
    ])
    func `broken rich text ends, and never traps`(text: String) throws {
        _ = try RTFReader.read(Array(text.utf8), limits: FormatLimits())
    }

    @Test func `Markdown is read without its marks`() throws {
        let text = try pages(
            .markdown,
            "# Title\n\nSome *emph* and **bold** [link](http://x) ![pic](y)\n\n```\ncode * here\n```\n- item\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        )
        #expect(text == ["Title\n\nSome emph and bold link pic\n\ncode * here\n\n- item\n\na | b\n1 | 2"])
    }

    @Test func `text past the limit is cut, and said to be`() throws {
        var limits = FormatLimits()
        limits.textBytes = 10
        let document = try withFile(Array("0123456789abcdef".utf8)) { try DocumentReader.read(path: $0, kind: .text, limits: limits) }
        #expect(document.pages.map(\.text) == ["0123456789"])
        #expect(document.isPartial)
    }

    @Test func `kinds of text are told apart by content`() throws {
        #expect(try detected("<!-- c --><!DOCTYPE html><p>x") == .html)
        #expect(try detected("\u{FEFF}  <html>") == .html)
        #expect(try detected("From: a@b\nSubject: x\n\nbody") == .eml)
        #expect(try detected("Received: by x\nDate: today\n\nbody", name: "mail.txt") == .eml)
        #expect(try detected("To be, or not: that is\nthe question") == .text)
        #expect(try detected("# Head\n\n- item **bold**\n") == .markdown)
        #expect(try detected("a,b,c\n1,2,3\n4,5,6\n7,8,9\n") == .csv)
        #expect(try detected("Dear Sir,\nthank you, very much, for all.\nYours,\nX\n") == .text)
        #expect(try detected("{\\rtf1 x}") == .rtf)
        #expect(try detected("junk %PDF-1.4") == .pdf)
        #expect(
            try detected(Array("ö".utf16).flatMap { [UInt8(truncatingIfNeeded: $0), 0] } + [0x20, 0, 0x61, 0, 0x62, 0, 0x63, 0]) == .text)
    }

    @Test func `a limit on text counts what is between paragraphs, and cuts between characters`() throws {
        var limits = FormatLimits()
        limits.textBytes = 10
        // Five bytes, two line feeds, and room for three more: one character of three bytes, or one of two.
        for (text, expected) in [("abcde\n\nfghij", "abcde\n\nfgh"), ("abcde\n\n€€", "abcde\n\n€"), ("abcde\n\nééé", "abcde\n\né")] {
            let document = try MarkdownReader.read(Array(text.utf8), limits: limits)
            #expect(document.pages.map(\.text) == [expected])
            #expect(document.isPartial)
        }
        #expect(try MarkdownReader.read(Array("abcde\n\nfgh".utf8), limits: limits).isPartial == false)
    }
}
