#!/usr/bin/env python3
"""Makes the sample recordings in Examples/recordings: one case in a contract, a hearing and a briefing, and some that must fail.

Needs only packages of Debian 12: python3, flite, ffmpeg, fonts-dejavu-core. The results are committed; run this again after changing a
text. Everything in them is invented. The voices are flite's, because the recogniser that works offline understands them; the names were
chosen among those that it knows.
"""
import importlib.util
import os
import subprocess
import tempfile
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "recordings")
EXPECTED = os.path.join(HERE, "expected")
RATE = 16000
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

AGREEMENT = ("Salvage agreement", """Between the Rotterdam Salvage Company, represented by its director Robert Taylor, and Halifax Insurance, represented by Mary Jackson. Signed in Rotterdam on 12 February 2024.
The tug Gannet sank off Glasgow on 3 January 2024. Halifax Insurance has insured her since 2019. The Rotterdam Salvage Company will raise the wreck before 30 June 2024 and bring it to Plymouth.
Halifax Insurance paid $400,000 to the Rotterdam Salvage Company on 1 March 2024. A further $250,000 is due when the wreck has reached Plymouth. Disputes are settled under Article 14 of the London Salvage Convention of 1989.
James Franklin, captain of the Gannet, lives in Glasgow. He is married to Helen Carter, who owns the tug. Questions go to Mary Jackson, mary.jackson@halifax-insurance.example, telephone +44 20 7946 0958.""")

# (voice, what it says, seconds of silence after it)
HEARING = [
    ("rms", "Good morning. This is the hearing about the tug that sank near Glasgow in January. My name is Walter Hamilton.", 1.2),
    ("slt", "My name is Mary Jackson. I work for the insurance company in Halifax.", 0.9),
    ("rms", "Mary Jackson, when did you hear of the accident?", 0.8),
    ("slt", "On the third of January. James Franklin called me from Glasgow. He was the captain of the boat.", 0.9),
    ("rms", "Who owns the boat?", 0.7),
    ("slt", "Helen Carter owns the boat. She is the wife of James Franklin.", 1.5),
    ("rms", "And who will bring the wreck to Plymouth?", 0.8),
    ("slt", "Robert Taylor and his people. Robert Taylor works for the salvage company in Rotterdam.", 0.9),
    ("rms", "How much did the insurance company pay to the salvage company?", 0.8),
    ("slt", "We paid four hundred thousand dollars in the month of March.", 1.2),
    ("rms", "Thank you. The hearing will continue on Monday.", 0.5),
]

# (seconds into the video, lines on the slide, voice, what it says)
BRIEFING = [
    (["Raising the Gannet", "Rotterdam Salvage Company", "Briefing by Robert Taylor"],
     "Good evening. I am Robert Taylor of the salvage company in Rotterdam. This is the plan for the wreck."),
    (["The wreck", "Depth 31 metres, off Glasgow", "Captain: James Franklin", "Owner: Helen Carter"],
     "The boat lies in deep water near Glasgow. The captain was James Franklin."),
    (["The plan", "Two cranes from Plymouth", "Begin 4 June 2024", "Insurer: Halifax Insurance, Mary Jackson"],
     "We begin in June with two cranes from Plymouth. The insurance company in Halifax pays for the work."),
]


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)


def speech(voice, text, folder):
    """Samples of one utterance: 16 kHz, mono, 16 bits."""
    source, raw = os.path.join(folder, "line.wav"), os.path.join(folder, "line.raw")
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", source], check=True)
    ffmpeg("-i", source, "-ac", "1", "-ar", str(RATE), "-f", "s16le", raw)
    with open(raw, "rb") as file:
        return file.read()


def silence(seconds):
    return b"\0\0" * int(seconds * RATE)


def save(path, samples):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)


def escape(text):
    """For the value of a filter's option."""
    return text.replace("\\", r"\\").replace(":", r"\:").replace("'", r"\'").replace(",", r"\,").replace("%", r"\%")


