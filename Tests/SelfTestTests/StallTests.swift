import SelfTest
import Testing

@Suite struct StallTests {}
