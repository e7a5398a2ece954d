"""Makes the files that are measured: a long recording, a video of slides, and small files of each kind."""
import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = os.path.join(ROOT, "Examples")
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

SLIDES = [
    (["The harbour in spring", "Traffic rose by a tenth", "Fees stay as they are"], "In the spring the harbour was busy. More boats came than in the year before, and they stayed longer. The fees for a night will stay as they are for another year."),
    (["Water and power", "Two new pumps", "Cables under the road"], "The old pumps were very loud. Two new pumps were put in place in May. The cables now lie under the road, where the water can not reach them."),
    (["The crane", "Built in 1974", "Tested every second year"], "The large crane is fifty years old. It is tested every second year, and it has never failed. A new motor would cost more than we can spend this year."),
    (["People", "Twelve work here", "Three are in training"], "Twelve people work here in the summer. Three of them are young and still learn how to do it. One of them will take care of the office when winter comes."),
    (["Safety", "No accident since March", "Lamps on both walls"], "There was no accident since the month of March. The lamps on both walls were changed. Every boat has to show a light after the sun has gone down."),
    (["Fish market", "Open on Friday", "Ice from our own plant"], "The market is open on Friday from six in the morning. The ice comes from our own plant. People from the town like to come early, when the fish is fresh."),
    (["Plans", "A longer quay", "Room for forty boats"], "We plan to make the quay longer. There will be room for forty boats. The work begins when the money has been found, and that will take some time."),
    (["Questions", "Write to the office", "Thank you"], "If you have a question, please write to the office. Somebody will answer within a week. Thank you for your time, and have a good day."),
]

REMARKS = ["We begin in June.", "Thank you very much.", "The boat is gone.", "Who owns the house?", "He paid the money."]


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)


def speak(text, path, voice="rms"):
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", path], check=True)


def recording(folder, seconds):
    """The sample hearing over and over, as MP3."""
    path = os.path.join(folder, "recording.mp3")
    ffmpeg("-stream_loop", "-1", "-i", os.path.join(EXAMPLES, "recordings", "hearing.mp3"), "-t", str(seconds), "-c:a", "libmp3lame",
           "-b:a", "64k", path)
    return path


def slides(folder, size="1280x720", rate=25, scenes=SLIDES, seconds=15, name="video.mp4"):
    """Slides, each shown for so many seconds while somebody speaks about it."""
    parts = []
    for number, (lines, text) in enumerate(scenes):
        sound, part = os.path.join(folder, f"scene-{number}.wav"), os.path.join(folder, f"scene-{number}.mp4")
        height = int(size.split("x")[1])
        texts = ",".join(
            f"drawtext=fontfile={FONT}:text='{line}':fontcolor=white:fontsize={height // (12 if row == 0 else 18)}"
            f":x={height // 8}:y={height // 6 + row * height // 7}" for row, line in enumerate(lines))
        picture = f"color=c={['0x14213d', '0x3d1421', '0x143d21', '0x3d3d14'][number % 4]}:s={size}:r={rate}"
        inputs = ["-f", "lavfi", "-i", picture]
        if text:
            speak(text, sound)
            inputs += ["-i", sound, "-af", "apad", "-c:a", "aac", "-ar", "44100", "-b:a", "96k"]
        ffmpeg(*inputs, "-t", str(seconds), "-vf", texts, "-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p", part)
        parts.append(part)
    listing, path = os.path.join(folder, "parts.txt"), os.path.join(folder, name)
    with open(listing, "w") as file:
        file.writelines(f"file '{part}'\n" for part in parts)
    ffmpeg("-f", "concat", "-safe", "0", "-i", listing, "-c", "copy", path)
    for part in parts:
        os.remove(part)
    return path


def small_recordings(folder):
    """A remark of one second each, in five formats."""
    paths = []
    for number, (text, ending) in enumerate(zip(REMARKS, ["wav", "mp3", "ogg", "flac", "m4a"])):
        source, path = os.path.join(folder, "remark.wav"), os.path.join(folder, f"remark-{number}.{ending}")
        speak(text, source, voice=["rms", "slt"][number % 2])
        ffmpeg("-i", source, "-ar", "16000", path)
        paths.append(path)
    os.remove(source)
    return paths


def small_videos(folder):
    """One or two slides in two seconds; one of four with speech."""
    return [slides(folder, "320x180", 10, [(lines[:2], "" if number else REMARKS[0]) for lines, _ in SLIDES[number:number + 1 + number % 2]],
                   2 - number % 2, f"clip-{number}.mp4") for number in range(4)]


def small_documents(folder):
    """Samples that need no recognition of text."""
    names = ["harbour-survey.pdf", "board-minutes.docx", "press-release.html", "letter-to-insurer.eml", "volunteers-guide.md", "rock-tender.rtf"]
    return [shutil.copy(os.path.join(EXAMPLES, "documents", name), folder) for name in names]
