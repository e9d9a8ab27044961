"""The words with which a text judges options and concludes.

In every pattern ``@`` stands for an option, however it is named; text is folded, plain and masked.
"""

from benchharness.text._options_patterns import english, pattern

TURN = pattern(r"[,;:?]|—|但是?|然而|而(?![是且应已言])", english("but|while|whereas|although|though|yet|however"))

TICKS = "✓✔√✅☑"
CROSSES = "✗✘✖❌☒×"
_FITTING = (
    r"(?<!不)符合(?:题意|题干|题目|本题|要求|设问)|(?<![不符])合题意|当选|应选|为所求"
    r"|answers the question|what the question asks"
)
_AFFIRMED = (
    rf"没有(?:任何)?(?:错误?|问题|语病|矛盾)|没错|(?<!不)不错|无误|不矛盾|属实|就是它|当之无愧|[{TICKS}]"
    r"|(?<!不)(?:正确(?!率)|对的|符合|成立|吻合|满足|一致|恰当|合适|匹配|相符|可行|合理|对得上)|"
) + english(
    "correct|right|true|fits?|match(?:es)?|satisf(?:y|ies)|works?|holds?|valid|meets?|agrees?|consistent|survives?"
    "|the best|the most|the only|the one|the winner|what (?:I|we|you)(?:'d| would| need| want)|will do"
)
_RULED_OUT = (
    r"错误|错(?![过综位误])|不对|(?:不|并非|未必|不够|不太|欠)(?:正确|恰当|准确|合理|合适|确切|贴切)|有误"
    r"|不符|不合|不满足|不能?成立|不可能|不可取|不妥|不当|不适|不行|不吻合|不匹配|不相干|不具备|不足以|不一致|(?<!不)矛盾"
    r"|无关|没有(?:直接|必然|任何)?的?(?:关系|联系|关联)|关系不大|相反|说反|弄反|无中生有|达不到|冲突|对不上|太绝对|站不住脚"
    rf"|排除|否定|不能选|不选|淘汰|出局|作废|放弃|不予?考虑|[早晚]于|[{CROSSES}]|"
) + english(
    "incorrect|wrong|false|untrue|fails?|failed|unrelated|irrelevant|contradicts?|inconsistent|invalid|violates?"
    "|dismissed|discarded|eliminated?|excluded?|reject(?:ed)?|ruled out|rule out|drops? out|out(?= because|[ ,;]*$)"
    "|distractor|be a mistake|impossible|opposite|nothing to do"
    "|too (?:early|late|small|large|big|high|low|long|short|much|many|few|slow|fast|weak|strong|narrow|broad)"
)
_DENIED = (
    r"不是|并非|不会|不能|没有|不在|不存在|得不到|并不|不需要|不属于|不涉及|不体现|与[^,。]{0,20}不[同符]"
    r"|太[早晚高低大小多少]|n't\b|"
) + english("nothing|never|no|not|neither|nor|cannot|unsafe|hardly|without|lacks?|too|unlikely|worse|against")
VERDICT = pattern(
    rf"(?P<FITTING>{_FITTING})",
    rf"(?P<AFFIRMED>{_AFFIRMED})",
    rf"(?P<RULED_OUT>{_RULED_OUT})",
    rf"(?P<DENIED>{_DENIED})",
)
RIGHT_ALONE = pattern(r"[\s,;:。]*对[\s,;:。]*")
BARE = pattern(r"[\s:]*(?:对的?|错的?|正确|错误)\s*")
MARKED = pattern(rf"[\s:|(]*([{TICKS}{CROSSES}])")
TICKED_LAST = pattern(rf"[{TICKS}]\s*\Z")
QUOTED = pattern(r"[“‘「][^”’」@]{0,24}[”’」]", r"\"[^\"@\n]{0,24}\"")

# What may open a clause that is a judgement and little else; it belongs to the option named before.
JUDGES = pattern(
    r"(?:[\s\"'”)(.]|因此|所以|故|因而|可见|显然|明显|也|均|都|是|为|可以?|应该?|予以|被|直接|首先|同样|更|完全|全部"
    r"|这一?[个种项点条]?|该|此|其|本|它|选项|项|说法|表述|描述|句|观点|内容|与[^,。]{0,30}?(?=不|无|相|一|矛)|"
    + english(
        "so|therefore|hence|thus|this|that|it|which|is|are|was|were|and|also|option|statement|can|be|do|does|would|will"
        "|must|should|as|a|the|both|neither|these|those|they"
    )
    + ")*"
)
PLURAL = pattern(
    r"\s*(?:(?:这|那|上述|以上)?[几两二三四][些个者项]|它们|其余|其他|"
    + english("these|they|those|both|all|none|others?|the rest")
    + ")"
)
BOTH = pattern(r"\s*(?:both|neither)\b")

