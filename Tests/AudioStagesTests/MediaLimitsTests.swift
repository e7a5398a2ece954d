import AudioStages
import Testing

@Suite struct MediaLimitsTests {
    @Test func `by default a long meeting fits`() {
        #expect(MediaLimits().duration >= .seconds(3 * 3600))
    }
}
