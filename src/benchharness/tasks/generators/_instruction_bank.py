"""Words and clauses of which example answers to instructions are put together."""

from dataclasses import dataclass
from types import MappingProxyType

from benchharness.records import Language


@dataclass(frozen=True, slots=True)
class Bank:
    """What an example answer in one language is made of. Clauses have no marks at their ends.

    Attributes:
        stop: the full stop.
        question: the question mark.
        space: what stands between two sentences, and between words.
        comma: what joins two clauses; ``conjunction`` does where commas are not allowed.
        conjunction: joins two clauses without a mark.
        fillers: clauses about ``{noun}``, or about anything.
        mentions: clauses with a keyword ``{word}``.
        questions: questions without their mark.
        same_ends: pairs of a first and a last clause, which begin and end alike.
        features: clauses that show what instructions ask for, by feature.
        starters: how lines of verse may begin; by letter or character too, for acrostics.
        words: short words that make a line or a clause longer, by the unit they count.
        heads: titles of parts and columns.
    """

    stop: str
    question: str
    space: str
    comma: str
    conjunction: str
    fillers: tuple[str, ...]
    mentions: tuple[str, ...]
    questions: tuple[str, ...]
    same_ends: tuple[tuple[str, str], ...]
    features: MappingProxyType[str, tuple[str, ...]]
    starters: tuple[str, ...]
    words: tuple[str, ...]
    heads: tuple[str, ...]


_ZH = Bank(
    stop="。",
    question="？",
    space="",
    comma="，",
    conjunction="并且",
    fillers=(
        "{noun}值得认真对待",
        "{noun}给人留下深刻印象",
        "{noun}带来许多收获",
        "{noun}离不开每个人参与",
        "人人关心{noun}",
        "{noun}正在改变生活",
        "{noun}自有独特之处",
        "细节决定成败",
        "认真准备才能安心",
        "每个人都可以出一份力",
        "慢慢来就会看到变化",
        "这样做既简单又有效",
        "身边的人也会受到感染",
        "我们要多听听别人的想法",
        "大家一起动手会更轻松",
        "点滴积累终会见到成效",
        "这是一件值得高兴的事",
        "生活因此变得更加丰富",
        "用心去做总会有回报",
        "一切从身边小事做起",
        "清楚的计划能省下许多力气",
        "多一份准备就多一份从容",
        "不同的人会有不同的感受",
        "在日常生活中处处可见",
        "它很受欢迎",
        "好处说也说不完",
        "日子久了自然明白",
        "眼前景象让人难忘",
        "心里感到十分踏实",
        "过去与今天在此相遇",
        "先了解情况再作决定",
    ),
    mentions=(
        "{word}让人印象深刻",
        "{word}十分重要",
        "大家常常谈起{word}",
        "{word}就在身边",
        "请多多留意{word}",
        "这里少不了{word}",
        "人人看重{word}",
    ),
    questions=(
        "谁不关心{noun}",
        "怎样才能做得更好",
        "为什么大家如此看重它",
        "下一步该从何处做起",
        "什么最值得珍惜",
        "您愿意试一试，还是再等一等",
        "何时开始最合适",
    ),
    same_ends=(
        ("美好从用心开始", "一切都显得那么美"),
        ("心中有期待", "做事要用心"),
        ("大家都知道道理", "小事也能带来很大"),
        ("新变化就在眼前", "处处令人耳目一新"),
    ),
    features=MappingProxyType(
        {
            "bold": ("最要紧的是**用心**", "千万**别着急**", "大家要**互相体谅**", "关键在于**坚持**"),
            "《》": (
                "大家可以读一读《身边的故事》",
                "《生活日记》里也写到它",
                "我想起了《远方的朋友》",
                "不妨看看《小镇时光》",
            ),
            "（）": (
                "它人人可用（包括孩子）",
                "请提前安排（最好写下来）",
                "各位都能参与（不分年龄）",
                "时间很充裕（不必着急）",
            ),
            "「」": ("请留意「用心」二字", "关键在于「坚持」", "人人都要讲「信任」", "别忘了「分享」"),
            "placeholders": ("联系人是[姓名]", "地点在[地址]", "请致电[电话]", "请于[日期]前回复", "请告知[人数]"),
            "numbers": ("这里有{n}个要点", "已经有{n}人参加", "前后用了{n}天", "一共走访了{n}户"),
            "times": ("活动{n}开始", "请在{n}之前到达", "{n}还会再提醒一次", "到{n}全部结束"),
            "dates": ("第一次在{n}", "下一次在{n}", "报名截止到{n}", "结果于{n}公布"),
            "numerals": ("这里有三个要点", "前后用了二十天", "已经有五十六人参加", "一共走访了十二户", "价格是四十元"),
            "word_form": ("大家高高兴兴", "事情办得清清楚楚", "做事要认认真真", "日子过得平平安安", "人们来来往往"),
            "letters": ("好=处处都很美好", "心=人人都很用心", "美=风景十分优美", "新=样样都很新鲜", "乐=人人都很快乐"),
        }
    ),
    starters=(
        "平日",
        "安静",
        "喜看",
        "乐见",
        "春来",
        "风起",
        "化作",
        "雨后",
        "天边",
        "天亮",
        "向前",
        "上下",
        "心中",
        "想起",
        "事事",
        "成就",
        "清晨",
        "夜里",
        "远处",
        "眼前",
        "如今",
        "人人",
    ),
    words=(
        "美",
        "静",
        "新",
        "香",
        "清新",
        "温暖",
        "明亮",
        "自然",
        "从容",
        "安心",
        "努力",
        "悠长",
        "真热闹",
        "格外亲切",
        "令人向往",
        "日日相伴",
    ),
    heads=("概况", "细节", "建议", "总结", "说明"),
)