def slides(path, scenes, folder):
    """A picture a scene, each for as long as it lasts: [(lines, seconds)]."""
    parts = []
    for number, (lines, seconds) in enumerate(scenes):
        texts = []
        for row, line in enumerate(lines):
            size = 52 if row == 0 else 36
            texts.append(f"drawtext=fontfile={FONT}:text='{escape(line)}':fontcolor=white:fontsize={size}:x=80:y={120 + 90 * row}")
        part = os.path.join(folder, f"scene-{number}.mp4")
        ffmpeg("-f", "lavfi", "-i", f"color=c={['0x14213d', '0x3d1421', '0x143d21'][number % 3]}:s=960x540:r=10:d={seconds}", "-vf",
               ",".join(texts), "-c:v", "libx264", "-preset", "slow", "-crf", "28", "-pix_fmt", "yuv420p", part)
        parts.append(part)
    listing = os.path.join(folder, "parts.txt")
    with open(listing, "w") as file:
        file.writelines(f"file '{part}'\n" for part in parts)
    ffmpeg("-f", "concat", "-safe", "0", "-i", listing, "-c", "copy", path)


def main():
    os.makedirs(OUT, exist_ok=True)
    specification = importlib.util.spec_from_file_location("make_samples", os.path.join(HERE, "make-samples.py"))
    samples = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(samples)

    def path(name):
        return os.path.join(OUT, name)

    pdf = samples.PDF("Salvage agreement")
    pdf.text_page(*AGREEMENT)
    pdf.write(path("salvage-agreement.pdf"))

    with tempfile.TemporaryDirectory() as folder:
        def temporary(name):
            return os.path.join(folder, name)

        hearing = silence(0.6)
        for voice, text, pause in HEARING:
            hearing += speech(voice, text, folder) + silence(pause)
        save(temporary("hearing.wav"), hearing)
        ffmpeg("-i", temporary("hearing.wav"), "-c:a", "libmp3lame", "-b:a", "48k", "-metadata", "title=Hearing on the loss of the tug Gannet",
               "-metadata:s:a:0", "language=eng", path("hearing.mp3"))
        with open(os.path.join(EXPECTED, "hearing.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(text for _, text, _ in HEARING) + "\n")

        # The hearing's first answers again, as a telephone carries them.
        message = silence(0.4) + speech("slt", HEARING[3][1], folder) + silence(0.8) + speech("slt", HEARING[5][1], folder) + silence(0.5)
        save(temporary("message.wav"), message)
        ffmpeg("-i", temporary("message.wav"), "-ar", "8000", "-c:a", "libopus", "-b:a", "16k", path("voicemail.ogg"))

        track, scenes = b"", []
        for lines, text in BRIEFING:
            part = silence(0.5) + speech("rms", text, folder) + silence(1.0)
            scenes.append((lines, round(len(part) / 2 / RATE, 1)))
            # A scene is a whole number of pictures long.
            part = part[:int(scenes[-1][1] * RATE) * 2].ljust(int(scenes[-1][1] * RATE) * 2, b"\0")
            track += part
        save(temporary("briefing.wav"), track)
        slides(temporary("briefing.mp4"), scenes, folder)
        ffmpeg("-i", temporary("briefing.mp4"), "-i", temporary("briefing.wav"), "-c:v", "copy", "-c:a", "aac", "-b:a", "48k", "-movflags",
               "+faststart", "-metadata", "title=Raising the Gannet", path("briefing.mp4"))

        # Pictures without a sound, and what a broken upload leaves of the briefing.
        slides(temporary("signs.mp4"), [(["Quay closed", "No entry until 30 June 2024", "Helen Carter"], 4.0), (["Mind the cranes"], 4.0)], folder)
        ffmpeg("-i", temporary("signs.mp4"), "-c:v", "copy", "-an", path("quay-signs-no-sound.mkv"))
        with open(path("briefing.mp4"), "rb") as file:
            whole = file.read()
        with open(path("briefing-cut-off.mp4"), "wb") as file:
            file.write(whole[:len(whole) * 55 // 100])

        # These end in the dead-letter queue: nobody speaks, and it is no recording at all.
        ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "20", "-c:a", "flac", path("silent-line-empty.flac"))
        with open(path("not-a-recording-corrupt.mp3"), "wb") as file:
            file.write(bytes((number * 7919 + number // 13) % 251 for number in range(20_000)))


if __name__ == "__main__":
    main()
