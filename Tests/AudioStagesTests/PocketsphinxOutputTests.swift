@testable import AudioStages
import Corpus
import Testing

@Suite struct PocketsphinxOutputTests {
    @Test func `words become segments at utterances and at pauses, without noises and numbers of pronunciations`() {
        let output = PocketsphinxOutput(
            """
            was it cold
            <s> 0.110 0.150 0.999200
            was(2) 0.630 0.810 0.5
            it 0.820 1.070 1.000100
            <sil> 1.08 1.9 0.9
            [NOISE] 1.9 2.0 0.9
            cold 2.090 2.400 0.25
            </s> 2.470 2.650 1.000000
            yes
            <s> 3.0 3.1 1
            yes 3.1 3.4 0.75
            """)
        #expect(
            output.segments == [
                .init(time: TimeRange(start: 630, end: 1070), text: "was it", confidence: 0.75),
                .init(time: TimeRange(start: 2090, end: 2400), text: "cold", confidence: 0.25),
                .init(time: TimeRange(start: 3100, end: 3400), text: "yes", confidence: 0.75),
            ])
    }

    @Test(arguments: ["", "\n\n", "<s> 0 1 1\n</s> 1 2 1", "word nan inf 1", "word 5 1 1", "word 1e300 2e300 1", "a b c d"])
    func `noise and nonsense have no segments`(text: String) {
        #expect(PocketsphinxOutput(text).segments.isEmpty)
    }
}
