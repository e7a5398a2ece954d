#if DEBUG || FUZZ
    @testable import EntityAnalysis
    @testable import TextAnalysis

    extension FuzzTargets {
        static let entities = [mentions, relations, names, resolver]

        private static let languages = ["und", "en", "de", "fr", "es", "xx", ""]

        private static func check(_ mentions: [EntityMention], in bytes: [UInt8]) throws {
            var end = 0
            for mention in mentions {
                try promise(
                    isSound(mention.bytes, in: bytes) && !mention.bytes.isEmpty && mention.bytes.lowerBound >= end,
                    "the mention \(mention.bytes) after \(end)")
                try promise(Array(mention.text.utf8) == Array(bytes[mention.bytes]), "a mention is no slice of the text")
                try promise((0...1).contains(mention.confidence) && !mention.normal.isEmpty, "\(mention)")
                end = mention.bytes.upperBound
            }
        }

        /// Mentions ascend, do not overlap, and are slices of the text.
        private static let mentions = prose("mentions", cost: 20) { text, random in
            try check(EntityExtractor().mentions(in: text, language: random.one(of: languages)), in: Array(text.utf8))
        }

        /// Relations hold between mentions that were given, also when these are nonsense.
        private static let relations = prose("relations", cost: 20) { text, random in
            let bytes = Array(text.utf8)
            let language = random.one(of: languages)
            var mentions = EntityExtractor().mentions(in: text, language: language)
            if random.once(in: 2) {
                // Ranges of a stranger: outside, overlapping, empty, within a character.
                for _ in 0...random.small(6) {
                    let start = random.below(bytes.count + 3) - 1
                    let type = random.one(of: EntityType.allCases)
                    mentions.append(.init(type: type, text: "x", bytes: start..<(start + random.below(9)), normal: "x", confidence: 0.5))
                }
            }
            let options = RelationExtractor.Options(
                typedPerSentence: 20, coOccurrencesPerSentence: random.one(of: [0, 10]), relationsPerText: 50)
            let relations = RelationExtractor(options: options).relations(in: text, mentions: mentions, language: language)
            try promise(relations.count <= 50, "\(relations.count) relations")
            for relation in relations {
                try promise(
                    mentions.indices.contains(relation.source) && mentions.indices.contains(relation.target),
                    "between \(relation.source) and \(relation.target)")
                try promise(relation.source != relation.target && (0...1).contains(relation.confidence), "\(relation)")
                try promise(relation.bytes.lowerBound >= 0 && relation.bytes.upperBound <= bytes.count, "in \(relation.bytes)")
            }
        }

        /// Folding a folded name changes nothing, and keys are stable.
        private static let names = FuzzTarget(
            "names", cost: 2, maximumBytes: 512,
            dictionary: ["von ", "Dr. ", ", ", "GmbH", "O'", "-", "St. ", "Mc", "ß", "Æ", "Владимир", "محمد", "李", "\u{301}"],
            texts: [
                "Dr. Anna-Maria von der Heide", "O'Neill, J. R.", "Müller & Söhne GmbH & Co. KG", "Saint-Étienne", "Владимир Путин",
                "MÜNCHEN",
            ]
        ) { bytes, random in
            let name = String(decoding: bytes, as: UTF8.self)
            let folded = NameNormalizer.fold(name)
            // Longer names are cut, and marks that become words make more of them.
            if name.unicodeScalars.count <= 48, folded.unicodeScalars.count <= 96 {
                try promise(NameNormalizer.fold(folded) == folded, "folded twice, two names: \(folded)")
            }
            for type in EntityType.allCases { _ = NameNormalizer.key(name, type: type) }
            _ = (PhoneticKey.sound(name), PhoneticKey.spelling(name), FoldedName.key(name))
            let scalars = name.unicodeScalars.map(\.value)
            let cut = Array(scalars.prefix(random.below(scalars.count + 1)))
            let likeness = StringDistance.jaroWinkler(scalars, cut)
            try promise((0...1).contains(likeness), "a likeness of \(likeness)")
            try promise(StringDistance.edits(scalars, cut) == min(3, scalars.count - cut.count), "a wrong distance of a beginning")
        }

        /// Every form is in exactly one cluster, whatever people decided.
        private static let resolver = FuzzTarget(
            "resolver", cost: 20, maximumBytes: 1_024, dictionary: ["\n", "Anna ", "A. ", "Weber", "GmbH", "Dr. ", "Port Alder", ", "],
            texts: [
                "Anna Weber\nA. Weber\nDr. Weber\nWeber, Anna\nAnna Webber", "Harbour Trust GmbH\nHT\nHarbour Trust", "a\n\n\u{301}\n.",
                "X\nX\nx",
            ]
        ) { bytes, random in
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).prefix(60)
            let type = random.one(of: EntityType.allCases)
            let forms = lines.map {
                NameForm(type: random.once(in: 4) ? .person : type, name: String($0), count: random.below(9), documents: ["d"])
            }
            let pairs = (0..<4).map { _ in ResolutionDecisions.Pair(random.below(forms.count + 2) - 1, random.below(forms.count + 2) - 1) }
            let decisions =
                random.once(in: 2) ? ResolutionDecisions() : ResolutionDecisions(same: Array(pairs[..<2]), different: Array(pairs[2...]))
            let resolution = EntityResolver().resolve(Array(forms), decisions: decisions)
            try promise(resolution.clusters.flatMap(\.forms).sorted() == Array(forms.indices), "a form is in no cluster, or in two")
            for candidate in resolution.candidates {
                try promise(
                    resolution.clusters.indices.contains(candidate.left) && resolution.clusters.indices.contains(candidate.right),
                    "\(candidate)")
                try promise((0...1).contains(candidate.score), "\(candidate)")
            }
        }
    }
#endif
