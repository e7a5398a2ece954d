import Flotilla
import Glibc
import HTTPServer
import PostgresClient
import ServerHarness
import Testing
import Threading

extension FleetTests {
    /// A long recording, and the death of the worker that listens to it.
    @Suite struct Transcription {
        /// A speech server that counts what it is asked.
        private final class SpeechServer: Sendable {
            let calls = Lock<[Int]>([])
            let listener: HTTPListener

            init() throws {
                let calls = self.calls
                self.listener = try HTTPListener(
                    port: 0, limits: .init(bodyBytes: 8 << 20),
                    routes: [
                        HTTPRoute("POST", "/v1/audio/transcriptions") { request in
                            // As long as a recogniser takes; the listener has one thread, so calls come one by one.
                            usleep(150_000)
                            let number = calls.withLock { calls in
                                calls.append(request.body.count)
                                return calls.count
                            }
                            return .json(
                                "{\"language\":\"en\",\"segments\":[{\"start\":0.5,\"end\":2.0,\"avg_logprob\":-0.2,\"text\":\" call \(number)\"}]}"
                            )
                        }
                    ])
            }
        }

        @Test(.timeLimit(.minutes(2))) func `a killed transcription goes on at the stretch where it was`() async throws {
            let server = try SpeechServer()
            defer { server.listener.stop() }
            let environment = [
                "SPEECH_ENGINE": "server", "SPEECH_URL": "http://127.0.0.1:\(server.listener.port)/v1", "CONCURRENCY": "1",
                "GRAPH_CHAINING": "false",
            ]
            try await Fleet.with(environment) { fleet in
                try fleet.makeFiles()
                try fleet.command([
                    "ffmpeg", "-nostdin", "-v", "error", "-stream_loop", "12", "-i", "\(fleet.storage)/hearing.mp3", "-c", "copy",
                    "\(fleet.storage)/long.mp3",
                ])
                let first = try fleet.start("audio-processor")
                try await fleet.push("audio_queue", fleet.fileMessage("long.mp3", job: "long"))
                try await eventually("some stretches are recognised", within: .seconds(60)) {
                    try await fleet.count("SELECT count(*) FROM stage_checkpoint") >= 4
                }
                first.process.kill(SIGKILL)
                _ = first.process.wait()
                let kept = try await fleet.count("SELECT count(*) FROM stage_checkpoint")
                let before = server.calls.withLock { $0.count }
                _ = try fleet.start("audio-processor")
                try await eventually("the transcript is complete", within: .seconds(60)) {
                    try await fleet.count("SELECT count(*) FROM work_item WHERE status = 'completed'") == 1
                }
                let stretches = try await fleet.count("SELECT count(*) FROM timed_text")
                let calls = server.calls.withLock { $0.count }
                print("transcription: \(stretches) stretches, \(kept) kept when killed after \(before) calls, \(calls) calls in all")
                #expect(stretches > kept, "it was killed too late")
                // What was on its way when the process died is asked for again, and nothing else: one call a slot.
                #expect(calls - before == stretches - kept)
                #expect(before - kept <= 1)
                #expect(try await fleet.count("SELECT count(*) FROM stage_checkpoint") == 0)
                #expect(
                    try await fleet.count(
                        "SELECT (metrics ->> 'segments_resumed')::float8::bigint FROM stage_run WHERE stage = 'transcribe'") == kept)
            }
        }
    }
}
