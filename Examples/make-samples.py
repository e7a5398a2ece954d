#!/usr/bin/env python3
"""Makes the sample documents in Examples/documents.

Needs only packages of Debian 12: python3, poppler-utils (pdftoppm), qpdf, ffmpeg, fonts-urw-base35. The results are committed;
run this again after changing a text. Everything in them is invented: a harbour, the people who mend it, and a claim.
"""
import base64
import email.message
import email.policy
import os
import random
import struct
import subprocess
import tempfile
import zipfile
import zlib
from email.utils import format_datetime
from datetime import datetime, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "documents")
EXPECTED = os.path.join(HERE, "expected")
random.seed(1962)

# ---------------------------------------------------------------------------------------------------------------- texts

SURVEY = [
    ("Port Alder Harbour Survey", """Prepared for the Alder Harbour Trust by Kestrel Marine Limited, 14 March 2024.
This report describes the condition of the north breakwater, the lifeboat slip and the fish quay at Port Alder. The field work was led by the engineer Marta Lindqvist between 8 January and 2 February 2024. Divers inspected every caisson of the breakwater below the waterline, and a drone photographed the parapet at low tide.
The Trust asked three questions. Is the north breakwater safe for another winter? What caused the collapse of caisson seventeen on 11 November 2023? How much will a lasting repair cost, and how long will the harbour be closed to the ferry?
In short: the breakwater is safe for one winter with temporary measures, the collapse was caused by scour under the foundation, and a lasting repair costs about 4.2 million pounds and closes the ferry berth for eleven weeks."""),
    ("1. Condition of the breakwater", """The north breakwater was built in 1931 from twenty-four concrete caissons, each fourteen metres long, standing on a mound of rubble. Nineteen of them are sound. Four show cracks wider than two millimetres, and one, caisson seventeen, has tilted by six degrees towards the sea.
Sonar found a scour hole three metres deep along the seaward toe of caissons fifteen to eighteen. The rubble that protected the foundation has been carried eastwards by the current. The hole was not there when the harbour was last surveyed in 2009.
Concrete cores were taken at five places. The compressive strength lies between 31 and 38 megapascals, which is more than the designers of 1931 asked for. Chloride has reached the reinforcement only in the parapet. The concrete is old, but it is not the problem."""),
    ("2. The collapse of caisson seventeen", """At 04:20 on 11 November 2023, during Storm Ingrid, the harbour master Tobias Okafor heard a loud report and saw the lamp on the breakwater go out. By daylight caisson seventeen had settled by ninety centimetres and the parapet above it had fallen into the sea.
The tide gauge shows waves of 5.8 metres for four hours before the collapse. Such waves return on average every twenty years, and the breakwater had borne larger ones in 1962 and 1987. What had changed was the ground. With the rubble gone, every wave sucked fine sand from below the foundation, until the caisson stood on a ledge.
The inquiry of 1962 had warned of this. It advised the harbour authority to renew the rubble apron every fifteen years. We found no record that this was ever done after 1978."""),
    ("3. Repair and cost", """We recommend three steps. First, place 1,800 tonnes of rock along the toe before October 2024; this alone makes the breakwater safe for one winter and costs 310,000 pounds. Second, grout the voids under caissons fifteen to eighteen. Third, replace caisson seventeen by a new one cast in the dry dock at Northmere and floated into place.
The whole repair costs 4.2 million pounds, of which the Northmere Mutual insurance company may carry a part. The ferry Saint Brigid must use the fish quay for eleven weeks. The lifeboat can stay at its slip throughout.
The work should be watched by tilt meters on all four damaged caissons. If any of them moves by more than five millimetres in a day, the harbour master should close the breakwater to the public.
Marta Lindqvist, chartered engineer, Kestrel Marine Limited"""),
]

