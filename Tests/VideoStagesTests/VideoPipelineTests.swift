import Testing
import VideoStages

@Suite struct VideoPipelineTests {
    @Test func `stages have different names`() {
        #expect(Set(VideoPipeline.stages).count == VideoPipeline.stages.count)
    }
}
