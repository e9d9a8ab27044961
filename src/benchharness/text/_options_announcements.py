"""The words with which a text declares a choice, takes it back or leaves it open.

In every pattern ``@`` stands for an option, however it is named; text is folded, plain and masked.
"""

from benchharness.text._options_patterns import english, pattern

# What may stand between an announcement and the option.
LEAD = pattern(
    r"(?:[\s\"'“‘「『《【〈〖(\[{<:=,~—–→⇒-]|->|=>"
    r"|选项|选择|应该|应当|应|就|便|是|为|选|即|乃|那个"
    + "|"
    + english(
        "the|options?|choices?|letter|answer|is|are|be|to be|would be|as follows|indeed|clearly|obviously|of course"
        "|simply|just|actually|certainly|surely|definitely|in fact|most likely|likely|probably|therefore|thus|hence"
        "|then|namely|both|only|either|statements?|number|with"
    )
    + ")*+"
)

ORDINALS = "一二三四五六七八"
ORDINAL_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth")
_IS_RIGHT = r" (?:is|must be|has to be) (?:clearly |the )?(?:only )?(?:correct|right|best)\b(?! (?:\w+ )?about)"

# Announcements. Of each, the option is looked for after its end.
ANSWER = pattern(
    # 答案 … 是, with the word that links it to the option at most 24 characters away
    r"(?:答案|正解|得数)(?!选项|解析|分析|详解)(?:[^\n。;!?@]{0,24}?(?:[是为选:=即乃】〗\])]|\n))?",
    r"(?:(?<=[\s。;,(【〖])|^)(?:答|结论)[ 】〗]*[:】〗]",
    r"\b(?:answer|ans\.?)(?![A-Za-z])(?:[^\n.;!?@]{0,80}?(?:\b(?:is|was|be|are|to)\b|[:=—–]| -(?= )))?",
    r"(?m:^)[ \t]*(?:结论|最终选择|conclusion)[ \t]*\n",
    r"<answer>",
    r"\b(?:final (?:choice|selection|decision)|conclusion|selection|verdict)[ \t]*[:=]",
)
CHOOSE = pattern(
    r"选(?![手民举区修拔票集秀读材中])(?:择|取|定|出)?了?(?:的?(?:答案)?(?:应该|应|就)?[是为])?",
    english("choose|chose|pick|select|go with|go for|opt for|settled? on|vote for|answer with|circle|tick|mark")
    + r"(?: answer| option)?",
    r"\bI(?:'m| am) (?:choosing|picking|selecting|going (?:with|for)|settling on)\b",
    # The last words of a text that reasons: "Going with option A."
    r"(?:^|(?<=[.!?:;\n—–])|(?<=[.!?:;,—–] )|\b(?:so|therefore|thus),? )"
    r"(?:(?:I'm |I am )?(?:going|sticking|staying) (?:with|for)|locking in|opting for|settling on|choosing|picking)"
    r"(?=(?: the| option| answer| choice| letter){0,2} @+[\s\"')\]]*(?:[.!,;(—–]|because\b|since\b|here\b|then\b|$))",
    r"\bI(?:'d| would)? (?:say|think|believe|guess)(?: it(?:'s| is))?\b",
    r"我(?:个人|还是|更)?(?:认为|觉得|判断|倾向于?)(?:应该|应当|答案)?[是选]?",
)
_KIND_OF_THING = "选项|选择|一项|一组|说法|表述|做法|判断|结论|叙述|答案|那?[项个组]"
_LINK = r"(?:应该|应当|应|就|则|便|当然|显然|只能|只有|的)*(?:是|为|:|=|有|只有)"
_THINGS = "options?|choices?|answers?|ones|statements?|alternatives?|letters?|responses?|selections?|picks?|pairs?"
NOUN = pattern(
    rf"(?:(?<!不)正确|合适|恰当|合理|准确|妥当)的?(?:{_KIND_OF_THING})?{_LINK}",
    r"\b(?:my|our) (?:choice|pick|vote|selection|guess)[^\n.;!?,]{0,24}?(?:\bis\b|\bbe\b|[:=])",
    english(
        "correct|right|best|proper|appropriate|accurate|true|only|final|safest|valid|matching|intended|desired"
        r"|\w{1,12}est|most \w{1,16}"
    )
    + rf" (?:one|(?:\w+ ){{0,2}}?(?:{_THINGS})[^\n.;!?,@]{{0,48}}?) ?(?:\b(?:is|are|be|was)\b|[:=])",
    r"\b(?:correct|right)[ \t]*:",
)
PROPERTY = pattern(
    rf"(?:最[^\n。,;是@]{{1,10}}|(?<!不)(?:符合|满足|属于|体现)[^\n。,;是@]{{0,16}})的?(?:{_KIND_OF_THING})?{_LINK}",
    r"(?:本|此|该|这道?)题(?:的?选择)?(?:应该?)?[是为]",
    r"(?:解答|解)[ 】〗]*[:】〗]",
)
WRONG_NOUN = pattern(
    r"(?:错误|不正确|不恰当|不合理|有误|不成立|有语病|不(?:符合|属于)[^\n。,;是@]{0,16})的?"
    rf"(?:{_KIND_OF_THING})?(?:应该|应|就|只)*(?:是|为|:)",
    r"\b(?:incorrect|wrong|false) (?:\w+ ){0,2}?(?:option|choice|answer|one|statement)"
    r"[^\n.;!?,@]{0,40}?(?:\bis\b|:)",
)
CORRECTED = pattern(
    r"(?:更正|改|修正|纠正|订正)(?:选|答)?(?:为|成|到)?(?:[:,]|答案|选项?|是|应)*",
    r"(?:查对|核对|检查|核实|更正)[^。\n]{0,6}应(?:该|当)?[为是]",
    r"(?:不对|错了|有误)[\s,。!]{0,3}(?:应该?|应当)?[是为选]",
    r"\bit(?:'s| is)(?= @+ (?:that|which|who)\b)",
    r"\bcorrection\s*:|\bshould be\b",
)
TURNED = pattern(r"而(?:应该?|应当)?是", r"\bbut rather\b")

