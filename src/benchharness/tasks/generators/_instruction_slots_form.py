"""Slots about length and Markdown."""

from benchharness.tasks.generators._instruction_slot import FLOWING, MIXED, Slot, bounds, number, same

_PROSE = frozenset({"prose"})
_VERSE = frozenset({"verse"})
_PARTS = frozenset({"parts"})
_LIST = frozenset({"list"})

LENGTH = (
    Slot(
        "length",
        ("characters", "words"),
        bounds(
            *[((60, None), (40, None)), ((100, None), (70, None)), ((150, None), (100, None))],
            *[((None, 50), (None, 35)), ((None, 80), (None, 60)), ((50, 80), (35, 55)), ((80, 120), (55, 80))],
            *[((120, 180), (80, 120)), ((40, 40), (30, 30)), ((60, 60), (45, 45))],
        ),
        ("全文{bound}个汉字（不计标点、数字和字母）", "篇幅为{bound}个汉字，标点、数字和字母不计在内"),
        ("Use {bound} words.", "The whole answer must have {bound} words."),
        fits=MIXED,
        claims=frozenset({"length"}),
    ),
    Slot(
        "sentences",
        ("sentences", "sentences"),
        number((3, 3), (4, 4), (5, 5), (6, 6), (8, 8), (6, None), (8, None), (None, 3), (None, 4), (4, 6)),
        ("全文{bound}句话，句子以句号、问号或感叹号结束", "全文由{bound}句话组成（以句号、问号、感叹号计句）"),
        ("Write {bound} sentences.", "The answer must consist of {bound} sentences."),
        fits=FLOWING,
        claims=frozenset({"sentences"}),
    ),
    Slot(
        "paragraphs",
        ("paragraphs", "paragraphs"),
        number((2, 2), (3, 3), (4, 4), (5, 5), (3, None), (None, 3)),
        ("全文{bound}段，段落之间空一行", "全文{bound}个自然段，段与段之间用一个空行隔开"),
        ("Write {bound} paragraphs, with a blank line between them.", "Use {bound} paragraphs parted by blank lines."),
        fits=_PROSE,
        claims=frozenset({"paragraphs"}),
        neutral=True,
    ),
    Slot(
        "lines",
        ("lines", "lines"),
        number((4, 4), (5, 5), (6, 6), (8, 8)),
        ("写成短诗的样子，全文{bound}行（空行不算）", "分行书写，{bound}行，空行不计"),
        ("Arrange the text as a poem of {bound} lines; blank lines do not count.", "Write {bound} lines of verse."),
        fits=_VERSE,
        claims=frozenset({"lines"}),
    ),
    Slot(
        "sentence_length",
        ("sentence_characters", "sentence_words"),
        bounds(((None, 15), (None, 10)), ((None, 20), (None, 12)), ((None, 25), (None, 15)), ((8, 30), (6, 20))),
        ("每句话{bound}个汉字（标点不计）", "每个句子的长度为{bound}个汉字，不算标点"),
        ("Every sentence must have {bound} words.", "Use sentences of {bound} words each."),
        fits=FLOWING | _LIST,
        claims=frozenset({"sentence_length"}),
    ),
    Slot(
        "paragraph_length",
        ("paragraph_characters", "paragraph_words"),
        bounds(((30, None), (20, None)), ((50, None), (30, None)), ((None, 60), (None, 40)), ((30, 60), (20, 40))),
        (
            "每个自然段{bound}个汉字（标点不计），段间空一行",
            "段落以空行分隔，每一段{bound}个汉字，标点不算",
        ),
        (
            "Every paragraph must have {bound} words; leave a blank line between paragraphs.",
            "Part the paragraphs by blank lines and give each of them {bound} words.",
        ),
        fits=_PROSE,
        claims=frozenset({"paragraph_length", "length"}),
    ),
    Slot(
        "paragraph_sentences",
        ("paragraph_sentences", "paragraph_sentences"),
        number((2, 2), (3, 3), (2, 3), (None, 2)),
        ("每个自然段{bound}句话，段间空一行", "段落以空行分隔，每一段{bound}句话"),
        (
            "Every paragraph must have {bound} sentences; leave a blank line between paragraphs.",
            "Part the paragraphs by blank lines and give each of them {bound} sentences.",
        ),
        fits=_PROSE,
        claims=frozenset({"sentences"}),
    ),
    Slot(
        "line_length",
        ("line_characters", "line_words"),
        bounds(((5, 5), (4, 4)), ((7, 7), (5, 5)), ((6, 6), (6, 6)), ((8, 10), (6, 8)), ((None, 9), (None, 7))),
        ("分行书写，每行{bound}个汉字（标点不计）", "写成诗歌的形式，每一行{bound}个汉字，标点不算"),
        ("Write in lines, each of {bound} words.", "Arrange the text as verse; every line must have {bound} words."),
        fits=_VERSE,
        claims=frozenset({"line_length"}),
    ),
    Slot(
        "increasing_lines",
        ("increasing_lines", "increasing_lines"),
        same({"count": 3}, {"count": 4}, {"count": 5}),
        ("写成{count}行，每一行都比上一行长", "排成宝塔的形状：一共{count}行，越往下每行的字符越多"),
        ("Write {count} lines, each longer than the one before.", "Write a pyramid of {count} lines that grow longer."),
        fits=_VERSE,
        claims=frozenset({"lines", "line_length"}),
    ),
)

