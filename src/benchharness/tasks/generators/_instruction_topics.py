"""What the items of instruction following ask for: small requests, written in each language."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Side:
    """A topic in one language.

    Attributes:
        request: what is asked, as one sentence that says nothing of the form.
        noun: what it is about, as a subject.
        keywords: four nouns that belong to it.
        tempting: two words that one would like to use, for instructions that forbid them.
    """

    request: str
    noun: str
    keywords: tuple[str, ...]
    tempting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A request in both languages."""

    name: str
    zh: Side
    en: Side


# name | zh: request | subject | keywords | tempting || en: the same
_TABLE = """
city_park|请介绍一座适合全家散步的城市公园。|这座公园|湖水 长椅 樱花 草坪|美丽 空气||Introduce a city park that suits a family walk.|the park|lake bench lawn fountain|beautiful air
library_notice|请写一则图书馆调整开放时间的通知。|图书馆|读者 自习室 借书证 门口|希望 方便||Write a notice about new opening hours at a library.|the library|reader desk card entrance|time please
photosynthesis|请向小学生解释什么是光合作用。|光合作用|叶子 阳光 氧气 水分|植物 绿色||Explain photosynthesis to primary school pupils.|photosynthesis|leaf sunlight oxygen water|plant green
tea_advert|请为一款新上市的绿茶写广告文案。|这款绿茶|茶叶 山泉 清香 早晨|健康 传统||Write advertising copy for a new green tea.|this tea|leaf spring aroma morning|healthy tradition
thanks_teacher|请给即将退休的老师写一段感谢的话。|老师|课堂 黑板 粉笔 学生|辛苦 永远||Write a few words of thanks to a teacher who is about to retire.|our teacher|classroom blackboard chalk pupil|hard always
commute_advice|请给刚搬到大城市的人提一些通勤建议。|通勤|地铁 换乘 雨伞 耳机|时间 拥挤||Give commuting advice to someone who has just moved to a big city.|the commute|subway transfer umbrella headphones|time crowded
lost_umbrella|请写一则寻找遗失钱包的启事。|钱包|证件 失主 车站 电话|丢失 着急||Write a notice about a lost wallet.|the wallet|card owner station phone|find please
water_saving|请宣传节约用水的意义和做法。|节约用水|水龙头 浴室 水表 家庭|资源 浪费||Promote saving water and say how it can be done.|saving water|tap bathroom meter household|resource waste
spring_festival|请介绍春节的习俗。|春节|饺子 春联 鞭炮 长辈|热闹 团圆||Describe the customs of Chinese New Year.|the festival|dumpling lantern firecracker family|lively reunion
mid_autumn|请介绍中秋节的来历和习俗。|这个节日|月饼 灯笼 桂花 家人|团圆 传说||Describe the Mid-Autumn Festival and its customs.|this festival|mooncake lantern moonlight family|reunion legend
new_phone|请写一段新款手机的产品介绍。|这款手机|屏幕 电池 镜头 机身|性能 强大||Write a product description of a new phone.|this phone|screen battery camera case|powerful performance
apology_delay|请代网店写一段因发货延迟而致歉的话。|这次延迟|包裹 仓库 快递 顾客|抱歉 耐心||Write an apology from an online shop for a late delivery.|the delay|parcel warehouse courier customer|sorry patience
morning_run|请谈谈坚持晨跑的好处。|晨跑|跑道 心肺 清晨 运动鞋|健康 习惯||Write about the benefits of running every morning.|running|track heart sunrise shoe|healthy habit
cat_care|请给第一次养猫的人一些建议。|养猫|猫粮 猫砂 疫苗 玩具|可爱 耐心||Give advice to someone who keeps a cat for the first time.|the cat|food litter vaccine toy|cute patience
desert_trip|请描写一次沙漠旅行。|沙漠|骆驼 沙丘 星空 绿洲|炎热 美丽||Describe a journey through the desert.|the desert|camel dune starlight oasis|hot beautiful
fire_safety|请写一段家庭防火的安全提示。|家庭防火|灭火器 插座 厨房 烟雾|危险 注意||Write advice on preventing fires at home.|fire safety|extinguisher socket kitchen smoke|danger careful
club_recruit|请为校园摄影社写招新宣传语。|摄影社|相机 镜头 光影 作品|欢迎 热爱||Write a text that invites students to join a photography club.|the club|camera lens shadow portrait|welcome love
school_sports|请写一段校运动会的广播稿。|运动会|操场 接力棒 终点 掌声|加油 拼搏||Write an announcement for the loudspeakers at a school sports day.|the sports day|track baton finish applause|cheer fight
old_street|请描写一条老街的黄昏。|老街|石板 灯光 茶馆 屋檐|安静 古老||Describe an old street at dusk.|the street|cobblestone lamp tavern roof|quiet ancient
bike_sharing|请谈谈共享单车给生活带来的变化。|共享单车|车锁 骑行 路口 车筐|方便 环保||Discuss how shared bicycles have changed daily life.|bike sharing|lock ride corner basket|convenient green
recipe_tomato|请介绍番茄炒蛋的做法。|这道菜|食用油 锅铲 葱花 盘子|美味 简单||Explain how to cook scrambled eggs with tomatoes.|this dish|pan onion oil plate|tasty simple
job_letter|请写一段应聘咖啡师的自我介绍。|这份工作|杯子 吧台 顾客 奶泡|热情 经验||Introduce yourself in an application for a job as a barista.|the job|cup counter customer foam|passion experience
moving_in|请写一段给新邻居的欢迎词。|小区|电梯 楼道 花园 钥匙|热情 帮助||Write a few words of welcome to new neighbours.|the building|mailbox hallway garden key|glad help
museum_guide|请写一段博物馆青铜器展厅的导览词。|青铜器|展柜 铭文 纹饰 工匠|历史 珍贵||Write a guide's introduction to the bronze hall of a museum.|the bronze hall|vessel inscription pattern craftsman|history precious
rainy_season|请提醒市民做好雨季的准备。|雨季|雨靴 积水 排水沟 天气|注意 危险||Remind the people of a town to prepare for the rainy season.|the rainy season|boots puddle drain forecast|careful danger
book_review|请推荐一本适合中学生读的科幻小说。|这本小说|飞船 主角 情节 星球|精彩 想象||Recommend a science fiction novel to teenagers.|this novel|spaceship hero plot planet|exciting imagination
sleep_advice|请就如何改善睡眠给出建议。|睡眠|枕头 窗帘 闹钟 牛奶|健康 放松||Give advice on how to sleep better.|sleep|pillow curtain alarm milk|healthy relax
robot_cleaner|请介绍一款扫地机器人。|这款机器人|地毯 灰尘 充电座 传感器|智能 方便||Present a robot vacuum cleaner.|this robot|carpet dust charger sensor|smart convenient
tree_planting|请号召大家参加植树活动。|植树|树苗 铁锹 山坡 水桶|绿色 环境||Call on people to take part in planting trees.|tree planting|sapling shovel hillside bucket|green environment
fishing_village|请描写渔村的清晨。|渔村|渔船 码头 海鸥 渔网|宁静 美丽||Describe a fishing village in the early morning.|the village|boat harbour seagull net|calm beautiful
math_fear|请安慰一位害怕数学的同学。|数学|公式 错题本 草稿纸 老师|担心 努力||Comfort a classmate who is afraid of mathematics.|mathematics|formula notebook pencil teacher|worry effort
volunteer_day|请为社区志愿服务日写宣传语。|志愿服务|街道 老人 笑容 背心|奉献 帮助||Write a text that promotes a day of volunteering.|volunteering|street neighbour smile vest|help giving
online_meeting|请说明开好线上会议的要点。|线上会议|麦克风 议程 屏幕 纪要|效率 重要||Explain what makes an online meeting a good one.|the meeting|microphone agenda screen minutes|efficient important
grandma_birthday|请给奶奶写一段生日祝福。|奶奶|蛋糕 蜡烛 毛衣 院子|幸福 健康||Write a birthday wish to your grandmother.|grandmother|cake candle sweater garden|happy healthy
earthquake|请向市民说明地震时怎样保护自己。|地震|桌子 楼梯 应急包 广场|危险 安全||Explain how to protect oneself in an earthquake.|an earthquake|table staircase torch square|danger safe
night_market|请介绍一处热闹的夜市。|夜市|烧烤 摊位 灯光 人群|美食 好吃||Describe a lively night market.|the market|grill stall lantern crowd|delicious cheap
high_speed_rail|请谈谈高铁怎样改变了人们的出行。|高铁|车票 站台 车厢 窗外|方便 快速||Discuss how fast trains have changed travel.|the fast train|ticket platform carriage window|convenient speed
garden_balcony|请教大家在阳台上种菜。|阳台种菜|花盆 种子 肥料 阳光|新鲜 简单||Teach people to grow vegetables on a balcony.|the balcony|pot seed soil sunlight|fresh simple
snow_mountain|请描写雪山日出的景象。|雪山|云海 霞光 帐篷 山峰|壮观 美丽||Describe a sunrise over a snowy mountain.|the mountain|cloud glow tent peak|grand beautiful
reading_habit|请谈谈怎样培养孩子的阅读习惯。|阅读|绘本 书架 睡前 故事|兴趣 坚持||Discuss how to help children form a reading habit.|reading|picture shelf bedtime story|interest fun
hotel_reply|请代酒店回复一位抱怨噪声的客人。|这家酒店|房间 隔音 前台 早餐|抱歉 满意||Reply for a hotel to a guest who complained about noise.|the hotel|room window reception breakfast|sorry happy
black_hole|请用通俗的话解释什么是黑洞。|黑洞|引力 恒星 光线 望远镜|宇宙 神秘||Explain in plain terms what a black hole is.|a black hole|gravity star light telescope|universe mystery
dragon_boat|请介绍端午节赛龙舟的场面。|龙舟赛|鼓声 船桨 粽子 河岸|激烈 热闹||Describe a dragon boat race.|the race|drum paddle river crowd|fierce lively
graduation|请写一段毕业典礼上的致辞。|毕业典礼|校园 同窗 礼堂 帽子|青春 梦想||Write a short speech for a graduation ceremony.|graduation|campus classmate hall diploma|youth dream
second_hand|请为一辆二手自行车写出售信息。|这辆自行车|车架 轮胎 车铃 刹车|便宜 喜欢||Write an advertisement that offers a used bicycle for sale.|this bicycle|frame tyre bell brake|cheap love
plastic_bags|请倡议大家少用塑料袋。|塑料袋|布袋 超市 垃圾桶 海洋|环保 污染||Ask people to use fewer plastic bags.|plastic|basket supermarket bin ocean|green pollution
music_class|请介绍一门适合初学者的古筝课。|古筝课|琴弦 指甲 乐谱 节奏|优雅 传统||Present a guitar course for beginners.|the course|string finger score rhythm|elegant tradition
team_building|请为公司团建活动写一份说明。|团建活动|大巴 帐篷 游戏 午餐|团结 快乐||Write a description of a company outing.|the outing|bus tent game lunch|team happy
autumn_letter|请以秋天为主题给远方的朋友写信。|秋天|落叶 大雁 柿子 围巾|思念 季节||Write to a distant friend about autumn.|autumn|maple goose pumpkin scarf|miss season
exam_eve|请给考试前夜的考生写几句鼓励的话。|考试|铅笔 准考证 考场 闹钟|加油 努力||Encourage a student on the night before an exam.|the exam|pencil desk hall alarm|luck effort
panda_base|请介绍大熊猫的生活习性。|大熊猫|竹子 山林 幼崽 饲养员|可爱 国宝||Describe how giant pandas live.|the panda|bamboo forest cub keeper|cute treasure
vaccine_talk|请向老人说明接种流感疫苗的好处。|接种疫苗|社区 医生 冬天 针头|健康 安全||Explain to older people why a flu vaccination is useful.|the vaccination|clinic doctor winter needle|healthy safe
elevator_notice|请写一则电梯检修通知。|电梯检修|住户 楼梯 工人 物业|时间 谅解||Write a notice that a lift will be out of service.|the lift|resident staircase worker manager|time sorry
coffee_shop|请描写一家街角的咖啡店。|咖啡店|橱窗 杯子 香气 店主|温暖 安静||Describe a coffee shop on a street corner.|the shop|window cup aroma owner|warm quiet
space_station|请介绍空间站里航天员的生活。|空间站|航天服 睡袋 舱门 食物|宇宙 梦想||Describe how astronauts live on a space station.|the station|spacesuit hatch food bag|universe dream
internet_scam|请提醒老人防范电话诈骗。|电话诈骗|骗子 密码 银行 短信|小心 危险||Warn older people of telephone scams.|a scam|password bank message stranger|careful danger
summer_camp|请为儿童夏令营写介绍。|夏令营|营地 篝火 背包 溪水|快乐 难忘||Introduce a summer camp for children.|the camp|campfire backpack stream cabin|happy memory
chess_story|请讲一个关于下棋的小故事。|棋局|棋盘 对手 棋子 老人|聪明 胜利||Tell a short story about a game of chess.|the game|board opponent pawn stranger|clever victory
desk_lamp|请介绍一款护眼台灯。|这款台灯|灯罩 亮度 开关 书桌|舒适 健康||Present a desk lamp that is easy on the eyes.|this lamp|shade brightness switch cable|comfort healthy
wetland|请介绍湿地对鸟类的作用。|湿地|芦苇 候鸟 鱼虾 泥滩|生态 自然||Explain what wetlands do for birds.|the wetland|reed crane fish mud|nature ecology
kindergarten|请给幼儿园新生的家长写几点提醒。|幼儿园|书包 水杯 午睡 老师|适应 担心||Write some advice to parents whose children start kindergarten.|kindergarten|backpack cup nap teacher|adapt worry
noodle_shop|请为一家兰州拉面馆写宣传文案。|这家面馆|牛肉 面汤 香菜 师傅|美味 正宗||Write advertising copy for a noodle restaurant.|the restaurant|beef broth bowl cook|tasty authentic
first_snow|请描写初雪的校园。|初雪|屋顶 脚印 围巾 松树|美丽 寒冷||Describe a campus after the first snow.|the snow|roof footprint scarf pine|beautiful cold
time_capsule|请给十年后的自己写一封短信。|未来|信封 日记 愿望 照片|梦想 希望||Write a short letter to yourself in ten years.|the future|envelope diary photo clock|dream hope
"""  # noqa: E501


def _side(cells: str) -> Side:
    request, noun, keywords, tempting = cells.split("|")
    return Side(request, noun, tuple(keywords.split()), tuple(tempting.split()))


def _read() -> dict[str, Topic]:
    topics = {}
    for line in _TABLE.strip().splitlines():
        chinese, english = line.split("||")
        name, zh = chinese.split("|", 1)
        topics[name] = Topic(name, _side(zh), _side(english))
    return topics


TOPICS = MappingProxyType(_read())
"""Topics by name, in a fixed order."""