INQUIRY = [
    """REPORT OF THE INQUIRY INTO THE LOSS OF
THE TRAWLER MORNING STAR
Port Alder, 9 April 1962

The inquiry sat at the Customs House for six days under the chairmanship of Captain Edmund Fairweather. It heard thirty-one witnesses, among them the crew of the lifeboat and the keeper of the breakwater lamp, Mr Josiah Pell.

The Morning Star left Port Alder on the evening of 16 February 1962 with a crew of seven. The barometer was falling quickly. At twenty minutes past two in the morning she turned back for the harbour, and at three she was seen from the lamp, rolling heavily, half a mile from the entrance.

The keeper stated that the lamp was burning. Two fishermen on the quay stated that it was not. The inquiry finds that the lamp had been put out by a wave which broke over the parapet, and that it stayed dark for about eleven minutes.""",
    """The vessel struck the head of the north breakwater at ten minutes past three. Five men were saved by the lifeboat under coxswain Hannah Brandt. Two were lost: the mate, Arthur Lindqvist, and the boy Peter Nuttall, aged sixteen.

The inquiry visited the breakwater at low water. The rubble apron at its foot had been washed away over a length of forty yards. The harbour authority was not aware of it, since no diver had gone down for nineteen years.

The waves that night were the highest that anybody in Port Alder remembers. The structure withstood them, but it would be unwise to trust that it will withstand them again without its apron.""",
    """The inquiry therefore recommends:

First, that the lamp be raised by twelve feet and given a second burner.

Second, that the rubble apron be renewed within the year, and again every fifteen years thereafter.

Third, that the harbour authority pay a pension to the widow of Arthur Lindqvist and to the parents of Peter Nuttall.

Fourth, that the crew of the lifeboat be commended for their courage.

Signed at Port Alder on the ninth day of April, 1962.

Edmund Fairweather, Captain, Royal Navy, retired""",
]

CLAIM = [
    ("Claim NM-2023-4471", """To Northmere Mutual, claims department, from the Alder Harbour Trust. Port Alder, 2 April 2024.
We claim for the damage to the north breakwater on 11 November 2023 under policy AHT-88120. The loss was caused by Storm Ingrid, which the policy covers in section four. The cost of the lasting repair is estimated by Kestrel Marine Limited at 4,200,000 pounds.
The policy asks that the insured keep the structure in good order. The Trust has owned the harbour since 1994 and inspected the breakwater every year above the waterline. We enclose the last page of the inspection book, signed by the harbour master Tobias Okafor."""),
    None,
    ("Schedule of losses", """Temporary rock protection: 310,000 pounds. Grouting below caissons fifteen to eighteen: 640,000 pounds. New caisson, casting and towing: 2,750,000 pounds. Loss of ferry dues for eleven weeks: 185,000 pounds. Supervision and tilt meters: 315,000 pounds.
Please send the decision to the clerk of the Trust, Eleanor Vance, Customs House, Port Alder."""),
]
CLAIM_SCAN = """INSPECTION BOOK OF THE NORTH BREAKWATER
Entry of 30 September 2023

Walked the parapet from end to end at low water with the deputy harbour master, Samuel Reyes. Railings sound. Lamp in order, spare bulb fitted.

Hairline cracks in caissons nine, twelve and twenty, no wider than in spring. Caisson seventeen appears a finger lower than its neighbours. To be watched.

Sea calm, visibility good. No divers available before the winter.

Tobias Okafor, harbour master"""

# ------------------------------------------------------------------------------------------------------------------ PDF


class PDF:
    """As much of a PDF writer as the samples need: pages of text in the standard fonts, and pages of one picture."""

    def __init__(self, title):
        self.objects = [None, None]  # catalog, page tree
        self.pages = []
        self.fonts = {}
        for name, font in (("F1", "Times-Roman"), ("F2", "Times-Bold"), ("F3", "Courier")):
            self.fonts[name] = self.add(f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>".encode())
        self.info = self.add(b"<< /Title (" + self.escape(title) + b") /Producer (make-samples.py) >>")

    @staticmethod
    def escape(text):
        return text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")

    def add(self, body):
        self.objects.append(body)
        return len(self.objects)

    def stream(self, dictionary, data):
        return self.add(dictionary.encode() + f" /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream")

    def text_page(self, heading, text, footer=None, size=11, font="F1", width=88):
        y = 760
        content = []

        def line(string, font, size, x=72):
            nonlocal y
            content.append(b"BT /%s %d Tf %d %d Td (%s) Tj ET" % (font.encode(), size, x, y, self.escape(string)))
            y -= int(size * 1.45)

        if heading:
            line(heading, "F2", 16)
            y -= 10
        for paragraph in text.split("\n"):
            row = ""
            for word in paragraph.split():
                if len(row) + len(word) + 1 > width:
                    line(row, font, size)
                    row = word
                else:
                    row = f"{row} {word}".strip()
            if row:
                line(row, font, size)
            y -= 7
        if footer:
            y = 40
            line(footer, "F1", 9, 270)
        data = zlib.compress("\n".join(part.decode("latin-1") for part in content).encode("latin-1"))
        stream = self.stream("<< /Filter /FlateDecode", data)
        fonts = " ".join(f"/{name} {number} 0 R" for name, number in self.fonts.items())
        self.page(f"/MediaBox [0 0 612 792] /Resources << /Font << {fonts} >> >> /Contents {stream} 0 R")

    def picture_page(self, width, height, data, filters="/FlateDecode", bits=8, parms=""):
        image = self.stream(
            f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent {bits} /Filter {filters} {parms}",
            data)
        stream = self.stream("<<", b"q 612 0 0 792 0 0 cm /Im Do Q")
        self.page(f"/MediaBox [0 0 612 792] /Resources << /XObject << /Im {image} 0 R >> >> /Contents {stream} 0 R")

    def page(self, entries):
        self.pages.append(self.add(f"<< /Type /Page /Parent 2 0 R {entries} >>".encode()))

    def write(self, path):
        self.objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        self.objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} >>".encode()
        data = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
        offsets = []
        for number, body in enumerate(self.objects, 1):
            offsets.append(len(data))
            data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        xref = len(data)
        data += f"xref\n0 {len(self.objects) + 1}\n0000000000 65535 f \n".encode()
        data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        data += f"trailer\n<< /Size {len(self.objects) + 1} /Root 1 0 R /Info {self.info} 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode()
        with open(path, "wb") as file:
            file.write(data)


