internal import Corpus
internal import Glibc
internal import JSONText

/// Answers of whisper's relatives: the file that whisper.cpp writes, and the `verbose_json` of servers.
enum WhisperOutput {
    /// whisper.cpp's `-ojf`:
    ///
    /// ```
    /// {"result": {"language": "en"},
    ///  "transcription": [{"offsets": {"from": 0, "to": 7600}, "text": " Ask not …", "tokens": [{"text": " Ask", "p": 0.98}, …]}]}
    /// ```
    /// Nil when it is something else.
    static func recognition(_ bytes: [UInt8]) -> Recognition? {
        // A token may be half a character, which makes the file invalid UTF-8 in places. The parser throws for everything else.
        guard let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)), let items = json["transcription"]?.array else {
            return nil
        }
        let segments = items.compactMap { item -> Transcript.Segment? in
            guard let text = item["text"]?.string, let from = item["offsets"]?["from"]?.number, let to = item["offsets"]?["to"]?.number
            else { return nil }
            return Transcript.Segment(
                time: TimeRange(start: Self.bounded(from), end: Self.bounded(to)), text: text, confidence: Self.confidence(item["tokens"]))
        }
        return Recognition(segments: HallucinationGuard.kept(segments), language: json["result"]?["language"]?.string)
    }

    /// `{"language": "english", "text": "…", "segments": [{"start": 0.0, "end": 3.3, "text": " …", "avg_logprob": -0.28,
    /// "no_speech_prob": 0.01}]}`, of which only the text is always there. Nil when not even that is.
    ///
    /// - Parameter duration: of the stretch, in milliseconds; a text without segments has all of it.
    static func recognition(server json: JSONValue, duration: Int) -> Recognition? {
        let language = Self.languageCode(json["language"]?.string)
        guard let items = json["segments"]?.array, !items.isEmpty else {
            guard let text = json["text"]?.string else { return nil }
            let whole = Transcript.Segment(time: TimeRange(start: 0, end: duration), text: text)
            return Recognition(segments: HallucinationGuard.kept([whole]), language: language)
        }
        var segments: [Transcript.Segment] = []
        for item in items {
            guard let text = item["text"]?.string else { continue }
            // whisper's own rule for text that it made of silence.
            let logProbability = item["avg_logprob"]?.number
            if let silence = item["no_speech_prob"]?.number, silence > 0.6, (logProbability ?? -2) < -1 { continue }
            let start = Self.bounded((item["start"]?.number ?? 0) * 1000)
            let end = Self.bounded((item["end"]?.number ?? Double(duration) / 1000) * 1000)
            segments.append(
                Transcript.Segment(time: TimeRange(start: start, end: end), text: text, confidence: logProbability.map { min(1, exp($0)) }))
        }
        return Recognition(segments: HallucinationGuard.kept(segments), language: language)
    }

    /// Mean probability of the tokens that are words; nil without any.
    private static func confidence(_ tokens: JSONValue?) -> Double? {
        var sum = 0.0
        var count = 0
        for token in tokens?.array ?? [] {
            guard let text = token["text"]?.string, !text.hasPrefix("[_"), let probability = token["p"]?.number else { continue }
            sum += min(1, max(0, probability))
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }

    /// Milliseconds within reason, whatever was said.
    private static func bounded(_ milliseconds: Double) -> Int {
        milliseconds.isFinite ? Int(min(max(0, milliseconds.rounded()), 1e9)) : 0
    }

    /// Servers say `english`, or `en`.
    private static func languageCode(_ name: String?) -> String? {
        guard let name = name?.lowercased() else { return nil }
        return Self.names[name] ?? LanguageTag.code(name)
    }

    private static let names = [
        "arabic": "ar", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs", "danish": "da",
        "dutch": "nl", "english": "en", "estonian": "et", "finnish": "fi", "french": "fr", "german": "de", "greek": "el",
        "hebrew": "he", "hindi": "hi", "hungarian": "hu", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko",
        "latvian": "lv", "lithuanian": "lt", "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt",
        "romanian": "ro", "russian": "ru", "serbian": "sr", "slovak": "sk", "slovenian": "sl", "spanish": "es", "swedish": "sv",
        "thai": "th", "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi",
    ]
}
