"""Slots about beginnings, ends, titles and parts."""

from benchharness.tasks.generators._instruction_slot import FLOWING, MIXED, Slot, same

_PROSE = frozenset({"prose"})
_VERSE = frozenset({"verse"})
_PARTS = frozenset({"parts"})
_LIST = frozenset({"list"})

STRUCTURE = (
    Slot(
        "start_with",
        ("start_with", "start_with"),
        tuple(
            ({"text": zh}, {"text": en})
            for zh, en in (
                ("今天", "Today"),
                ("我相信", "I believe"),
                ("每一年", "Every year"),
                ("请记住", "Remember that"),
            )
        ),
        ("以“{text}”开头", "回答的开头必须是“{text}”，前面不写任何文字"),
        ('Begin with "{text}".', 'The answer must start with "{text}"; nothing may stand before it.'),
        fits=FLOWING,
        claims=frozenset({"start", "fixed"}),
    ),
    Slot(
        "end_with",
        ("end_with", "end_with"),
        tuple(
            ({"text": zh}, {"text": en})
            for zh, en in (
                ("谢谢大家。", "Thank you all."),
                ("一切由此开始。", "This is where it begins."),
                ("我们下次再见。", "Until next time."),
                ("这就是我的看法。", "That is my view."),
            )
        ),
        ("以“{text}”结尾", "最后一句必须是“{text}”，其后不写任何文字"),
        ('End with "{text}"', 'The last words must be "{text}" Nothing may follow them.'),
        fits=MIXED - _LIST,
        claims=frozenset({"end", "fixed"}),
    ),
    Slot(
        "same_ends",
        ("same_ends", "same_ends"),
        same({}),
        ("首尾呼应：全文第一个字和最后一个字（标点除外）相同", "除标点外，最后一个字与第一个字必须是同一个字"),
        ("The last word must be the same as the first word.", "Begin and end the text with the same word."),
        fits=FLOWING,
        claims=frozenset({"start", "end"}),
    ),
    Slot(
        "acrostic",
        ("acrostic", "acrostic"),
        tuple(
            ({"letters": zh}, {"letters": en})
            for zh, en in (("平安喜乐", "HOPE"), ("春风化雨", "CALM"), ("天天向上", "GROW"), ("心想事成", "DREAM"))
        ),
        ("写成藏头诗的形式：每行的第一个字连起来是“{letters}”", "分行书写，各行首字依次为“{letters}”，不写多余的行"),
        (
            'Write an acrostic: the first letters of the lines spell "{letters}".',
            'Write in lines whose first letters, read downwards, are "{letters}", with no other lines.',
        ),
        fits=_VERSE,
        claims=frozenset({"lines", "line_starts", "start", "fixed"}),
    ),
    Slot(
        "distinct_starts",
        ("distinct_starts", "distinct_starts"),
        same({}),
        ("分行书写，任何两行的第一个字都不能相同", "写成多行，每行开头的字各不相同"),
        (
            "Write in lines, no two of which begin with the same word.",
            "Use several lines, each with a different first word.",
        ),
        fits=_VERSE,
        claims=frozenset({"line_starts"}),
    ),
    Slot(
        "line_start",
        ("line_start", "line_start"),
        tuple(
            ({"text": zh}, {"text": en}) for zh, en in (("我们", "We"), ("如果", "If"), ("这里", "Here"), ("愿", "May"))
        ),
        ("分行书写，每行都以“{text}”开头", "写成排比的几行，每一行的开头都是“{text}”"),
        ('Write in lines that all begin with "{text}".', 'Use several lines; every line must start with "{text}".'),
        fits=_VERSE,
        claims=frozenset({"line_starts", "start", "fixed"}),
    ),
    Slot(
        "line_end",
        ("line_end", "line_end"),
        tuple(({"text": zh}, {"text": en}) for zh, en in (("；", ";"), ("！", "!"), ("……", "..."))),
        ("分行书写，每行都以“{text}”结尾", "写成多行，每一行的末尾都是“{text}”，最后一行也不例外"),
        (
            'Write in lines that all end with "{text}".',
            'Use several lines and end every one, the last too, with "{text}".',
        ),
        fits=_VERSE,
        claims=frozenset({"end", "marks_used"}),
    ),
    Slot(
        "paragraph_start",
        ("paragraph_start", "paragraph_start"),
        tuple(
            ({"paragraph": place, "text": zh}, {"paragraph": place, "text": en})
            for place, zh, en in (
                (2, "当然", "Of course"),
                (2, "后来", "Later"),
                (3, "最后", "Finally"),
                (3, "不过", "However"),
            )
        ),
        (
            "写成多个自然段，段间空一行，第{paragraph}段以“{text}”开头",
            "段落之间空一行，其中第{paragraph}段的开头是“{text}”",
        ),
        (
            'Write several paragraphs parted by blank lines; paragraph {paragraph} must begin with "{text}".',
            'Part the paragraphs by blank lines, and begin paragraph {paragraph} with "{text}".',
        ),
        fits=_PROSE,
        claims=frozenset({"paragraph_start", "fixed"}),
    ),
    Slot(
        "title",
        ("title", "title"),
        (({"brackets": "〖〗"}, {"brackets": "<<>>"}),),
        ("第一行写标题，标题用“〖〗”括起来，另起一行写正文", "开头单独一行给出标题，放在“〖”和“〗”之间"),
        ('Put a title in "<<" and ">>" on the first line.', 'The first line must be a title, written as "<<title>>".'),
        fits=FLOWING | _LIST,
        claims=frozenset({"start", "title", "marks_used"}),
    ),
    Slot(
        "two_responses",
        ("two_responses", "two_responses"),
        same({}),
        (
            "给出两个不同的版本，中间用单独一行“******”（六个星号）隔开",
            "写两个不同的回答，二者之间只写一行六个星号“******”",
        ),
        (
            'Give two different versions, separated by a line of six stars, "******".',
            'Write two different responses with a line "******" (six stars) between them.',
        ),
        fits=_PARTS,
        claims=frozenset({"symbols", "parts", "start", "end"}),
        neutral=True,
    ),
    Slot(
        "postscript",
        ("postscript", "postscript"),
        tuple(
            ({"marker": zh}, {"marker": en}) for zh, en in (("附：", "P.S."), ("又及：", "P.P.S."), ("备注：", "Note:"))
        ),
        ("在最后另起一行，写一条以“{marker}”开头的附言", "文末加一行附言，附言以“{marker}”开头"),
        (
            'At the end, add a postscript on a new line that begins with "{marker}".',
            'Close with a line that begins "{marker}".',
        ),
        fits=FLOWING | _LIST,
        claims=frozenset({"end", "marks_used", "fixed"}),
        excludes=frozenset({"paragraphs", "paragraph_length", "sentences", "each_paragraph"}),
    ),
    Slot(
        "quotation",
        ("quotation", "quotation"),
        same({}),
        ("用双引号把整个回答括起来", "整个回答放在一对双引号之内，引号之外不写任何文字"),
        ("Put the whole answer in double quotation marks.", "Enclose the entire response in double quotes."),
        fits=FLOWING,
        claims=frozenset({"start", "end", "marks_used"}),
        excludes=frozenset({"title"}),
    ),
    Slot(
        "repeat_request",
        ("repeat_request", "repeat_request"),
        same({"text": "$request"}),
        ("先一字不差地重复“{text}”这句话，再作答", "回答之前，先原样写出“{text}”，然后另起一段写正文"),
        (
            'First repeat the sentence "{text}" word for word, then answer.',
            'Before you answer, write out "{text}" unchanged.',
        ),
        fits=frozenset({"plain"}),
        claims=frozenset({"start", "fixed", "length", "avoid", "style"}),
        excludes=frozenset({"sentences", "sentence_length", "marks_only", "questions", "nth_sentence", "charset"}),
    ),
    Slot(
        "sections",
        ("sections", "sections"),
        tuple(({"marker": "第N部分", "count": n}, {"marker": "Section N", "count": n}) for n in (2, 3, 4)),
        (
            "分{count}个部分，每部分单独一行写出“第1部分”“第2部分”这样的标记",
            "全文分为{count}部分，每部分开头另起一行，依次标明“第1部分”“第2部分”……",
        ),
        (
            'Divide the answer into {count} sections; mark them "Section 1", "Section 2" … on lines of their own.',
            'Write {count} sections; begin each with a line "Section 1", "Section 2", …',
        ),
        fits=_PARTS,
        claims=frozenset({"digits", "parts", "fixed", "start"}),
    ),
    Slot(
        "labels",
        ("labelled_lines", "labelled_lines"),
        (
            ({"labels": ("主题：", "内容：", "总结：")}, {"labels": ("Topic:", "Content:", "Summary:")}),
            ({"labels": ("对象：", "原因：", "做法：", "提醒：")}, {"labels": ("Who:", "Why:", "How:", "Reminder:")}),
            ({"labels": ("背景：", "要点：")}, {"labels": ("Background:", "Main points:")}),
        ),
        ("分行书写，依次以{labels}开头，每项一行", "写成几行，各行开头依次为{labels}，后面接具体内容"),
        (
            "Write one line for each of {labels}, in this order, beginning with it.",
            "Use lines that begin with {labels}, in that order.",
        ),
        fits=frozenset({"labels"}),
        claims=frozenset({"symbols", "fixed", "start"}),
    ),
)
