"""Tools of services: shopping and parcels, travel and places, money."""

from benchharness.tasks.generators._tools_daily import CITY, DATE, TIME
from benchharness.tasks.generators._tools_schema import Tool, boolean, choice, integer, listing, number, record, string

_ORDER = string("订单号", "Order number")
_CURRENCIES = ("CNY", "USD", "EUR", "JPY", "GBP")
_SYMBOL = string("股票代码", "Ticker symbol")
_AIRPORT = ("机场的IATA三字码", "IATA code of the airport, three letters")

SHOPPING = (
    Tool("get_order_status", "shopping", "查询订单的状态。", "The status of an order.", {"order_id": _ORDER}),
    Tool(
        "cancel_order",
        "shopping",
        "取消尚未发货的订单。",
        "Cancel an order that has not been shipped.",
        {"order_id": _ORDER},
    ),
    Tool(
        "request_refund",
        "shopping",
        "为已收到货的订单申请退款。",
        "Ask for a refund for an order that has arrived.",
        {"order_id": _ORDER, "reason": choice("原因", "Reason", "damaged", "wrong_item", "not_needed")},
    ),
    Tool(
        "search_products",
        "shopping",
        "按品类和价格上限搜索商品。",
        "Search for products by category and highest price.",
        {
            "category": choice("品类", "Category", "headphones", "keyboard", "backpack", "kettle", "desk_lamp"),
            "max_price": number("最高价格", "Highest price"),
            "sort_by": choice("排序方式", "How to sort", "relevance", "price", "rating").optional("relevance"),
            "in_stock_only": boolean("是否只要有货的", "Whether only those in stock are wanted").optional(False),
        },
    ),
    Tool(
        "add_to_cart",
        "shopping",
        "把商品加入购物车。",
        "Put a product into the shopping cart.",
        {"product_id": string("商品编号", "Id of the product"), "quantity": integer("数量", "How many", minimum=1)},
    ),
    Tool(
        "track_parcel",
        "shopping",
        "按运单号查询包裹的物流进度。",
        "Track a parcel by its tracking number.",
        {"tracking_number": string("运单号", "Tracking number")},
    ),
    Tool(
        "schedule_pickup",
        "shopping",
        "预约快递员上门取件。",
        "Have a courier pick up a parcel.",
        {
            "address_id": string("取件地址编号", "Id of the address"),
            "date": DATE,
            "slot": choice("时段", "Part of the day", "morning", "afternoon", "evening"),
        },
    ),
)

TRAVEL = (
    Tool(
        "get_directions",
        "travel",
        "规划从一城市到另一城市的路线，给出怎么走。",
        "Plan a route from one city to another, step by step.",
        {
            "origin": CITY,
            "destination": CITY,
            "mode": choice("出行方式", "Means of travel", "driving", "transit", "cycling").optional("driving"),
            "avoid": listing(
                "要避开的路段", "What to avoid", choice("", "", "tolls", "ferries", "highways"), as_set=True
            ).optional(),
        },
    ),
    Tool(
        "get_distance",
        "travel",
        "计算两座城市之间的直线距离，不规划路线。",
        "The straight-line distance between two cities, without a route.",
        {"origin": CITY, "destination": CITY},
    ),
    Tool(
        "find_nearby",
        "travel",
        "在当前位置附近查找某类场所。",
        "Find places of a kind near the present position.",
        {
            "category": choice("场所类别", "Kind of place", "pharmacy", "parking", "atm", "gym", "library"),
            "radius": integer("搜索半径（米）", "Search radius in metres", minimum=1),
            "open_now": boolean("是否只要正在营业的", "Whether only those open now are wanted").optional(False),
        },
    ),
    Tool(
        "search_trains",
        "travel",
        "查询两座城市之间某一天的火车车次。",
        "Trains between two cities on a given day.",
        {
            "from_city": CITY,
            "to_city": CITY,
            "date": DATE,
            "train_type": choice("列车类型", "Type of train", "any", "high_speed", "regular").optional("any"),
        },
    ),
    Tool(
        "book_train_ticket",
        "travel",
        "预订指定车次的火车票。",
        "Book tickets for a given train.",
        {
            "train_number": string("车次", "Number of the train"),
            "date": DATE,
            "seat_class": choice("席别", "Class", "business", "first", "second"),
            "passengers": integer("乘客人数", "Number of passengers", minimum=1),
        },
    ),
    Tool(
        "cancel_train_ticket",
        "travel",
        "退掉已订的火车票。",
        "Cancel a booked train ticket.",
        {"ticket_id": string("车票编号", "Id of the ticket")},
    ),
    Tool(
        "search_flights",
        "travel",
        "查询两个机场之间某一天的航班。",
        "Flights between two airports on a given day.",
        {
            "origin": string(*_AIRPORT),
            "destination": string(*_AIRPORT),
            "date": DATE,
            "passengers": record(
                "乘客",
                "Passengers",
                adults=integer("成人数", "Number of adults", minimum=1),
                children=integer("儿童数", "Number of children", minimum=0).optional(0),
            ).optional(),
            "cabin": choice("舱位", "Cabin", "economy", "business", "first").optional("economy"),
        },
    ),
    Tool(
        "search_hotels",
        "travel",
        "搜索某城市在入住期间有房的酒店。",
        "Search for hotels in a city with free rooms for a stay.",
        {
            "city": CITY,
            "check_in": string("入住日期，YYYY-MM-DD", "Date of arrival, YYYY-MM-DD"),
            "check_out": string("离店日期，YYYY-MM-DD", "Date of departure, YYYY-MM-DD"),
            "guests": integer("入住人数", "Number of guests", minimum=1).optional(1),
            "min_stars": integer("最低星级", "Fewest stars", minimum=1, maximum=5).optional(),
        },
    ),
    Tool(
        "book_hotel",
        "travel",
        "预订指定酒店的客房。",
        "Book rooms in a given hotel.",
        {
            "hotel_id": string("酒店编号", "Id of the hotel"),
            "check_in": string("入住日期，YYYY-MM-DD", "Date of arrival, YYYY-MM-DD"),
            "nights": integer("住几晚", "Number of nights", minimum=1),
            "room": record(
                "客房",
                "Rooms",
                type=choice("房型", "Type", "single", "double", "family"),
                count=integer("间数", "How many", minimum=1),
            ),
        },
    ),
    Tool(
        "cancel_hotel_booking",
        "travel",
        "取消已有的酒店预订。",
        "Cancel an existing hotel booking.",
        {"booking_id": string("预订编号", "Id of the booking")},
    ),
    Tool(
        "search_restaurants",
        "travel",
        "搜索某城市的餐厅。",
        "Search for restaurants in a city.",
        {
            "city": CITY,
            "cuisine": choice("菜系", "Cuisine", "sichuan", "cantonese", "italian", "japanese", "vegetarian"),
            "max_price_per_person": number("人均价格上限", "Highest price a person").optional(),
        },
    ),
    Tool(
        "reserve_table",
        "travel",
        "在指定餐厅订座。",
        "Reserve a table in a given restaurant.",
        {
            "restaurant_id": string("餐厅编号", "Id of the restaurant"),
            "date": DATE,
            "time": TIME,
            "party_size": integer("用餐人数", "Number of people", minimum=1),
        },
    ),
)

