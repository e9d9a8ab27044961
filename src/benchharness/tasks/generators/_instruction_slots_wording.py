"""Slots about words, characters, punctuation, script and style."""

from benchharness.tasks.generators._instruction_slot import ANY, FLOWING, MIXED, Slot, number, same

_VERSE = frozenset({"verse"})
_LIST = frozenset({"list"})
_LABELS = frozenset({"labels"})

KEYWORDS = (
    Slot(
        "include_keywords",
        ("include_keywords", "include_keywords"),
        same({"words": ("$0", "$1")}, {"words": ("$0", "$1", "$2")}, {"words": ("$0", "$1", "$2", "$3")}),
        ("文中要出现{words}这几个词", "必须用到这些词语：{words}"),
        ("Use the words {words}, in exactly this form.", "The words {words} must appear as they stand here."),
        fits=ANY,
        claims=frozenset({"include"}),
        anchor=True,
        neutral=True,
    ),
    Slot(
        "exclude_words",
        ("exclude_words", "exclude_words"),
        same({"words": ("!0", "!1")}),
        ("不得出现以下词语：{words}", "全文不能使用{words}"),
        ("Do not use any of these words: {words}.", "Avoid the following altogether: {words}."),
        fits=ANY - {"json"},
        claims=frozenset({"exclude"}),
    ),
    Slot(
        "keyword_frequency",
        ("keyword_frequency", "keyword_frequency"),
        number((2, 2), (3, 3), (4, 4), (3, None), (2, 3), word="$3"),
        ("“{word}”一词要出现{bound}次", "让“{word}”这个词在文中出现{bound}次"),
        (
            'Use the word "{word}", in exactly this form, {bound} times.',
            'The exact word "{word}" must occur {bound} times.',
        ),
        fits=MIXED | _VERSE | {"table", "code"},
        claims=frozenset({"last_keyword"}),
        anchor=True,
        neutral=True,
    ),
    Slot(
        "keyword_order",
        ("keyword_order", "keyword_order"),
        same({"words": ("$0", "$1")}, {"words": ("$0", "$1", "$2")}),
        ("文中要依次出现{words}，先后次序不能变", "用到这些词，而且首次出现的顺序与所给的一致：{words}"),
        (
            "Use the words {words}, in exactly this form, first mentioned in this order.",
            "Mention these exact words in the order given: {words}.",
        ),
        fits=MIXED | {"labels", "code", "table"},
        claims=frozenset({"include", "order"}),
        anchor=True,
        neutral=True,
    ),
    Slot(
        "keyword_in_sentence",
        ("keyword_in_sentence", "keyword_in_sentence"),
        same(*({"word": "$3", "sentence": place} for place in (1, 2, 3, 4))),
        ("第{sentence}句话里要有“{word}”一词", "“{word}”这个词要出现在第{sentence}句话中"),
        (
            'Sentence {sentence} must contain the exact word "{word}".',
            'Put the exact word "{word}" into sentence {sentence}.',
        ),
        fits=FLOWING,
        claims=frozenset({"nth_sentence", "last_keyword"}),
        anchor=True,
    ),
    Slot(
        "keyword_in_each_paragraph",
        ("keyword_in_each_paragraph", "keyword_in_each_paragraph"),
        same({"word": "$1"}),
        (
            "写成两段以上，段间空一行，每一段都要出现“{word}”一词",
            "至少分两段（以空行分隔），而且段段都有“{word}”这个词",
        ),
        (
            'Write at least two paragraphs parted by blank lines, each with the exact word "{word}" in it.',
            'Write two or more paragraphs, parted by blank lines, and use the exact word "{word}" in each.',
        ),
        fits=frozenset({"prose"}),
        claims=frozenset({"include", "each_paragraph"}),
        anchor=True,
        neutral=True,
    ),
    Slot(
        "avoid_character",
        ("avoid_character", "avoid_letter"),
        tuple(({"character": zh}, {"letter": en}) for zh, en in zip("的是了有不我们在很都", "kfvbgpwyjz", strict=True)),
        ("全文不得出现“{character}”字", "不使用“{character}”这个字，一次也不行"),
        ('Do not use the letter "{letter}" anywhere.', 'Write a lipogram: no word may contain the letter "{letter}".'),
        fits=FLOWING | _LIST | _VERSE,
        claims=frozenset({"avoid"}),
    ),
    Slot(
        "letter_frequency",
        ("keyword_frequency", "letter_frequency"),
        tuple(
            ({"word": zh, "least": n}, {"letter": en, "least": 2 * n})
            for zh, en, n in (("好", "v", 3), ("心", "w", 3), ("美", "k", 4), ("新", "b", 4), ("乐", "g", 3))
        ),
        ("“{word}”字出现{bound}次", "文中用到“{word}”这个字{bound}次"),
        ('The letter "{letter}" must occur {bound} times.', 'Use the letter "{letter}" {bound} times.'),
        fits=MIXED,
        claims=frozenset({"letters"}),
    ),
)

