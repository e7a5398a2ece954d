/// The large word lists. They are literals and not embedded files because the compiler is slow with embedded bytes: 77 s for these.
enum WordLists {}