MARKDOWN = (
    Slot(
        "bullet_list",
        ("bullet_list", "bullet_list"),
        number((3, 3), (4, 4), (5, 5), (6, 6)),
        ("用无序列表作答，{bound}个条目，每个条目以“- ”开头", "列出{bound}条，每条单独一行，行首写“- ”"),
        (
            'Answer with a bullet list of {bound} items, each beginning with "- ".',
            'Give {bound} bullet points, each on a line that begins with "- ".',
        ),
        fits=_LIST,
        claims=frozenset({"symbols", "sentences"}),
        neutral=True,
    ),
    Slot(
        "numbered_list",
        ("numbered_list", "numbered_list"),
        same({"count": 3}, {"count": 4}, {"count": 5}, {"count": 6}),
        ("用编号列表作答，一共{count}条，从“1.”开始依次编号", "分{count}点来写，每点一行，行首依次标上“1.”“2.”等编号"),
        (
            'Answer with a numbered list of {count} items, beginning with "1.".',
            'Make {count} points, one a line, numbered "1.", "2." and so on.',
        ),
        fits=_LIST,
        claims=frozenset({"symbols", "digits", "sentences"}),
        neutral=True,
    ),
    Slot(
        "headings",
        ("headings", "headings"),
        same({"level": 2, "count": 2}, {"level": 2, "count": 3}, {"level": 3, "count": 3}, {"level": 3, "count": 4}),
        (
            "使用Markdown，恰好有{count}个{level}级标题（{hashes}）",
            "用Markdown的{level}级标题（{hashes}）把内容分开，标题一共{count}个",
        ),
        (
            "Use Markdown with exactly {count} headings of level {level} ({hashes}).",
            "Divide the text by exactly {count} level {level} Markdown headings ({hashes}).",
        ),
        fits=_PARTS,
        claims=frozenset({"symbols", "parts"}),
        neutral=True,
    ),
    Slot(
        "table",
        ("table", "table"),
        same(*({"rows": rows, "columns": columns} for rows, columns in ((2, 2), (3, 2), (3, 3), (4, 3)))),
        (
            "用一个Markdown表格作答，{columns}列，除表头外{rows}行",
            "内容放进一个Markdown表格：表头之下{rows}行，共{columns}列",
        ),
        (
            "Answer with one Markdown table of {columns} columns and {rows} rows, not counting the header.",
            "Put the content into one Markdown table: {columns} columns, {rows} rows below the header.",
        ),
        fits=frozenset({"table"}),
        claims=frozenset({"symbols"}),
        neutral=True,
    ),
    Slot(
        "bold",
        ("bold", "bold"),
        number((2, 2), (3, 3), (2, None), (3, None)),
        ("用Markdown把{bound}处文字加粗，写作“**文字**”", "文中{bound}处加粗（用两个星号括起来，如“**文字**”）"),
        ('Set {bound} passages in bold with Markdown, as in "**text**".', 'Mark {bound} phrases in bold ("**text**").'),
        fits=MIXED,
        claims=frozenset({"symbols_inline"}),
        neutral=True,
    ),
    Slot(
        "json",
        ("json_object", "json_object"),
        (
            ({"keys": ("标题", "正文", "结语")}, {"keys": ("title", "body", "ending")}),
            ({"keys": ("主题", "要点", "建议", "总结")}, {"keys": ("topic", "points", "advice", "summary")}),
            ({"keys": ("名称", "特点")}, {"keys": ("name", "features")}),
        ),
        (
            "整个回答只输出一个JSON对象，键为{keys}，可以放在代码块里",
            "只用JSON格式作答：一个对象，恰好包含{keys}这几个键，可以用代码块包起来",
        ),
        (
            "Answer with one JSON object and nothing else; its keys are {keys}. A code block around it is fine.",
            "Give the whole answer as a JSON object with exactly the keys {keys}, in a code block if you like.",
        ),
        fits=frozenset({"json"}),
        claims=frozenset({"symbols"}),
    ),
    Slot(
        "code_block",
        ("code_block", "code_block"),
        same({}),
        (
            "把整个回答放进一个用三个反引号围起来的代码块里",
            "全部内容写在一个Markdown代码块中（首尾各一行“```”），块外不写任何文字",
        ),
        (
            "Put the whole answer into one code block fenced by three backticks.",
            'Write everything inside one Markdown code block ("```"), with nothing outside it.',
        ),
        fits=frozenset({"code"}),
        claims=frozenset({"symbols", "start", "end"}),
        neutral=True,
    ),
    Slot(
        "dividers",
        ("dividers", "dividers"),
        same(
            *({"marker": marker, "parts": parts} for marker, parts in (("---", 2), ("---", 3), ("***", 3), ("***", 4)))
        ),
        (
            "把内容分成{parts}部分，各部分之间用单独一行“{marker}”隔开",
            "全文{parts}个部分，相邻两部分之间写一行“{marker}”",
        ),
        (
            'Divide the text into {parts} parts, with a line "{marker}" between one part and the next.',
            'Write {parts} parts separated by lines that are just "{marker}".',
        ),
        fits=_PARTS,
        claims=frozenset({"symbols", "parts"}),
        neutral=True,
    ),
)

FORM = LENGTH + MARKDOWN