def rendered(heading, text, dpi, **options):
    """The gray pixels of one page of text."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.pdf")
        pdf = PDF("page")
        pdf.text_page(heading, text, **options)
        pdf.write(path)
        data = subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", path], check=True, stdout=subprocess.PIPE).stdout
    header, rest = data.split(b"\n255\n", 1)
    width, height = map(int, header.split()[1:3])
    return width, height, rest


def bilevel(width, height, pixels):
    """One bit a pixel, 0 is black."""
    stride = (width + 7) // 8
    out = bytearray(stride * height)
    for y in range(height):
        row = pixels[y * width:(y + 1) * width]
        bits = "".join("1" if value > 140 else "0" for value in row).ljust(stride * 8, "1")
        out[y * stride:(y + 1) * stride] = int(bits, 2).to_bytes(stride, "big")
    return bytes(out)


def speckled(width, height, pixels, share):
    out = bytearray(pixels)
    for _ in range(int(width * height * share)):
        out[random.randrange(len(out))] = random.choice((0, 255))
    return bytes(out)


def scan_page(pdf, text, dpi=200, noise=0.0):
    width, height, pixels = rendered(None, text, dpi, size=12, width=80)
    if noise:
        pixels = speckled(width, height, pixels, noise)
    pdf.picture_page(width, height, zlib.compress(bilevel(width, height, pixels), 9), bits=1)


def png(path, width, height, pixels):
    raw = b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"pHYs", struct.pack(">IIB", 7874, 7874, 1))
                   + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def tiff(path, pages, dpi):
    """Several bilevel pages, packed with deflate."""
    data = bytearray(b"II*\0\0\0\0\0")
    link = 4
    for width, height, pixels in pages:
        packed = zlib.compress(bilevel(width, height, pixels), 9)
        strip = len(data)
        data += packed + b"\0" * (len(packed) % 2)
        resolution = len(data)
        data += struct.pack("<II", dpi, 1)
        struct.pack_into("<I", data, link, len(data))
        tags = [(256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 8), (262, 3, 1), (273, 4, strip), (277, 3, 1), (278, 4, height),
                (279, 4, len(packed)), (282, 5, resolution), (283, 5, resolution), (296, 3, 2)]
        data += struct.pack("<H", len(tags))
        for tag, kind, value in tags:
            data += struct.pack("<HHII", tag, kind, 1, value)
        link = len(data)
        data += struct.pack("<I", 0)
    with open(path, "wb") as file:
        file.write(data)


# --------------------------------------------------------------------------------------------------------------- office


def archive(path, entries, mimetype=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        stamp = (2024, 5, 1, 12, 0, 0)
        if mimetype:
            file.writestr(zipfile.ZipInfo("mimetype", stamp), mimetype)
        for name, text in entries.items():
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, text)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CORE = ('<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%s</dc:title></cp:coreProperties>')


def relationships(items):
    rows = "".join(f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/>' for id, kind, target in items)
    return f'{XML}<Relationships xmlns="{RELS}">{rows}</Relationships>'


def docx(path):
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def p(text, style=None, extra=""):
        style = f'<w:pStyle w:val="{style}"/>' if style else ""
        return f'<w:p><w:pPr>{style}{extra}</w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'

    def row(*cells):
        return "<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in cells) + "</w:tr>"

    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = (
        p("Minutes of the Board of the Alder Harbour Trust", "Title")
        + p("Held at the Customs House, Port Alder, on Tuesday 19 March 2024 at seven in the evening.")
        + p("Present", "Heading1")
        + p("Eleanor Vance (clerk, in the chair), Tobias Okafor (harbour master), Samuel Reyes (deputy harbour master), "
            "Ingeborg Haas (treasurer) and Marta Lindqvist of Kestrel Marine Limited as a guest.")
        + p("The survey of the breakwater", "Heading1")
        + p("Marta Lindqvist presented her survey. The board asked whether the ferry Saint Brigid could keep its berth during the works. "
            "She answered that it could not: the floating crane needs the whole basin.")
        + '<w:p><w:r><w:t>The board resolved to accept the survey</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
          '<w:r><w:t xml:space="preserve"> and to order the rock protection at once.</w:t></w:r></w:p>'
        + p("Order 1,800 tonnes of rock from the quarry at Hollin Fell", extra=item)
        + p("Move the ferry to the fish quay from 2 September 2024", extra=item)
        + p("Claim from Northmere Mutual under policy AHT-88120", extra=item)
        + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        + p("Money", "Heading1")
        + p("The treasurer Ingeborg Haas laid out how the repair can be paid.")
        + "<w:tbl>" + row("Source", "Amount in pounds", "Certain") + row("Reserve of the Trust", "900,000", "yes")
        + row("Northmere Mutual", "2,500,000", "no") + row("Coastal Fund", "800,000", "applied for") + "</w:tbl>"
        + p("The next meeting is on 16 April 2024. Eleanor Vance, clerk.")
        + '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/></w:sectPr>')
    archive(path, {
        "[Content_Types].xml": XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        '</Types>',
        "_rels/.rels": relationships([("rId1", OFFICE + "/officeDocument", "word/document.xml")]),
        "docProps/core.xml": XML + CORE % "Board minutes, March 2024",
        "word/document.xml": f'{XML}<w:document xmlns:w="{w}" xmlns:r="{OFFICE}"><w:body>{body}</w:body></w:document>',
        "word/header1.xml": f'{XML}<w:hdr xmlns:w="{w}">{p("Alder Harbour Trust - confidential until approved")}</w:hdr>',
        "word/footnotes.xml": f'{XML}<w:footnotes xmlns:w="{w}"><w:footnote w:id="2">'
        + p("Samuel Reyes asked that his doubts about the tilt meters be recorded.") + "</w:footnote></w:footnotes>",
        "word/_rels/document.xml.rels": relationships(
            [("rId3", OFFICE + "/header", "header1.xml"), ("rId4", OFFICE + "/footnotes", "footnotes.xml")]),
    })


def xlsx(path):
    strings = ["Berth", "Vessel", "Owner", "Dues in pounds", "Paid on", "Saint Brigid", "Northmere Ferries", "Morning Star II", "Brandt & Daughters",
               "Gannet", "Samuel Reyes", "Total", "Income from berths, second quarter 2024", "Month", "Catch in tonnes", "April", "May", "June"]
    s = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def row(number, cells):
        return f'<row r="{number}">' + "".join(cells) + "</row>"

    def text(reference, value):
        return f'<c r="{reference}" t="s"><v>{strings.index(value)}</v></c>'

    def number(reference, value, style=0, formula=""):
        return f'<c r="{reference}" s="{style}">{f"<f>{formula}</f>" if formula else ""}<v>{value}</v></c>'

    berths = [(1, "Saint Brigid", "Northmere Ferries", 18450.5, 45398), (4, "Morning Star II", "Brandt & Daughters", 2210, 45401),
              (9, "Gannet", "Samuel Reyes", 640.25, 45420)]
    rows = [row(1, [text("A1", strings[12])]), row(2, [text(f"{'ABCDE'[i]}2", strings[i]) for i in range(5)])]
    for index, (berth, vessel, owner, dues, day) in enumerate(berths, 3):
        rows.append(row(index, [number(f"A{index}", berth), text(f"B{index}", vessel), text(f"C{index}", owner), number(f"D{index}", dues),
                                number(f"E{index}", day, 1)]))
    rows.append(row(6, [text("A6", "Total"), number("D6", 21300.75, 0, "SUM(D3:D5)")]))
    catch = [row(1, [text("A1", "Month"), text("B1", "Catch in tonnes")])] + [
        row(i, [text(f"A{i}", month), number(f"B{i}", value)]) for i, (month, value) in enumerate([("April", 41.7), ("May", 55.2), ("June", 63)], 2)]
    sheet = f'{XML}<worksheet xmlns="{s}"><sheetData>%s</sheetData></worksheet>'
    archive(path, {
        "[Content_Types].xml": XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": relationships([("rId1", OFFICE + "/officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{XML}<workbook xmlns="{s}" xmlns:r="{OFFICE}"><sheets><sheet name="Berths" sheetId="1" r:id="rId1"/>'
        '<sheet name="Catch" sheetId="2" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            [("rId1", OFFICE + "/worksheet", "worksheets/sheet1.xml"), ("rId2", OFFICE + "/worksheet", "worksheets/sheet2.xml"),
             ("rId3", OFFICE + "/sharedStrings", "sharedStrings.xml"), ("rId4", OFFICE + "/styles", "styles.xml")]),
        "xl/sharedStrings.xml": f'{XML}<sst xmlns="{s}">' + "".join(f"<si><t>{escape(x)}</t></si>" for x in strings) + "</sst>",
        "xl/styles.xml": f'{XML}<styleSheet xmlns="{s}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet % "".join(rows),
        "xl/worksheets/sheet2.xml": sheet % "".join(catch),
    })


def pptx(path):
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"

    def shape(*lines):
        return "<p:sp><p:txBody>" + "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines) + "</p:txBody></p:sp>"

    def slide(tag, *shapes):
        return f'{XML}<p:{tag} xmlns:a="{a}" xmlns:p="{p}"><p:cSld><p:spTree>{"".join(shapes)}</p:spTree></p:cSld></p:{tag}>'

    archive(path, {
        "[Content_Types].xml": XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relationships([("rId1", OFFICE + "/officeDocument", "ppt/presentation.xml")]),
        "ppt/presentation.xml": f'{XML}<p:presentation xmlns:p="{p}" xmlns:r="{OFFICE}"><p:sldIdLst><p:sldId id="256" r:id="rId1"/>'
        '<p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": relationships([("rId1", OFFICE + "/slide", "slides/slide1.xml"), ("rId2", OFFICE + "/slide", "slides/slide2.xml")]),
        "ppt/slides/slide1.xml": slide("sld", shape("How to float a caisson"), shape("Marta Lindqvist, Kestrel Marine", "Port Alder, 12 June 2024")),
        "ppt/slides/slide2.xml": slide("sld", shape("Three tides"), shape("Tow from Northmere on the first tide", "Turn in the basin on the second", "Sink on the third")),
        "ppt/slides/_rels/slide2.xml.rels": relationships([("rId1", OFFICE + "/notesSlide", "../notesSlides/notesSlide1.xml")]),
        "ppt/notesSlides/notesSlide1.xml": slide("notes", shape("Say that the tow needs wind below force four.")),
    })


def odt(path):
    head = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
            'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"')
    body = ('<text:h text:outline-level="1">Diary of a harbour master</text:h>'
            '<text:p>11 November 2023. At twenty past four I heard a report like a gun, and the lamp on the breakwater went out. '
            'I rang Eleanor Vance and the coastguard.</text:p>'
            '<text:p>Samuel Reyes walked out with me at first light. Caisson seventeen has gone down by the height of a child.</text:p>'
            '<text:p text:style-name="P1">12 November 2023. Storm Ingrid has passed. The ferry Saint Brigid is running again.</text:p>'
            '<text:list><text:list-item><text:p>Close the breakwater to walkers</text:p></text:list-item>'
            '<text:list-item><text:p>Write to Northmere Mutual</text:p></text:list-item></text:list>')
    archive(path, {
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/></manifest:manifest>',
        "content.xml": f'{XML}<office:document-content {head}><office:automatic-styles><style:style style:name="P1" style:family="paragraph">'
        f'<style:paragraph-properties fo:break-before="page"/></style:style></office:automatic-styles>'
        f'<office:body><office:text>{body}</office:text></office:body></office:document-content>',
        "meta.xml": f'{XML}<office:document-meta {head} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        '<dc:title>Diary of Tobias Okafor</dc:title></office:meta></office:document-meta>',
    }, "application/vnd.oasis.opendocument.text")


def epub(path):
    def chapter(title, *paragraphs):
        return (f'{XML}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head><body><h1>{title}</h1>'
                + "".join(f"<p>{text}</p>" for text in paragraphs) + "</body></html>")

    archive(path, {
        "META-INF/container.xml": f'{XML}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "OPS/book.opf": f'{XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:title>A Short History of Port Alder</dc:title></metadata><manifest><item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="one"/><itemref idref="two"/></spine></package>',
        "OPS/one.xhtml": chapter("The herring years", "Until 1890 Port Alder had no pier. The boats were drawn up on the shingle, and the women of the "
                                 "town carried the herring to the salting sheds in baskets.",
                                 "The first stone quay was paid for by the widow Agnes Fairweather, whose grandson Edmund would one day lead the inquiry of 1962."),
        "OPS/two.xhtml": chapter("The breakwater", "In 1931 the county engineer built the north breakwater from twenty-four caissons, cast at Northmere and towed "
                                 "across the bay. It took two summers and cost the lives of three divers.",
                                 "Hannah Brandt, coxswain of the lifeboat from 1955 to 1974, saved sixty-two people &#8211; five of them from the Morning Star."),
    }, "application/epub+zip")


def word97(path, text):
    """A Word document of before 2007: a compound file with the text in one piece."""
    body = text.replace("\n", "\r").encode("cp1252")
    begin = 0x600
    header = bytearray(begin)
    struct.pack_into("<HHHH", header, 0, 0xA5EC, 0x00C1, 0, 0x0409)
    struct.pack_into("<H", header, 0x0A, 0x1200)  # the table stream is 1Table
    struct.pack_into("<II", header, 0x18, begin, begin + len(body))
    struct.pack_into("<H", header, 0x20, 14)
    struct.pack_into("<H", header, 0x3E, 22)
    struct.pack_into("<I", header, 0x40, begin + len(body))
    struct.pack_into("<I", header, 0x4C, len(body))
    struct.pack_into("<H", header, 0x98, 0x5D)
    pieces = struct.pack("<II", 0, len(body)) + struct.pack("<HIH", 0, begin * 2 | 0x40000000, 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", header, 0x1A2, 0, len(table))

    def padded(data):
        return data.ljust(max(4096, -(-len(data) // 512) * 512), b"\0")

    streams = [("WordDocument", padded(bytes(header) + body)), ("1Table", padded(table))]
    sectors, data, starts = [], b"", []
    for _, stream in streams:
        first, count = len(sectors), len(stream) // 512
        starts.append(first)
        sectors += [first + i + 1 for i in range(count - 1)] + [0xFFFFFFFE]
        data += stream
    directory = len(sectors)
    sectors += [0xFFFFFFFE, 0xFFFFFFFD]
    none = 0xFFFFFFFF

    def entry(name, kind, start, size, left=none, child=none):
        units = (name + "\0").encode("utf-16le") if name else b""
        return (units.ljust(64, b"\0") + struct.pack("<HBBIII", len(units), kind, 1, left, none, child) + bytes(36)
                + struct.pack("<III", start, size, 0))

    entries = (entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + entry("WordDocument", 2, starts[0], len(streams[0][1]), left=2)
               + entry("1Table", 2, starts[1], len(streams[1][1])) + entry("", 0, 0, 0))
    top = (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
           + struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
           + struct.pack("<I", directory + 1) + b"\xff" * 432)
    with open(path, "wb") as file:
        file.write(top + data + entries + struct.pack("<128I", *(sectors + [none] * (128 - len(sectors)))))


# ----------------------------------------------------------------------------------------------------------------- mail


def mail(path, attachment):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Eleanor Vance <clerk@harbour.example>"
    message["To"] = "José Márquez <claims@northmere.example>"
    message["Date"] = format_datetime(datetime(2024, 4, 3, 9, 15, tzinfo=timezone.utc))
    message["Subject"] = "Claim NM-2023-4471 – the café owner’s statement"
    message["Message-ID"] = "<4471@harbour.example>"
    message.set_content("Dear Mr Márquez,\n\nattached is the statement of Beatrice Nuttall, who keeps the café on the fish quay. She saw the "
                        "parapet fall at twenty past four, before the second wave.\n\nThe originals are in the safe of the Customs House.\n\n"
                        "Yours sincerely\nEleanor Vance\n")
    message.add_alternative("<html><body><p>Dear Mr M&aacute;rquez,</p><p>attached is the statement of <b>Beatrice Nuttall</b>.</p></body></html>",
                            subtype="html")
    with open(attachment, "rb") as file:
        message.add_attachment(file.read(), maintype="application", subtype="pdf", filename="statement of B. Nuttall.pdf")
    inner = email.message.EmailMessage(policy=email.policy.SMTP)
    inner["From"] = "Samuel Reyes <deputy@harbour.example>"
    inner["To"] = "Eleanor Vance <clerk@harbour.example>"
    inner["Date"] = format_datetime(datetime(2024, 4, 2, 18, 40, tzinfo=timezone.utc))
    inner["Subject"] = "Tide gauge"
    inner.set_content("The gauge stopped at five o'clock that morning; its battery was flooded. The figures until then are in the yellow folder.\n")
    message.add_attachment(inner)
    for index, part in enumerate(part for part in message.walk() if part.is_multipart() and part.get_content_maintype() == "multipart"):
        part.set_boundary(f"=====alder-{index}=====")
    with open(path, "wb") as file:
        file.write(message.as_bytes())


# ----------------------------------------------------------------------------------------------------------------- main


def main():
    os.makedirs(OUT, exist_ok=True)
    os.makedirs(EXPECTED, exist_ok=True)

    def path(name):
        return os.path.join(OUT, name)

    def write(name, data):
        with open(path(name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    pdf = PDF("Port Alder Harbour Survey 2024")
    for number, (heading, text) in enumerate(SURVEY, 1):
        pdf.text_page(heading, text, f"Page {number} of {len(SURVEY)}")
    pdf.write(path("harbour-survey.pdf"))

    pdf = PDF("Inquiry of 1962")
    for text in INQUIRY:
        scan_page(pdf, text)
    pdf.write(path("inquiry-1962-scan.pdf"))
    with open(os.path.join(EXPECTED, "inquiry-1962-scan.txt"), "w", encoding="utf-8") as file:
        file.write("\f".join(INQUIRY))

    pdf = PDF("Speckled scan")
    scan_page(pdf, INQUIRY[1], dpi=300, noise=0.03)
    pdf.write(path("inquiry-1962-speckled.pdf"))

    pdf = PDF("Insurance claim NM-2023-4471")
    pdf.text_page(*CLAIM[0])
    scan_page(pdf, CLAIM_SCAN)
    pdf.text_page(*CLAIM[2])
    pdf.write(path("insurance-claim-mixed.pdf"))

    pdf = PDF("Sealed agreement")
    pdf.text_page("Agreement", "Between the Alder Harbour Trust and Northmere Ferries. Sealed until the claim is settled.")
    pdf.write(path("plain.tmp"))
    subprocess.run(["qpdf", "--static-aes-iv", "--static-id", "--encrypt", "lantern", "lantern", "256", "--", path("plain.tmp"),
                    path("sealed-agreement-encrypted.pdf")], check=True)
    os.remove(path("plain.tmp"))

    with open(path("harbour-survey.pdf"), "rb") as file:
        survey = file.read()
    # Cut in the middle of the first page, as a broken upload does: nothing of it can be saved.
    write("tide-tables-corrupt.pdf", survey[:700])
    write("unsent-letter-empty.txt", b"")

    width, height, pixels = rendered("NOTICE TO MARINERS", """The ferry Saint Brigid will berth at the fish quay from 2 September to 17 November 2024.
