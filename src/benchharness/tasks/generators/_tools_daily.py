"""Tools of everyday life: weather, calendar, mail, languages, home, files, data, units."""

from benchharness.tasks.generators._tools_schema import (
    Tool,
    boolean,
    choice,
    integer,
    listing,
    number,
    record,
    string,
)

CITY = string("城市名，不带“市”字，如“成都”", "Name of the city, such as Chengdu")
DATE = string("日期，格式为YYYY-MM-DD", "Date as YYYY-MM-DD")
TIME = string("时间，24小时制，格式为HH:MM", "Time of day as HH:MM, 24 hours")
EMAIL = string("邮箱地址", "E-mail address")
_UNIT = choice("温度单位", "Unit of temperature", "celsius", "fahrenheit").optional("celsius")
_EVENT = string("日程编号", "Id of the event")
_ROOM = choice("房间", "Room", "living_room", "bedroom", "kitchen", "study", "bathroom")
_PATH = string("文件的完整路径", "Full path of the file")
_DAY = choice("", "", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LANGUAGE = choice("目标语言代码", "Code of the target language", "zh", "en", "fr", "de", "ja", "ko", "es", "ru")
_TABLE = choice("数据表", "Table", "employees", "invoices", "devices")
_FILTERS = listing(
    "筛选条件，须全部满足",
    "Conditions, all of which must hold",
    record(
        "",
        "",
        column=string("列名", "Name of the column"),
        operator=choice("比较运算符", "Comparison", "=", ">", ">=", "<", "<="),
        value=number("比较的数值", "Number to compare with"),
    ),
    as_set=True,
)
_LENGTHS = ("meter", "kilometer", "mile", "foot", "inch", "centimeter")
_UNITS = (*_LENGTHS, "kilogram", "pound", "gram", "ounce", "liter", "gallon", "celsius", "fahrenheit")

DAILY = (
    Tool(
        "get_current_weather",
        "weather",
        "查询某城市此刻的天气，不含预报。",
        "The weather in a city at this moment, without a forecast.",
        {"city": CITY, "unit": _UNIT},
    ),
    Tool(
        "get_weather_forecast",
        "weather",
        "查询某城市今后某一天的天气预报。",
        "The weather forecast for a city on a day to come.",
        {"city": CITY, "date": DATE, "unit": _UNIT},
    ),
    Tool(
        "get_air_quality",
        "weather",
        "查询某城市当前的空气质量指数。",
        "The present air quality index of a city.",
        {"city": CITY},
    ),
    Tool(
        "get_sunrise_sunset",
        "weather",
        "查询某城市某一天的日出和日落时间。",
        "When the sun rises and sets in a city on a given day.",
        {"city": CITY, "date": DATE},
    ),
    Tool(
        "create_event",
        "calendar",
        "在日历中新建一个日程。",
        "Put a new event into the calendar.",
        {
            "title": string("日程标题", "Title of the event"),
            "date": DATE,
            "start_time": TIME,
            "duration_minutes": integer("时长（分钟）", "Length in minutes", minimum=1).optional(60),
            "attendees": listing("参会人邮箱", "E-mail addresses of the guests", EMAIL, as_set=True).optional(),
        },
    ),
    Tool(
        "list_events",
        "calendar",
        "列出日历中某一天的全部日程。",
        "List all events in the calendar on a given day.",
        {"date": DATE},
    ),
    Tool(
        "move_event",
        "calendar",
        "把已有日程改到另一日期和时间。",
        "Move an existing event to another date and time.",
        {"event_id": _EVENT, "date": DATE, "start_time": TIME},
    ),
    Tool(
        "cancel_event",
        "calendar",
        "取消已有日程。",
        "Cancel an existing event.",
        {
            "event_id": _EVENT,
            "notify_attendees": boolean("是否通知参会人", "Whether to tell the guests").optional(True),
        },
    ),
    Tool(
        "create_reminder",
        "calendar",
        "新建提醒，到时在手机上显示一句话。",
        "Create a reminder that shows a line of text on the phone at the given time.",
        {"text": string("提醒内容", "What to show"), "date": DATE, "time": TIME},
    ),
    Tool(
        "set_alarm",
        "calendar",
        "设置响铃闹钟。",
        "Set an alarm clock that rings.",
        {
            "time": TIME,
            "repeat": listing(
                "在星期几重复；不填则只响一次", "Days on which it rings; once only if left out", _DAY, as_set=True
            ).optional(),
        },
    ),
    Tool(
        "start_timer",
        "calendar",
        "立即开始倒计时。",
        "Start a countdown now.",
        {"minutes": integer("时长（分钟）", "Length in minutes", minimum=1)},
    ),
    Tool(
        "send_email",
        "mail",
        "发送一封新邮件。",
        "Send a new e-mail.",
        {
            "to": listing("收件人邮箱", "Addresses of the recipients", EMAIL, as_set=True),
            "subject": string("主题", "Subject"),
            "cc": listing("抄送邮箱", "Addresses that get a copy", EMAIL, as_set=True).optional(),
        },
    ),
    Tool(
        "search_emails",
        "mail",
        "按发件人查找收到的邮件。",
        "Find received e-mails by sender.",
        {
            "sender": string("发件人邮箱", "Address of the sender"),
            "unread_only": boolean("是否只要未读邮件", "Whether only unread ones are wanted").optional(False),
            "since": string("只要这一天及以后的邮件，YYYY-MM-DD", "Only from this day on, YYYY-MM-DD").optional(),
        },
    ),
    Tool(
        "forward_email",
        "mail",
        "把已收到的邮件转发给他人。",
        "Forward a received e-mail to others.",
        {
            "email_id": string("邮件编号", "Id of the e-mail"),
            "to": listing("收件人邮箱", "Addresses of the recipients", EMAIL, as_set=True),
        },
    ),
    Tool(
        "translate_text",
        "language",
        "翻译一段文字。",
        "Translate a text.",
        {
            "text": string("要翻译的原文，不带引号", "The text to translate, without quotation marks"),
            "target_language": _LANGUAGE,
            "formality": choice("语气", "Tone", "neutral", "formal", "informal").optional("neutral"),
        },
    ),
    Tool(
        "detect_language",
        "language",
        "判断一段文字是什么语言。",
        "Tell which language a text is in.",
        {"text": string("待判断的文字，不带引号", "The text, without quotation marks")},
    ),
    Tool(
        "set_light",
        "home",
        "调节某个房间的灯光。",
        "Set the light of a room.",
        {
            "room": _ROOM,
            "brightness": integer("亮度百分比", "Brightness in per cent", minimum=0, maximum=100),
            "color_temperature": integer("色温（开尔文）", "Colour temperature in kelvin").optional(),
        },
    ),
    Tool(
        "set_thermostat",
        "home",
        "设定某个房间的空调温度。",
        "Set the temperature of a room.",
        {
            "room": _ROOM,
            "temperature": number("温度（摄氏度）", "Temperature in degrees Celsius"),
            "mode": choice("运行模式", "Mode", "auto", "cool", "heat", "dry").optional("auto"),
        },
    ),
    Tool(
        "lock_door",
        "home",
        "锁上一扇门。",
        "Lock a door.",
        {"door": choice("门", "Door", "front", "back", "garage")},
    ),
    Tool(
        "start_vacuum",
        "home",
        "让扫地机器人打扫指定的房间。",
        "Let the robot vacuum clean the given rooms.",
        {
            "rooms": listing("要打扫的房间", "Rooms to clean", _ROOM, as_set=True),
            "mode": choice("清扫模式", "Mode", "quiet", "standard", "strong").optional("standard"),
        },
    ),
    Tool(
        "move_file",
        "files",
        "移动文件，原处不保留。",
        "Move a file; it does not stay where it was.",
        {
            "source": _PATH,
            "destination": string("目标文件夹的路径", "Path of the folder it goes to"),
            "overwrite": boolean("是否覆盖同名文件", "Whether to replace a file of that name").optional(False),
        },
    ),
    Tool(
        "copy_file",
        "files",
        "复制文件，原处保留。",
        "Copy a file; the original stays where it is.",
        {
            "source": _PATH,
            "destination": string("目标文件夹的路径", "Path of the folder it goes to"),
            "overwrite": boolean("是否覆盖同名文件", "Whether to replace a file of that name").optional(False),
        },
    ),
    Tool("delete_file", "files", "删除一个文件。", "Delete a file.", {"path": _PATH}),
    Tool(
        "compress_files",
        "files",
        "把若干文件打包成一个压缩包。",
        "Pack several files into one archive.",
        {
            "paths": listing("各文件的完整路径", "Full paths of the files", string("", ""), as_set=True),
            "archive": string("压缩包的完整路径", "Full path of the archive"),
            "format": choice("压缩格式", "Format", "zip", "tar").optional("zip"),
        },
    ),
    Tool(
        "query_database",
        "data",
        "从数据表中取出满足条件的记录。",
        "Fetch the rows of a table that meet conditions.",
        {
            "table": _TABLE,
            "filters": _FILTERS,
            "order_by": record(
                "排序方式",
                "How to sort",
                column=string("列名", "Name of the column"),
                direction=choice("方向", "Direction", "asc", "desc"),
            ).optional(),
            "limit": integer("最多返回的条数", "Most rows to return", minimum=1).optional(100),
        },
    ),
    Tool(
        "count_rows",
        "data",
        "统计数据表中满足条件的记录数，不返回记录本身。",
        "Count the rows of a table that meet conditions, without returning them.",
        {"table": _TABLE, "filters": _FILTERS},
    ),
    Tool(
        "convert_unit",
        "units",
        "在度量单位之间换算。",
        "Convert between units of measurement.",
        {
            "value": number("数值", "The number to convert"),
            "from_unit": choice("原单位", "Unit it is in", *_UNITS),
            "to_unit": choice("目标单位", "Unit it is wanted in", *_UNITS),
        },
    ),
)
