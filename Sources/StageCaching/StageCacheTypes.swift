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