The north breakwater is closed to the public. Keep clear of the floating crane.
Fishing from the lifeboat slip is forbidden at all times.
Tobias Okafor, harbour master, Port Alder""", 150, size=13, width=60)
    crop = height * 2 // 5
    png(path("notice-board.png"), width, crop, pixels[:width * crop])

    log = ["Log of the ferry Saint Brigid, 11 November 2023. Master: Astrid Solheim. Wind north-west, force ten. Departure from Northmere cancelled at 22:00 the night before.",
           "At 04:35 the harbour office reported the breakwater lamp dark. Crew called to double the mooring lines. Two fenders lost.",
           "At 09:10 wind falling to force seven. Inspected the hull with the engineer: no damage. Passengers informed by telephone."]
    tiff(path("ferry-log.tiff"), [rendered("Saint Brigid", text, 150, size=13, width=70) for text in log], 150)

    width, height, pixels = rendered("CAFE ON THE QUAY", """Fish soup with bread, 6 pounds. Smoked herring on toast, 7 pounds.
Tea and a scone, 4 pounds. Lifeboat crew drink for nothing.
Open from five in the morning. Beatrice Nuttall, proprietor""", 150, size=14, width=60)
    crop = height // 3
    png(path("menu.tmp.png"), width, crop, pixels[:width * crop])
    for name in ("cafe-menu.webp", "cafe-menu.jpg"):
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", path("menu.tmp.png"), "-q:v", "4" if name.endswith("jpg") else "60",
                        path(name)], check=True)
    os.remove(path("menu.tmp.png"))

    word97(path("quay-lease.doc"), """Lease of the shed on the fish quay