CHARACTERS = (
    Slot(
        "no_comma",
        ("no_comma", "no_comma"),
        same({}),
        ("全文不使用逗号", "通篇一个逗号都不要用"),
        ("Do not use any commas.", "There must be no comma in the whole answer."),
        fits=MIXED | _VERSE | {"labels", "table", "code"},
        claims=frozenset({"marks_only"}),
    ),
    Slot(
        "only_punctuation",
        ("only_punctuation", "only_punctuation"),
        (({"marks": "。"}, {"marks": "."}), ({"marks": "，。"}, {"marks": ",."}), ({"marks": "。！"}, {"marks": ".!"})),
        ("标点符号只能使用{marks_list}", "除{marks_list}以外，不使用任何标点"),
        (
            "Use no punctuation other than {marks_list} (no hyphens, quotes or apostrophes either).",
            "The only punctuation allowed is {marks_list}; do without apostrophes, too.",
        ),
        fits=FLOWING,
        claims=frozenset({"marks_only"}),
        excludes=frozenset({"marks_used", "symbols_inline", "symbols", "questions", "hyphens", "repeat"}),
    ),
    Slot(
        "mark_count",
        ("mark_count", "mark_count"),
        tuple(
            ({"mark": zh, **bound}, {"mark": en, **bound})
            for zh, en in (("！", "!"), ("；", ";"))
            for bound in ({"least": 2, "most": 2}, {"least": 3, "most": 3}, {"least": 2})
        ),
        ("“{mark}”要出现{bound}次", "全文使用{bound}个“{mark}”"),
        ('Use "{mark}" {bound} times.', 'The mark "{mark}" must occur {bound} times.'),
        fits=MIXED,
        claims=frozenset({"marks_used"}),
    ),
    Slot(
        "questions",
        ("questions", "questions"),
        number((2, 2), (3, 3), (2, None), (3, None)),
        ("包含{bound}个问句（以问号结尾）", "文中要有{bound}个以问号结尾的句子"),
        ("Include {bound} questions, each ended by a question mark.", "Ask {bound} questions in the text."),
        fits=FLOWING | _LIST,
        claims=frozenset({"questions"}),
    ),
    Slot(
        "end_question",
        ("end_question", "end_question"),
        same({}),
        ("以一个问句结尾", "最后一句必须是问句，以问号收尾"),
        ("End with a question.", "The last sentence must be a question."),
        fits=FLOWING,
        claims=frozenset({"end", "questions"}),
    ),
    Slot(
        "enclosed",
        ("enclosed", "enclosed"),
        tuple(
            ({"marks": zh, **bound}, {"marks": en, **bound})
            for zh, en in (("《》", '""'), ("（）", "()"))
            for bound in ({"least": 2, "most": 2}, {"least": 3, "most": 3}, {"least": 2})
        ),
        ("文中要有{bound}处使用“{marks}”把文字括起来", "把{bound}处文字放在“{marks}”里"),
        ("Put {bound} passages in {marks_name}.", "The text must have {bound} passages enclosed in {marks_name}."),
        fits=MIXED,
        claims=frozenset({"marks_used"}),
    ),
    Slot(
        "placeholders",
        ("placeholders", "placeholders"),
        number((2, None), (3, None), (2, 2), (4, None)),
        ("用方括号留出{bound}个待填内容，如“[姓名]”", "包含{bound}个方括号占位符，例如“[地址]”"),
        (
            'Leave {bound} placeholders in square brackets, such as "[name]".',
            'Use {bound} placeholders such as "[address]".',
        ),
        fits=FLOWING | _LIST | _LABELS,
        claims=frozenset({"marks_used", "symbols_inline"}),
    ),
    Slot(
        "charset",
        ("full_width_punctuation", "ascii_only"),
        same({}),
        ("所有标点都用全角（中文）标点，不得出现半角标点", "不要出现任何半角标点和符号，只用中文全角标点"),
        (
            "Use ASCII characters only: straight quotes, no long dashes, no accents.",
            "The answer must be plain ASCII, without curly quotes or long dashes.",
        ),
        fits=FLOWING,
        claims=frozenset({"charset"}),
        excludes=frozenset({"symbols", "symbols_inline"}),
    ),
    Slot(
        "no_digits",
        ("no_digits", "no_digits"),
        same({}),
        ("不得出现阿拉伯数字", "通篇不用0到9这些数字符号"),
        ("Do not use any digits.", "There must be no digits from 0 to 9 in the answer."),
        fits=MIXED | _VERSE | {"labels", "table", "json"},
        claims=frozenset({"digits"}),
        neutral=True,
    ),
    Slot(
        "numbers",
        ("numbers", "numbers"),
        number((2, None), (3, None), (4, None), (3, 3)),
        ("文中出现{bound}个用阿拉伯数字写的数", "用阿拉伯数字写出{bound}个数"),
        ("Include {bound} numbers written in digits.", "Write {bound} numbers in digits."),
        fits=FLOWING,
        claims=frozenset({"digits"}),
    ),
    Slot(
        "ascending_numbers",
        ("ascending_numbers", "ascending_numbers"),
        same({"least": 3}, {"least": 4}, {"least": 5}),
        ("文中有{bound}个用阿拉伯数字写的数，从小到大依次出现", "用到{bound}个阿拉伯数字表示的数，后一个总比前一个大"),
        (
            "Include {bound} numbers in digits, each larger than the one before.",
            "Use {bound} numbers written in digits, in ascending order throughout.",
        ),
        fits=FLOWING,
        claims=frozenset({"digits"}),
    ),
    Slot(
        "times",
        ("times", "times"),
        number((2, None), (3, None), (2, 2)),
        ("写出{bound}个时刻，用24小时制，形如“09:30”", "给出{bound}个具体时刻，时和分各写两位，如“14:05”"),
        (
            'Give {bound} times of day on the 24-hour clock, written as "09:30".',
            'State {bound} times, such as "14:05".',
        ),
        fits=FLOWING | _LIST | _LABELS,
        claims=frozenset({"digits", "marks_used"}),
        excludes=frozenset({"numbering"}),
    ),
    Slot(
        "dates",
        ("dates", "dates"),
        number((2, None), (2, 2), (3, None)),
        ("写出{bound}个日期，格式如“2025-05-01”", "给出{bound}个日期，一律写成“年-月-日”的形式，如“2024-09-10”"),
        ('Give {bound} dates, written as "2025-05-01".', 'State {bound} dates in the form "2024-09-10".'),
        fits=FLOWING | _LIST | _LABELS,
        claims=frozenset({"digits", "marks_used"}),
    ),
    Slot(
        "spelled_numbers",
        ("chinese_numerals", "spelled_numbers"),
        same({"least": 2}, {"least": 3}, {"least": 4}),
        (
            "写出{bound}个数，全部用汉字数字（如“三个”“二十天”），不用阿拉伯数字",
            "用到{bound}个数字，并且一律写成汉字，不得出现阿拉伯数字",
        ),
        (
            "Include {bound} numbers, all spelled out in words; do not use digits.",
            'Use {bound} numbers written as words, such as "seven", and no digits.',
        ),
        fits=FLOWING,
        claims=frozenset({"digits"}),
    ),
)