MONEY = (
    Tool(
        "transfer_money",
        "money",
        "从本人账户向另一账户转账。",
        "Transfer money from the user's account to another one.",
        {
            "to_account": string("收款账号", "Number of the receiving account"),
            "amount": number("金额", "Amount"),
            "currency": choice("币种", "Currency", *_CURRENCIES),
        },
    ),
    Tool(
        "get_balance",
        "money",
        "查询账户余额。",
        "The balance of an account.",
        {"account_id": string("账号", "Number of the account")},
    ),
    Tool(
        "list_transactions",
        "money",
        "列出账户在一段日期内的交易明细。",
        "List the transactions of an account between two dates.",
        {
            "account_id": string("账号", "Number of the account"),
            "start_date": string("开始日期（含），YYYY-MM-DD", "First date, inclusive, YYYY-MM-DD"),
            "end_date": string("结束日期（含），YYYY-MM-DD", "Last date, inclusive, YYYY-MM-DD"),
            "min_amount": number("最低金额", "Least amount").optional(),
        },
    ),
    Tool(
        "convert_currency",
        "money",
        "按当前汇率换算货币，不转账。",
        "Convert an amount at the present exchange rate, without moving money.",
        {
            "amount": number("金额", "Amount"),
            "from_currency": choice("原币种", "Currency it is in", *_CURRENCIES),
            "to_currency": choice("目标币种", "Currency it is wanted in", *_CURRENCIES),
        },
    ),
    Tool("get_stock_price", "money", "查询股票的最新价格。", "The latest price of a stock.", {"symbol": _SYMBOL}),
    Tool(
        "get_stock_history",
        "money",
        "查询股票在一段日期内的历史价格。",
        "The prices of a stock between two dates.",
        {
            "symbol": _SYMBOL,
            "start_date": string("开始日期（含），YYYY-MM-DD", "First date, inclusive, YYYY-MM-DD"),
            "end_date": string("结束日期（含），YYYY-MM-DD", "Last date, inclusive, YYYY-MM-DD"),
            "interval": choice("数据间隔", "Interval", "daily", "weekly", "monthly").optional("daily"),
        },
    ),
    Tool(
        "place_stock_order",
        "money",
        "提交股票买卖委托。",
        "Place an order to buy or sell a stock.",
        {
            "symbol": _SYMBOL,
            "side": choice("买卖方向", "Buy or sell", "buy", "sell"),
            "quantity": integer("股数", "Number of shares", minimum=1),
            "order": record(
                "委托方式",
                "Kind of order",
                type=choice("类型", "Type", "market", "limit"),
                limit_price=number("限价，仅限价委托需要", "Limit price, for limit orders only").optional(),
            ),
        },
    ),
)