Between the Alder Harbour Trust and Brandt & Daughters, boat builders of Port Alder. The lease runs from 1 May 2021 to 30 April 2031. The rent is 4,800 pounds a year, due on Lady Day.

The tenant, Wilhelmina Brandt, may store formwork for the caissons in the yard. She keeps the slip clear for the lifeboat at all times.
""")
    docx(path("board-minutes.docx"))
    odt(path("harbour-master-diary.odt"))
    xlsx(path("berth-accounts.xlsx"))
    pptx(path("caisson-talk.pptx"))
    epub(path("history-of-port-alder.epub"))

    pdf = PDF("Statement of Beatrice Nuttall")
    pdf.text_page("Statement", """I, Beatrice Nuttall, keep the café on the fish quay at Port Alder. On 11 November 2023 I was awake because of the storm.
At about twenty past four I saw the parapet of the breakwater lean and fall. The lamp went with it. The big wave that people talk of came after, not before.
My great-uncle Peter was lost with the Morning Star in 1962. I look at that lamp every night.
Signed, Beatrice Nuttall, 28 March 2024""")
    pdf.write(path("statement.tmp"))
    mail(path("letter-to-insurer.eml"), path("statement.tmp"))
    os.remove(path("statement.tmp"))

    write("press-release.html", """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Harbour to be repaired – Alder Harbour Trust</title>
