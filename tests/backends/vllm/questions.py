"""Questions in Chinese and English for the comparison of engines: 5-shot letters, option texts, prompts."""

from typing import NamedTuple

from benchharness.records import Language


class Letters(NamedTuple):
    """A question with five solved ones before it, and the part that all of one language share."""

    language: Language
    shared: str
    text: str


ENGLISH = (
    ("Which planet is closest to the sun?", ("Venus", "Mercury", "Mars", "Jupiter"), "B"),
    ("What do bees make?", ("Honey", "Milk", "Silk", "Bread"), "A"),
    ("How many sides does a triangle have?", ("Two", "Four", "Three", "Six"), "C"),
    ("Which of these is a mammal?", ("Shark", "Eagle", "Frog", "Whale"), "D"),
    ("At what temperature does water boil at sea level?", ("50 °C", "100 °C", "150 °C", "200 °C"), "B"),
    ("Which ocean is the largest?", ("Pacific", "Atlantic", "Indian", "Arctic"), "A"),
    ("Who wrote Romeo and Juliet?", ("Dickens", "Austen", "Shakespeare", "Orwell"), "C"),
    ("What is the opposite of hot?", ("Warm", "Wet", "Dry", "Cold"), "D"),
    ("Which metal is liquid at room temperature?", ("Iron", "Mercury", "Gold", "Copper"), "B"),
    ("How many days are there in a week?", ("Five", "Six", "Eight", "Seven"), "D"),
    ("Which gas do plants take in?", ("Carbon dioxide", "Helium", "Neon", "Argon"), "A"),
    ("What is the capital of Japan?", ("Kyoto", "Osaka", "Tokyo", "Nagoya"), "C"),
    ("Which animal is the tallest?", ("Elephant", "Giraffe", "Horse", "Camel"), "B"),
    ("What is 7 times 8?", ("54", "63", "48", "56"), "D"),
    ("Which instrument has black and white keys?", ("Piano", "Violin", "Flute", "Drum"), "A"),
    ("What do we call frozen water?", ("Steam", "Fog", "Ice", "Dew"), "C"),
    ("Which season comes after summer?", ("Winter", "Autumn", "Spring", "None"), "B"),
)

CHINESE = (
    ("离太阳最近的行星是哪一颗？", ("金星", "水星", "火星", "木星"), "B"),
    ("蜜蜂会酿造什么？", ("蜂蜜", "牛奶", "蚕丝", "面包"), "A"),
    ("三角形有几条边？", ("两条", "四条", "三条", "六条"), "C"),
    ("下列哪种动物是哺乳动物？", ("鲨鱼", "老鹰", "青蛙", "鲸"), "D"),
    ("在海平面上，水的沸点是多少？", ("50 ℃", "100 ℃", "150 ℃", "200 ℃"), "B"),
    ("世界上面积最大的海洋是哪一个？", ("太平洋", "大西洋", "印度洋", "北冰洋"), "A"),
    ("《红楼梦》的作者是谁？", ("吴承恩", "罗贯中", "曹雪芹", "施耐庵"), "C"),
    ("“热”的反义词是哪一个？", ("温", "湿", "干", "冷"), "D"),
    ("常温下呈液态的金属是哪一种？", ("铁", "汞", "金", "铜"), "B"),
    ("一个星期有几天？", ("五天", "六天", "八天", "七天"), "D"),
    ("植物进行光合作用时吸收哪种气体？", ("二氧化碳", "氦气", "氖气", "氩气"), "A"),
    ("日本的首都是哪座城市？", ("京都", "大阪", "东京", "名古屋"), "C"),
    ("陆地上最高的动物是哪一种？", ("大象", "长颈鹿", "马", "骆驼"), "B"),
    ("七乘以八等于多少？", ("54", "63", "48", "56"), "D"),
    ("哪种乐器有黑键和白键？", ("钢琴", "小提琴", "长笛", "鼓"), "A"),
    ("水结冰后叫作什么？", ("水蒸气", "雾", "冰", "露水"), "C"),
    ("夏天之后是哪个季节？", ("冬天", "秋天", "春天", "都不是"), "B"),
)