# The option first: B是正确答案, B is the right one.
REVERSE = pattern(
    r"(?<!@)@++[)\"'”」』]?[ \t]*(?:才|就|便|应该|应当|应|显然|正|即|无疑)*(?:是|为|乃)?(?:本题|该题|此题|最终|我)?的?"
    r"(?:唯一|最佳|最终|最合适|最恰当|标准)*的?(?:正确)?的?"
    r"(?:答案|正解|正确选项|最佳选项|正确选择|最佳选择|选择(?![题性]))",
    r"(?<!@)@++ it is\b(?! (?:not|true|said))",
    r"(?<!@)@++[)\"'”]?,? (?:is|was|must be|would be|has to be|should be|seems(?: to be)?|appears to be|looks like"
    r"|remains)"
    r" (?:\w+ly )?(?:the|our|my|your)(?: single| only| one| most)?"
    r"(?! (?:wrong|incorrect|worst|other|same|weakest|false|next|first|second|tempting|distractor|opposite))"
    r"(?: \w+){0,2}? (?:answer|choice|option|one|pick|selection|statement|response)\b"
    r"(?! (?:that |which |who )?(?:most|many|some)\b)",
)
# All but one: the others as a set where they are right, the one where they are wrong.
ALL_BUT = pattern(
    r"(?<!排)除了?[ \t]*(?P<zh>@+)(?:以外|之外|外)?[^。;\n@]{0,8}?(?:都|均|全)(?:部)?是?"
    r"(?:(?P<right>对|正确|符合|成立|可以)|错|不)",
    r"\b(?:all|everything|each|every one)\b[^.\n@]{0,24}?\b(?:but|except(?: for)?)[ \t]+(?P<en>@+)[^.\n@]{0,12}?"
    r"\b(?:are|is)[ \t]+(?:all[ \t]+)?(?:(?P<true>correct|right|true|valid)|wrong|incorrect|false|not)\b",
)

# The one at a place among the options is called right: 四个选项里第二个是对的, "the last of the options is correct".
PLACED = pattern(
    rf"(?:选项|答案)(?:里面?|中间?|当中|之中)?[^。!?;\n@]{{0,6}}?(?:第 ?(?P<number>[{ORDINALS}1-8])|(?P<last>最后一))"
    r" ?[个项种句条](?:选项|答案|说法)?(?:才|就|显然|应该|应当)?(?:是|为)?(?:对的|正确的|正确答案|答案|正确选项)",
    rf"(?:第 ?(?P<label>[{ORDINALS}1-8])|(?P<final>最后一)) ?[个项](?:选项|答案)(?:才|就|显然|应该|应当)?(?:是|为)?"
    r"(?:对的|正确的|正确答案|答案)",
    rf"\b(?:of|among) (?:the|these|all)(?: \w+){{0,2}} (?:options|choices|answers)[^.!?;\n@]{{0,12}}?"
    rf"\bthe (?P<word>{'|'.join(ORDINAL_WORDS)}|last)(?: (?:one|option|choice))?{_IS_RIGHT}",
    rf"\bthe (?P<which>{'|'.join(ORDINAL_WORDS)}|last)"
    rf" (?:option|choice|of the (?:\w+ )?(?:options|choices)){_IS_RIGHT}",
)