<style>body { font: 16px serif }</style><script>var tracking = "never shown";</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/tides">Tides</a></li></ul></nav>
<article><h1>Harbour to be repaired</h1>
<p>Port&nbsp;Alder, 22 April 2024. The Alder Harbour Trust will repair the north breakwater &ldquo;for our grandchildren&rdquo;, said its clerk,
<b>Eleanor Vance</b>. Work begins on 2&nbsp;September.</p>
<h2>What changes for passengers</h2>
<ul><li>The ferry <i>Saint Brigid</i> leaves from the fish quay.</li><li>The caf&eacute; of Beatrice Nuttall stays open.</li></ul>
<table><tr><th>Day</th><th>First ferry</th><th>Last ferry</th></tr><tr><td>Weekdays</td><td>06:40</td><td>21:10</td></tr>
<tr><td>Sundays</td><td>08:20</td><td>19:30</td></tr></table>
<p>Questions? Ask the treasurer, Ingeborg Haas, &lt;haas@harbour.example&gt;.</p></article></body></html>
""")
    write("volunteers-guide.md", """---
title: Guide for lifeboat volunteers
---

# Guide for lifeboat volunteers

The lifeboat *Hannah Brandt* lies at the slip in **Port Alder**. Her coxswain is [Samuel Reyes](mailto:deputy@harbour.example).

