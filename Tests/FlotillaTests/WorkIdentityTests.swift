import Testing

@testable import Flotilla

/// Rows of earlier versions carry these names: computed outside of this program, from the definition, and never to change.
@Suite struct WorkIdentityTests {
    @Test(arguments: [
        (
            #"{"job_id":"a","tenant_id":"t","gcs_path":"in/x.pdf","filename":"x.pdf"}"#, "8124ab84-b4ec-8f21-aa9b-58a8525d7f17",
            "aca0fcde-1323-8649-a654-58f22193c16f"
        ),
        (
            #"{"job_id":"a","tenant_id":"t","document_uuid":"0A1B2C3D-4E5F-6A7B-8C9D-0E1F2A3B4C5D","filename":"x.pdf","processing_version":2}"#,
            "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d", "d9f9c58d-f883-8dde-aa8a-5a63512c7f74"
        ),
        (
            #"{"job_id":"a","filename":"x.pdf","dedupe_key":"k"}"#, "3fff93f4-5bb7-8d4c-9b8e-09fcab473934",
            "14c0c8ed-fe79-81cc-b5bc-0fd26fa73b6d"
        ),
        (#"{"id":"m-1"}"#, "13515e46-9c6e-84d1-a9a9-ea8a845b225f", "d0d56970-8539-8402-b28e-f2583967b5fe"),
        (#"{"x":1}"#, "e6bb6364-f497-8cdc-97fc-9d891108f4b3", "99a0a1da-e602-86fe-a94f-ae78fbb34d76"),
    ])
    func `every kind of message has its lasting name`(message: String, document: String, work: String) throws {
        let identity = WorkIdentity(try Envelope(Array(message.utf8)), queue: "q")
        #expect(identity.documentUUID == document)
        #expect(identity.workID == work)
        #expect(identity == WorkIdentity(documentUUID: document, workID: work))
    }

    @Test func `a name outside of ASCII counts bytes`() {
        #expect(ContentUUID(of: ["document", "", "a", "", "", "wä.pdf"]).description == "242fc2f5-b26a-895d-b333-9b6e7294a89d")
    }

    @Test(arguments: ["w12", "", "8124AB84-B4EC-8F21-AA9B-58A8525D7F17", "8124ab84b4ec8f21aa9b58a8525d7f17"])
    func `a name that is no UUID as we write it stays as it is`(text: String) {
        #expect(ContentUUID(canonical: text) == nil)
        let identity = WorkIdentity(documentUUID: text, workID: text)
        #expect(identity.workID == text)
        #expect(identity.documentUUID == text)
        #expect(identity != WorkIdentity(documentUUID: text, workID: text + "x"))
    }

    @Test(arguments: [
        (55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"),
        (56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"),
        (63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"),
        (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"),
        (65, "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781"),
        (119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"),
        (120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"),
        (200, "1901da1c9f699b48f6b2636e65cbf73abf99d0441ef67f5c540a42f7051dec6f"),
    ])
    func `SHA-256 at the edges of its blocks`(length: Int, digest: String) {
        let text = SHA256.digest(of: (0..<length).map { UInt8($0 % 251) }).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(text == digest)
    }
}
