#if DEBUG || FUZZ
    @testable import Flotilla
    @testable import FlotillaDaemon
    @testable import FlotillaRedis
    import JSONText
    @testable import OperatorCommands

    /// What people type: settings, commands and filters; and what goes to their terminals and logs.
    extension FuzzTargets {
        static let operators = [settings, settingText, systemd, arguments, letterFilter, rate, terminalText, redactor]

        private static let settingTexts = [
            "60", "1.5s", "500ms", "7d", "1e309", "-1", "99999999999999999999d", "0.0000001ms", "1MiB", "9223372036854775807", "8388608T",
            "true", "en,de", "a:b", "",
            "redis://h", "http://[::1]/v1", "documents", "{documents}:retry", "info", "k1:AAAA", "127.0.0.1", "/run/x",
        ]

        /// Every setting reads or refuses every text.
        private static let settings = FuzzTarget(
            "settings", cost: 4, maximumBytes: 256, dictionary: settingTexts,
            corpus: { settingTexts.map { Array($0.utf8) } },
            prepare: {
                let all = SettingCatalog().all
                return { bytes, random in
                    let text = String(decoding: bytes, as: UTF8.self)
                    for _ in 0..<8 { _ = random.one(of: all).parseAny(text) }
                    if random.once(in: 64) {
                        var environment: [String: String] = [:]
                        for _ in 0..<4 { environment[random.one(of: all).declaration.name] = text }
                        let settings = try Settings(environment: environment)
                        _ = settings.shown()
                        _ = try DaemonConfiguration(settings: settings, role: .documentProcessor)
                    }
                }
            })

        /// A duration and a size that were read are written in a form that is read as the same.
        private static let settingText = FuzzTarget(
            "setting-text", maximumBytes: 64, dictionary: ["ms", "s", "m", "h", "d", "K", "MiB", "."], texts: settingTexts
        ) { bytes, random in
            let text = String(decoding: bytes, as: UTF8.self)
            let unit = random.one(of: [DurationUnit.milliseconds, .seconds, .days])
            if let duration = SettingText.parseDuration(text, bare: unit) {
                try promise(duration >= .zero, "a duration of \(duration)")
                try promise(
                    SettingText.parseDuration(SettingText.duration(duration), bare: unit) == duration,
                    "another duration: \(SettingText.duration(duration))")
            }
            if let size = SettingText.parseBytes(text) {
                try promise(
                    size >= 0 && SettingText.parseBytes(SettingText.bytes(size)) == size, "another size: \(SettingText.bytes(size))")
            }
        }

        private static let systemd = FuzzTarget(
            "systemd", maximumBytes: 256, dictionary: ["\n", "@", "/run/", "9223372036854775807", "2147483648", "-1"],
            texts: ["/run/notify\n30000000\n1\n1\n3", "@abstract\n-1\n99999999999\n1\n2147483647", "\u{E9}\n9223372036854775807\n\n\n"]
        ) { bytes, random in
            let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
            // A socket that is not there: nothing is to arrive anywhere.
            let path = word(0).hasPrefix("@") ? "@flotilla-fuzz-\(word(0).dropFirst())" : "/nonexistent/\(word(0))"
            let notify = SystemdNotify(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": word(1)])
            if let interval = notify.watchdogInterval { try promise(interval > .zero, "a watchdog every \(interval)") }
            try promise(!notify.send(["READY=1", word(2)]), "somebody listens")
            notify.ready(status: word(3))
            // The process identifier never fits, so that no descriptor of ours is touched.
            _ = SystemdSockets.inherited { $0 == "LISTEN_PID" ? "-" + word(3) : word(4) }
            if let delivery = DeliveryID(word(2)) {
                try promise(DeliveryID(delivery.description) == delivery, "another delivery came back")
            }
        }

        /// Every verb reads or refuses every line; a refusal is one of usage.
        private static let arguments = FuzzTarget(
            "arguments", cost: 2, maximumBytes: 512,
            dictionary: [
                "\n--", "\n-", "\n--limit\n", "--limit=", "\n--filter\n", "\n--\n", "=", "--json", "--rate=1e-300/h", "--since=",
                "--queue=", "-y", "--help",
            ],
            texts: [
                "--limit\n50\n--json", "job-1\n--queue=document\n-y", "--\n--x", "-n\n5\n--filter\nreason:permanent",
                "--rate\n10/s\n--dry-run", "-",
            ]
        ) { bytes, random in
            let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let verb = random.one(of: CommandTree.verbs)
            let arguments = try ArgumentParser.parse(words, for: verb.spec)
            // Whoever asks for help gets it, whatever else is missing; no verb is made.
            if arguments.has("help") { return }
            _ = try verb.init(arguments)
            _ = try arguments.limit()
        }

        private static let letters: [[UInt8]] = [
            Array(
                #"{"job_id":"j","filename":"a.pdf","tenant_id":"t","dlq_metadata":{"id":"01J","reason":"permanent","fingerprint":"9f2a","error_message":"disk full","failure_time":1}}"#
                    .utf8),
            Array("no json".utf8), Array("{}".utf8),
        ]

        /// A filter is read or refused, and answers for every letter; excluding everything that it wants fits nothing.
        private static let letterFilter = FuzzTarget(
            "letter-filter", cost: 2, maximumBytes: 512,
            dictionary: [
                "reason:", "fp:", "file:*", "after:", "before:", "-stage:", "text:\"", "id:", "24h", "2026-11-21", "99999999999d", "\\\"",
                "?", "***",
            ],
            texts: [
                "reason:permanent fp:9f2a file:*.pdf after:24h -stage:index text:\"disk full\"", "before:2026-11-21 queue:document",
                "after:36500d", "file:*a*b*c*d*e",
            ]
        ) { bytes, random in
            let now = random.one(of: [Int64(0), 1_800_000_000_000_000])
            let filter = try LetterFilter(parsing: String(decoding: bytes, as: UTF8.self), now: now)
            let queue = FleetQueue(kind: .document, names: QueueNames(queue: "documents", retry: "r", deadLetter: "d"), maximumRetries: 3)
            for letter in letters {
                _ = filter.matches(DeadLetterEntry(letter, queue: "documents"), queue: queue, time: random.one(of: [nil, 0, .max]))
            }
        }

        private static let rate = FuzzTarget(
            "rate", maximumBytes: 64, dictionary: ["/s", "/m", "/h", "1e-300", "1e6", "."],
            texts: ["10", "10/s", "600/m", "1e-300/h", "0.0001/h", "1000000/sec"]
        ) { bytes, random in
            guard let pace = LetterMover.Pace(String(decoding: bytes, as: UTF8.self)) else { return }
            let pause = pace.pause(after: random.one(of: [0, 1, 100_000]))
            try promise(pause >= .zero && pace.batch >= 1, "a pause of \(pause)")
        }

        /// Nothing that a terminal obeys gets through, and a line stays one line.
        private static let terminalText = prose("terminal-text", cost: 2) { text, random in
            let line = TerminalText.line(text)
            try promise(
                !line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || (0x80...0x9F).contains($0.value) },
                "a control character is left")
            _ = (TerminalText.lines(text), TerminalText.width(text))
            let columns = 1 + random.below(40)
            try promise(TerminalText.width(TerminalText.cut(line, to: columns)) <= columns, "wider than \(columns) columns")
            var parsed = JSONValue.null
            do { parsed = try JSONValue(parsing: TerminalText.json(JSONValue.string(text).jsonText)) } catch {
                throw BrokenPromise("no JSON any more: \(error)")
            }
            try promise(parsed.string == text, "another text came back")
        }

        /// A password does not get through, whatever follows it, and the same failure has the same fingerprint.
        private static let redactor = prose("redactor", cost: 2) { text, _ in
            let secret = "9f8a-7b6c-5d4e-3f2a"
            let shown = Redactor.redact("password=\(secret) \(text)")
            try promise(!shown.contains(secret), "a password is left")
            try promise(Redactor.redact(shown).utf8.count <= shown.utf8.count, "redacting again makes it longer")
            let fingerprint = ErrorFingerprint.of(type: "e", message: text, stage: nil)
            try promise(fingerprint.utf8.count == 12, "a fingerprint of \(fingerprint.utf8.count) digits")
        }
    }
#endif
