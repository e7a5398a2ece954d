internal import Flotilla
internal import FlotillaCache

/// Which cache type holds the results of which stage.
enum StageCacheTypes {
    static func type(of stage: StageName) -> CacheType {
        switch stage.rawValue {
        case "detect", "probe": .documentHash
        case "extract_text", "extract_audio", "transcribe", "keyframes", "ocr_frames": .ocrResult
        case "clean_text": .cleanedText
        case "chunk": .chunks
        case "extract_entities": .mentions
        case "resolve_entities": .canonicalEntities
        default: .stageResult
        }
    }

    /// Pieces cost what the whole costs; those of stages that may ask a language model are kept as its answers are.
    static func type(ofPiecesOf stage: StageName) -> CacheType {
        switch stage.rawValue {
        case "extract_entities", "translate": .llmExtraction
        default: self.type(of: stage)
        }
    }
}

extension CachedStages {
    /// The types that hold whole results, with the stages that each holds.
    public static let types: [String: (type: String, stages: [String])] = {
        let stages: [StageName] = [
            "detect", "probe", "extract_text", "extract_audio", "transcribe", "keyframes", "ocr_frames", "clean_text", "chunk", "summarize",
            "translate", "extract_entities", "resolve_entities", "build_relationships",
        ]
        return Dictionary(grouping: stages, by: { StageCacheTypes.type(of: $0).name }).reduce(into: [:]) { types, group in
            types[group.key] = (group.key, group.value.map(\.rawValue))
        }
    }()
}
