/// Whether 3/1/2024 means March or January: the other dates of the text say it, else the language.
enum DateOrder {
    static func isMonthFirst(in text: TokenizedText, language: String) -> Bool {
        var dayFirst = 0
        var monthFirst = 0
        for index in text.tokens.indices where text.isMark(index, "/") && text.isMark(index + 2, "/") {
            guard let first = text.smallNumber(index - 1), let second = text.smallNumber(index + 1), text.isNumber(index + 3) else {
                continue
            }
            if first > 12, first <= 31, second <= 12 { dayFirst += 1 }
            if second > 12, second <= 31, first <= 12 { monthFirst += 1 }
        }
        return dayFirst == monthFirst ? language == "en" : monthFirst > dayFirst
    }
}