# Before 选 and "choose": nobody chooses here.
REFUSED = pattern(
    r"(?:[不别勿莫未误错乱想常易若]|没有?|容易|要么|要不要|不能|不可|不应|不该|不宜|不会|不要|为什么|为何|避免|如果|假如|有人)"
    r"(?:去|会|再|就)?\Z",
    r"(?:n't|"
    + english(
        "not|never|cannot|avoid|mistakenly|wrongly|incorrectly|tempt(?:ed|ing)|might|why|if|people|students|some|many|you"
    )
    + r")(?: (?:to|should|would|must|can|could|might))?[ \t]*(?:should |would |must |be )?\Z",
)
NOT_BEFORE = pattern(r"(?:不|并非|非|绝不|不能|不可能|不会|不应|不该)\Z", r"(?:\bnot|n't|\bnever|\bcannot)\s*\Z")
NOT_LEAD = pattern(r"\s*(?:不是|并?不为|并非|不选|(?:\b(?:is|was))?n't\b|\bnot\b(?: option)?)\s*")
INSTEAD = pattern(
    r"而是|而应[该当]?(?:是|选|为)?|应该?是|应当是|应选|正确的是|,\s*(?:是|而选)",
    r"\bbut(?: rather| is| it is)?|\brather|\binstead|[;,]\s*it(?: is|'s)",
)

# After the option.
DENIED_AFTER = pattern(
    r"[\s\"'”」』)]*(?:选项|项)?(?:说法)?(?:是?错|并?不(?:是|对|正确|成立|符合)|有误|被排除|可以排除)",
    r"[\s\"'”」』)]*(?:\b(?:is|are|was)?(?: not\b|n't)|\b(?:is|are)\s+(?:wrong|incorrect|false))",
)
DENIED_HERE = pattern(
    r"(?:不是|并非|而非|不选|排除|除了?|\bnot|n't|\brather than|\binstead of|\bexcept|\bunlike)\s*(?:option )?\Z"
)
OR_ELSE = pattern(
    r"[^。!?\n@]{0,16}(?:或者?|还是|也(?:有)?(?:可能|可以|能|行)|\bor\b|\bmaybe\b|\bpossibly\b|\bcould also\b)"
    r"[^。!?\n@]{0,24}@"
)
# What makes of the option the subject of a sentence of its own: 解答:A项描述的是…, "Answer: B describes …".
GOES_ON = pattern(
    r"(?![因由理原是这即也而吧了呢啊哦才更最比正符对中两三四及等的])[\u3400-\u9fff]",
    r"是(?!因|正确|对|最|唯一|符合|本题|答案)",
    r"的(?!理由|原因)",
    r"\s+(?:if|when|only if|states?|says?|describes?|refers?|does|has|can|could|had|gives)\b",
    r"\s+is (?!the|correct|right|best|because|indeed)",
)

STEMS = "甲乙丙丁戊己庚辛"
_END_OF_LABEL = r"(?=[\s。.,;)\"'”」』】!]|$)"
OTHER_LABELS = pattern(
    rf"(?P<stem>[{STEMS}])(?:(?=项|选项)|{_END_OF_LABEL})",
    r"(?P<circled>(?<![\ue010-\ue017])[\ue010-\ue017](?![\ue010-\ue017]))",
    rf"第 ?(?P<number>[{ORDINALS}1-8]) ?[个项种句条]?(?:选项|答案)?{_END_OF_LABEL}",
    rf"选项 ?(?P<option>[{ORDINALS}1-8]){_END_OF_LABEL}",
    rf"(?P<word>{'|'.join(ORDINAL_WORDS)}|last)(?: (?:option|choice|answer|one|statement))?{_END_OF_LABEL}",
    r"(?P<digit>[1-8])(?= *$)",
)
LOWER_CASE = pattern(r"[(\[\"'“]?(?-i:([a-h]))[)\]\"'”]?(?=\s*(?:$|[\n.,;:)!。—]))")
AFTER_ANNOUNCEMENT = pattern(r"[\s:。】〗)\]\"'”]{0,24}")
AFTER_WORDING = pattern(r"[\s\"'”」』》)\]]*(?:$|[^\w\s])")

# Kinds of announcement, firm ones first.
FIRM = {"answer": ANSWER, "choose": CHOOSE, "noun": NOUN, "corrected": CORRECTED}
LOOSE = {"property": PROPERTY, "wrong_noun": WRONG_NOUN, "turned": TURNED}
# Of these kinds only the option right after the announcement counts.
DIRECT_ONLY = frozenset({"choose", "property", "wrong_noun", "corrected", "turned"})
