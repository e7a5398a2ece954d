import Testing
import GraphStages

@Suite struct GraphPipelineTests {
    @Test func `stages have different names`() {
        #expect(Set(GraphPipeline.stages).count == GraphPipeline.stages.count)
    }
}