WRITING = (
    Slot(
        "answer_language",
        ("answer_language", "answer_language"),
        (({"language": "en"}, {"language": "zh"}),),
        ("用英文回答，不要出现汉字", "整个回答使用英语，不夹杂中文"),
        ("Answer in Chinese.", "Write the whole answer in Chinese."),
        fits=MIXED | {"table", "code"},
        claims=frozenset({"language"}),
        neutral=True,
    ),
    Slot(
        "script",
        ("traditional", "all_capitals"),
        same({}),
        ("全文使用繁体字", "用繁体中文书写，不得出现简体字"),
        ("Write in capital letters only.", "Use all capitals; no lower-case letter may appear."),
        fits=FLOWING | _LIST | _VERSE,
        claims=frozenset({"script"}),
        excludes=frozenset({"fixed"}),
    ),
    Slot(
        "plain_letters",
        ("han_only", "all_lowercase"),
        same({}),
        ("只用汉字和标点，不得出现数字和字母", "除标点外只写汉字，不夹杂任何字母和数字"),
        ("Write in lower-case letters only.", "Use no capital letters at all."),
        fits=FLOWING | _VERSE,
        claims=frozenset({"script", "digits"}),
        excludes=frozenset({"fixed", "symbols_inline"}),
    ),
    Slot(
        "formal_style",
        ("no_particles", "no_contractions"),
        same({}),
        (
            "用书面语，不得出现“吗、呢、吧、啊、呀、嘛、啦、哇、哦”这些字",
            "不得出现“吗呢吧啊呀嘛啦哇哦”中的任何一个字",
        ),
        ('Do not use contractions such as "don\'t" or "it\'s".', "Write formally: no contractions."),
        fits=ANY,
        claims=frozenset({"style"}),
    ),
    Slot(
        "word_form",
        ("reduplication", "hyphenated_words"),
        same({"least": 2}, {"least": 3}),
        ("用到{bound}个不同的AABB式叠词，如“高高兴兴”", "使用{bound}个互不相同的AABB式词语（形如“高高兴兴”）"),
        (
            'Use {bound} different hyphenated words, such as "well-known".',
            'The text must contain {bound} different words with a hyphen, like "easy-going".',
        ),
        fits=MIXED,
        claims=frozenset({"hyphens"}),
    ),
    Slot(
        "emphasis",
        ("enclosed", "capital_words"),
        tuple(
            ({"marks": "「」", **bound}, bound)
            for bound in ({"least": 2, "most": 2}, {"least": 3}, {"least": 3, "most": 3})
        ),
        ("用“{marks}”标出{bound}处重点词语", "用“{marks}”标出{bound}处需要强调的文字"),
        (
            "Stress {bound} words by writing them in capitals (two letters or more, so that A and I do not count).",
            "Write {bound} words of two letters or more in capitals.",
        ),
        fits=MIXED,
        claims=frozenset({"marks_used", "script"}),
    ),
)

WORDING = KEYWORDS + CHARACTERS + WRITING