_EN = Bank(
    stop=".",
    question="?",
    space=" ",
    comma=", and ",
    conjunction=" and ",
    fillers=(
        "{noun} matters to us all",
        "many admire {noun}",
        "{noun} can change a life",
        "{noun} needs our care",
        "there is much to learn from {noun}",
        "all of us think of {noun}",
        "it is a real treat",
        "each detail counts",
        "the result is clear",
        "small steps lead to great results",
        "a clear plan saves time",
        "others soon notice the difference",
        "it is easier together",
        "we all have a part in it",
        "no one is left out",
        "it does not take much effort",
        "this is a good place to start",
        "people often tell their friends about it",
        "there is more to it than one can see",
        "it becomes part of daily life",
        "this makes the whole day brighter",
        "we look forward to each new step",
        "nothing is too hard if we share the task",
        "some like it at once",
        "the rest comes later",
        "that is reason enough to act",
        "it never fails to move us",
        "we value every bit of it",
        "kind words work wonders",
        "a bright idea is worth a lot",
        "going slowly brings good things",
    ),
    mentions=(
        "the {word} matters most",
        "people talk about the {word}",
        "we all need the {word}",
        "it starts with the {word}",
        "the {word} is close at hand",
        "nothing can replace the {word}",
        "do consider the {word}",
    ),
    questions=(
        "who does not care about {noun}",
        "how can it be done",
        "what could be more important",
        "where does it all start",
        "is it not worth a try",
        "who else is there to ask",
        "when is the right moment",
    ),
    same_ends=(
        ("people come first", "it is all about people"),
        ("time is on our side", "it is a matter of time"),
        ("life is full of surprises", "it is a part of life"),
        ("today is special", "it all starts today"),
    ),
    features=MappingProxyType(
        {
            "bold": (
                "the key is to **stay calm**",
                "please **take care**",
                "one must **keep going**",
                "do **share it** with others",
            ),
            '""': (
                'people call it "the heart of it"',
                'one word says it all: "care"',
                'a sign reads "all are welcome"',
                'we say "well done"',
            ),
            "()": (
                "it is open to all (even children)",
                "do plan ahead (a list helps)",
                "it is easy (or nearly so)",
                "it is near (a short walk)",
            ),
            "placeholders": (
                "please write to [name]",
                "we meet at [address]",
                "call us on [phone]",
                "answer before [date]",
                "bring [number] friends",
            ),
            "numbers": (
                "there are {n} main points",
                "about {n} people have come",
                "it took {n} days",
                "we visited {n} homes",
            ),
            "times": (
                "it starts at {n}",
                "please arrive before {n}",
                "there is a reminder at {n}",
                "all is over at {n}",
            ),
            "dates": ("the first time is {n}", "the next time is {n}", "reply before {n}", "the results come on {n}"),
            "numerals": (
                "there are three main points",
                "it took twenty days",
                "fifty people have come",
                "we visited twelve homes",
                "the price is forty yuan",
            ),
            "word_form": (
                "it is a well-known matter",
                "the mood is light-hearted",
                "a long-term plan helps",
                "it is an easy-going affair",
                "do it step-by-step",
            ),
            "capitals": ("it is TRULY good", "one must NEVER hurry", "this is VERY important", "do it TODAY"),
        }
    ),
    starters=(
        "Here",
        "Often",
        "Perhaps",
        "Each",
        "Calm",
        "All",
        "Lights",
        "Mornings",
        "Gently",
        "Remember",
        "Over",
        "When",
        "Dreams",
        "Ring",
        "Every",
        "And",
        "Meet",
        "Slowly",
        "Truly",
    ),
    words=(
        "and",
        "so",
        "near",
        "calm",
        "light",
        "warm",
        "true",
        "bright",
        "free",
        "slow",
        "soft",
        "clear",
        "dear",
        "still",
    ),
    heads=("Overview", "Details", "Advice", "Summary", "Notes"),
)

BANKS = MappingProxyType({Language.ZH: _ZH, Language.EN: _EN})
"""The bank of each language."""