SHOTS = 5


def letters() -> list[Letters]:
    """Return 5-shot questions, eight in each language."""
    found = []
    for language, questions, ask in ((Language.EN, ENGLISH, "Answer: "), (Language.ZH, CHINESE, "答案：")):
        blocks = []
        for question, options, _ in questions:
            lines = [question, *(f"{label}. {text}" for label, text in zip("ABCD", options, strict=True)), ask]
            blocks.append("\n".join(lines))
        shared = "".join(f"{blocks[number]}{questions[number][2]}\n\n" for number in range(SHOTS))
        found += [Letters(language, shared, shared + block) for block in blocks[SHOTS : SHOTS + 8]]
    return found


def option_texts() -> list[tuple[Language, str, tuple[str, ...]]]:
    """Return questions whose options are texts of several tokens, with options that begin alike and one of one token.

    Some prompts are short, so that reading them again is cheapest; others have solved questions before them.
    """
    found: list[tuple[Language, str, tuple[str, ...]]] = []
    for language, questions, ask in ((Language.EN, ENGLISH, "\nAnswer:"), (Language.ZH, CHINESE, "\n答案是")):
        solved = "".join(
            f"{question}{ask} {options['ABCD'.index(key)]}\n\n" for question, options, key in questions[:9]
        )
        for question, options, _ in questions[9:11]:
            texts = (
                *(f" {option}" for option in options),
                f" {options[0]}, {options[1]}",
                f" {options[0]} {options[2]}",
            )
            found += [(language, question + ask, texts), (language, solved + question + ask, texts)]
    return found


PROMPTS_EN = (
    "Once upon a time, in a village by the sea,",
    "The three most important rules of cooking are",
    "A computer program is",
    "My favourite season is autumn because",
    "To plant a tree, you first have to",
    "The history of bread begins",
    "Dear Sir or Madam, I am writing to",
    "The sum of 12 and 30 is",
    "Photosynthesis is the process by which",
    "In 1969, people first",
    "The train left the station at noon and",
    "A good friend is someone who",
    "Rivers flow from the mountains to",
    "The difference between a cat and a dog is",
    "If it rains tomorrow, we will",
    "The recipe calls for two eggs, some flour and",
    "Why is the sky blue? Because",
    "The old clock in the hall struck",
    "Learning a language takes",
    "The capital cities of Europe include",
    "She opened the letter and read:",
    "Water is made of",
    "The best way to save energy at home is",
    "In the middle of the forest stood",
    "A triangle with three equal sides is called",
)

PROMPTS_ZH = (
    "从前，海边的村子里住着",
    "做菜最重要的三条原则是",
    "计算机程序是",
    "我最喜欢秋天，因为",
    "种一棵树，首先要",
    "面包的历史开始于",
    "尊敬的先生：",
    "十二加三十等于",
    "光合作用是指",
    "一九六九年，人类第一次",
    "火车中午离开车站，",
    "好朋友就是",
    "河流从山上流向",
    "猫和狗的区别是",
    "如果明天下雨，我们就",
    "这道菜需要两个鸡蛋、一些面粉和",
    "天空为什么是蓝色的？因为",
    "大厅里的老钟敲了",
    "学习一门语言需要",
    "欧洲各国的首都有",
    "她打开信，读到：",
    "水是由",
    "在家里节约能源的最好办法是",
    "森林中央有一座",
    "三条边都相等的三角形叫作",
)


def prompts() -> list[tuple[Language, str]]:
    """Return fifty beginnings of texts, half of them Chinese."""
    return [(Language.EN, text) for text in PROMPTS_EN] + [(Language.ZH, text) for text in PROMPTS_ZH]
