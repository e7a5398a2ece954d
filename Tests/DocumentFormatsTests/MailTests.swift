@testable import DocumentFormats
import Foundation
import Testing

@Suite struct MailTests {
    private func read(_ message: String) throws -> FormatDocument {
        try EMLReader.read(Array(message.replacingOccurrences(of: "\n", with: "\r\n").utf8), outputDirectory: nil, limits: FormatLimits())
    }

    @Test func `headers are decoded, also across words that cut a character in two`() throws {
        let document = try self.read(
            "From: =?utf-8?Q?J=C3=BCrgen_M=C3?= =?utf-8?Q?=B6ller?= <j@x.example>\nSubject: =?iso-8859-1?B?R3L832U=?=\n =?utf-8?q?_folgt?=\n\nhi\n"
        )
        #expect(document.title == "Grüße folgt")
        #expect(document.pages[0].text.hasPrefix("From: Jürgen Möller <j@x.example>\nSubject: Grüße folgt"))
    }

    @Test func `the plain form is preferred, and HTML is read when it is all there is`() throws {
        let both =
            "MIME-Version: 1.0\nSubject: s\nContent-Type: multipart/alternative; boundary=\"=_b\"\n\n--=_b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nplain =E2=82=AC soft=\n break\n--=_b\nContent-Type: text/html\n\n<p>html</p>\n--=_b--\n"
        #expect(try self.read(both).pages[0].text.hasSuffix("plain € soft break"))
        let html = "Subject: s\nContent-Type: text/html; charset=iso-8859-2\nContent-Transfer-Encoding: base64\n\nPHA+s6s8L3A+\n"
        #expect(try self.read(html).pages[0].text.hasSuffix("łŤ") || self.read(html).pages[0].text.hasSuffix("łŤ"))
    }

    @Test(
        arguments: [
            ("attachment; filename=\"a;b.pdf\"", "a;b.pdf"), ("attachment; filename*=utf-8''na%C3%AFve.txt", "naïve.txt"),
            ("attachment; filename*0=\"long\"; filename*1=\"er.txt\"", "longer.txt"),
            ("attachment; filename=\"=?utf-8?B?w7wudHh0?=\"", "=?utf-8?B?w7wudHh0?="),
            ("attachment; filename=plain.txt; size=3", "plain.txt"), ("attachment", nil),
        ] as [(String, String?)])
    func `parameters are read in every form`(header: String, expected: String?) {
        #expect(MIMEPart.parameter("filename", of: header) == expected)
    }

    @Test(arguments: [
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b--\n--b\n", "Subject: x\nContent-Type: multipart/mixed\n\n",
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nunfinished", "Subject:", "Subject: =?utf-8?Q?=\n\n",
        "A: =?=?=?=?=?\n\n=",
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n",
    ])
    func `malformed messages end, and never trap`(message: String) throws {
        _ = try self.read(message)
    }
}