## When the pager sounds

1. Come to the slip, never drive faster than the law allows.
2. Put on the dry suit before you do anything else.

## Drills

| Month | Drill |
|-------|-------|
| May | man overboard |
| October | towing in the dark |

> Nobody goes out alone.
""")
    write("tide-gauge.csv", "time;height_m;wave_m;remark\r\n2023-11-11 00:00;3,1;4,9;rising\r\n2023-11-11 02:00;3,8;5,8;\"gusts; lamp flickers\"\r\n"
          "2023-11-11 04:00;4,2;5,8;\"parapet awash,\r\nnobody on it\"\r\n2023-11-11 05:00;4,0;5,6;battery flooded\r\n")
    write("telegramm-latin1.txt", "Telegramm an die Hafenbehörde Port Alder, 18. Februar 1962\r\n\r\nTief betrübt über den Verlust der Morning Star. "
          "Unsere Schiffe grüßen die Mannschaft des Rettungsbootes. Fünf Männer gerettet – das bleibt unvergessen.\r\n\r\n"
          "Für die Reederei Möller & Söhne\r\nJürgen Möller\r\n".encode("cp1252"))
    rtf = r"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times New Roman;}}{\info{\title Tender for the rock protection}{\author Kestrel}}
\pard\b Tender for the rock protection\b0\par
Kestrel Marine Limited offers to place 1,800 tonnes of rock at the north breakwater of Port Alder before 1 October 2024 for 310,000 pounds.\par
The rock comes from the quarry at Hollin Fell. Skipper of the barge is Bj\'f6rn Haugen\u8212?known for his calm.\par
\trowd\cellx3000\cellx6000\intbl Week\cell Tonnes\cell\row\trowd\cellx3000\cellx6000\intbl One\cell 600\cell\row
\pard Signed, Marta Lindqvist\par}"""
    write("rock-tender.rtf", rtf.encode("ascii"))
    for name in sorted(os.listdir(OUT)):
        print(f"{os.path.getsize(path(name)):8}  {name}")


if __name__ == "__main__":
    main()