_OPENING = r"[\s\"'“《「(]*"
DENIED_BEFORE = pattern(
    rf"(?P<out>排除了?|去掉|删除|剔除|否定|淘汰|划掉|不能?选|不应选|[{CROSSES}]|\[ \]|"
    + english(
        "eliminat(?:e|es|ed|ing)|rul(?:e|es|ed|ing) out|exclud(?:e|es|ed|ing)|discard(?:s|ed|ing)?|reject(?:s|ed|ing)?"
        "|cross(?:ed|ing)? out|kills|(?:that's|that is|is|was|marks|spells) the end (?:of|for)|so much for|out goes"
        "|goodbye to|puts? paid to|disposes of|takes care of"
    )
    + rf"){_OPENING}(?:the|options?|选项)?{_OPENING}\Z",
    r"(?:不会?是|并?不是|并非|而非|不可能[是为]|不属于|不等于|不同于|区别于|有别于|n't(?: be)?|"
    + english("not|nor|neither|cannot be|can't be|rather than|instead of|unlike|no|never|than|without")
    + rf"){_OPENING}(?:以下|the|an?|option|just|either|选项|是|with)?{_OPENING}\Z",
)
TICKED = pattern(rf"(?:[{TICKS}]|\[x\])\s*\Z")
CROSSED = pattern(rf"\s*[:|]?\s*[{CROSSES}]")
ONLY_BEFORE = pattern(
    r"(?:只有|唯有|唯独|仅有|只剩(?:下|了)?|剩下的?(?:就|只)?(?:有|是)?|(?:就|便)?只能是|必[然定须]是|一定是|唯一[^。,;]{0,16}是|"
    + english(
        "only(?: option| choice| one)?|(?:leaves?|leaving)(?: us with)?|left with|can only (?:be|have been)|remains"
        "|remaining (?:option|one|choice)(?: is)?"
    )
    + rf"){_OPENING}(?:the|an?|option|选项|row|statement)?{_OPENING}\Z"
)
ONLY_AFTER = pattern(
    r"\s*(?:才(?!能)|是唯一)", r"\s*(?:alone|is the only|is the one|is (?:all that is )?left|remains)\b"
)
ONLY_IT = pattern(r"[^,。;]{0,6}(?:唯有|只有|唯独)[它他她其这]")
POINTS_TO = pattern(
    r"(?:对应的(?:就|正)?是|指的(?:就|正)?是|指向|"
    + english("speaks? for|points? to|corresponds? to|consistent with|typical of")
    + rf"){_OPENING}(?:the |an? |option )?\Z"
)
# Says something of all options but the one named before.
CONTRAST = pattern(
    r"^[\s,]*(?:其余|其他|其它|另外|剩下|余下)的?[个项句者种]?(?:选项|说法|答案)?[^。!?\n]{0,16}(?:都|均|皆|全|没有|不)",
    r"^[\s,]*(?:all )?(?:the (?:other|remaining) (?:options?|choices?|answers?|statements?|ones?|sentences?)|the others"
    r"|the rest)\b",
)
OTHERS_COUNTED = pattern(
    r"(?:其余|其他|其它|另外|剩下|余下)的?(?P<zh>[两三四])", r"\bthe (?:other|remaining) (?P<en>two|three|four)\b"
)
SUBJECT = pattern(
    r"[^\w@]*(?:所以|因此|故|而|但|再看|先看|最后看|至于|对于|关于|首先|其次"
    r"|and|but|so|as for|now|then|option|the|an?|with)?[^\w@]*\Z"
)

CONCLUDES = pattern(
    r"所以|因此|因而|从而|综上|综合|总之|可见|由此|可知|于是|这样一来|故(?![事障意乡宫])|显然|看来|据此|归纳|小结|对照"
    r"|相比之下|比较(?:而言|下来)|[→⇒]|=>|->",
    english(
        "thus|therefore|hence|consequently|in conclusion|to conclude|overall|all in all|in short|in summary|clearly"
        "|by elimination"
    ),
    r"(?:^\s*|[,;]\s*|\bok(?:ay)?,? )so\b(?! (?:that|much|many|far|does|do|is|on|as)\b)",
)
_AFTER_LAST = r"(?:[\s\"'”」』》)\].!✓✅,]|了|的?选?项|" + english("too|then|here|instead|today") + ")*"
ENDS = pattern(
    rf"@+{_AFTER_LAST}"
    rf"(?:,?\s*(?:rather than|instead of|and not|not|而不是|而非|不是)\s*(?:the |an? )?@+{_AFTER_LAST})*"
)
# What stands before an option that a sentence states: "the capital is @", 缺乏的是@.
PREDICATE = pattern(
    r"(?:(?:'s|" + english("is|was|are|were|be|been|means|called|namely|but|remains|by") + r"|\bi\.e\.)\s+"
    r"(?:an? |the |in |option |type |row )?(?:[a-z-]+ ){0,2}"
    r"|" + english("proves?|shows?|demonstrates?|indicates?|contains|describes|gives") + r"(?: that)? (?:an? |the )?"
    r"|(?:说明|证明|体现|反映|表明|得到|得出|属于|缺乏|缺少|指向)了?|称[为作]|叫作|叫做?|[是为有在于的即]|→|⇒|->|=>|:)"
    rf"{_OPENING}\Z"
)
# Before the text of an option that is a judgement: 该说法正确.
JUDGED = pattern(r"(?:说法|表述|陈述|命题|判断|观点|描述|结论|句话|叙述)(?:显然|明显|完全|是|为)*\Z")
SET_APART = pattern(rf"(?:^|[,:—–-]){_OPENING}(?:the |an? )?\Z")
UNSURE = pattern(
    r"如果|假如|假设|倘若|要是|若|可能(?!性)|也许|或许|未必",
    english("if|suppose|assume|unless|might|maybe|perhaps|could be|may be|would"),
)
