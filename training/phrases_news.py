"""Where and what: countries as texts show them, and news on several topics, for the texts written for training."""

# country -> what a text says that lies there: names, adjectives, cities, money
COUNTRIES: dict[str, tuple[str, ...]] = {
    "Germany": ("Germany", "German", "Berlin", "Hamburg", "Munich", "Bonn"),
    "France": ("France", "French", "Paris", "Lyon", "Marseille"),
    "United Kingdom": ("Britain", "British", "London", "Manchester", "the U.K.", "sterling"),
    "United States": ("the United States", "American", "Washington", "New York", "Chicago", "the U.S."),
    "Japan": ("Japan", "Japanese", "Tokyo", "Osaka", "yen"),
    "Canada": ("Canada", "Canadian", "Toronto", "Ottawa", "Vancouver"),
    "Italy": ("Italy", "Italian", "Rome", "Milan", "Turin"),
    "Spain": ("Spain", "Spanish", "Madrid", "Seville", "Barcelona"),
    "Portugal": ("Portugal", "Portuguese", "Lisbon", "Porto"),
    "Brazil": ("Brazil", "Brazilian", "Sao Paulo", "Rio de Janeiro", "Brasilia"),
    "Argentina": ("Argentina", "Argentine", "Buenos Aires", "Cordoba"),
    "Mexico": ("Mexico", "Mexican", "Mexico City", "Monterrey", "peso"),
    "Australia": ("Australia", "Australian", "Sydney", "Melbourne", "Canberra"),
    "New Zealand": ("New Zealand", "New Zealander", "Auckland", "Wellington"),
    "China": ("China", "Chinese", "Beijing", "Shanghai", "yuan"),
    "India": ("India", "Indian", "Delhi", "Mumbai", "rupee"),
    "South Korea": ("South Korea", "Korean", "Seoul", "Busan"),
    "Indonesia": ("Indonesia", "Indonesian", "Jakarta", "Bali"),
    "Turkey": ("Turkey", "Turkish", "Istanbul", "Ankara"),
    "Egypt": ("Egypt", "Egyptian", "Cairo", "Alexandria"),
    "Nigeria": ("Nigeria", "Nigerian", "Lagos", "Abuja"),
    "Kenya": ("Kenya", "Kenyan", "Nairobi", "Mombasa"),
    "South Africa": ("South Africa", "South African", "Johannesburg", "Cape Town"),
    "Russia": ("Russia", "Russian", "Moscow", "Soviet", "rouble"),
    "Poland": ("Poland", "Polish", "Warsaw", "Krakow"),
    "Sweden": ("Sweden", "Swedish", "Stockholm", "Gothenburg"),
    "Norway": ("Norway", "Norwegian", "Oslo", "Bergen"),
    "Netherlands": ("the Netherlands", "Dutch", "Amsterdam", "Rotterdam"),
    "Belgium": ("Belgium", "Belgian", "Brussels", "Antwerp"),
    "Switzerland": ("Switzerland", "Swiss", "Zurich", "Geneva"),
    "Austria": ("Austria", "Austrian", "Vienna", "Salzburg"),
    "Greece": ("Greece", "Greek", "Athens", "Crete"),
    "Iran": ("Iran", "Iranian", "Tehran"),
    "Saudi Arabia": ("Saudi Arabia", "Saudi", "Riyadh", "Jeddah"),
    "Israel": ("Israel", "Israeli", "Tel Aviv", "Haifa"),
    "Chile": ("Chile", "Chilean", "Santiago", "Valparaiso"),
    "Peru": ("Peru", "Peruvian", "Lima", "Cusco"),
    "Vietnam": ("Vietnam", "Vietnamese", "Hanoi", "Da Nang"),
    "Thailand": ("Thailand", "Thai", "Bangkok", "Chiang Mai"),
    "Philippines": ("the Philippines", "Filipino", "Manila", "Cebu"),
}

# news topic -> (who, did what) halves that fit together
NEWS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "farming": (
        ("farmers", "the grain board", "dairy producers", "the agriculture ministry", "growers"),
        (
            "expects a smaller harvest after the drought",
            "asked for higher support prices",
            "sowed more wheat this year",
            "exported 200,000 tonnes of maize",
            "warned that pests may cut yields",
        ),
    ),
    "energy": (
        ("the state oil company", "a power utility", "the energy ministry", "pipeline operators", "the refinery"),
        (
            "raised output by 50,000 barrels a day",
            "shut a plant for maintenance",
            "plans two offshore wind parks",
            "cut posted prices for heavy fuel",
            "signed a contract to drill for natural gas",
        ),
    ),
    "banking": (
        ("the central bank", "a commercial lender", "the finance minister", "bankers", "the treasury"),
        (
            "lowered its discount rate by half a point",
            "injected funds into the money market",
            "reported bad loans",
            "intervened to support the currency",
            "left reserve requirements unchanged",
        ),
    ),
    "trade": (
        ("trade negotiators", "exporters", "the customs office", "the commerce secretary", "importers"),
        (
            "imposed duties on electronic parts",
            "complained of unfair quotas",
            "reported a wider deficit with partners",
            "agreed to open the market to foreign goods",
            "threatened sanctions over dumping",
        ),
    ),
    "mining": (
        ("a mining group", "the copper smelter", "gold producers", "mine workers", "an exploration company"),
        (
            "found a new ore body",
            "went on strike over pay at the pit",
            "reduced silver output",
            "reopened the zinc mine",
            "declared force majeure on shipments of metal",
        ),
    ),
    "shipping": (
        ("dockers", "the port authority", "a shipping line", "tanker owners", "seamen"),
        (
            "ended a blockade of the harbour",
            "ordered four bulk carriers",
            "reported that vessels wait for berths",
            "stopped loading cargo",
            "raised freight rates",
        ),
    ),
    "company results": (
        ("the group", "a manufacturer", "the retail chain", "the board", "the holding company"),
        (
            "posted a quarterly profit",
            "raised its dividend",
            "reported a net loss per share",
            "expects higher earnings",
            "wrote off its investment",
        ),
    ),
    "takeovers": (
        ("an investor group", "the conglomerate", "the bidder", "directors", "shareholders"),
        (
            "offered to buy all outstanding shares",
            "rejected the hostile bid",
            "sold its stake in the subsidiary",
            "agreed to merge with a rival",
            "completed the acquisition",
        ),
    ),
    "elections": (
        ("the opposition", "the prime minister", "voters", "the ruling party", "the president"),
        (
            "lost seats in the parliament",
            "called an early vote",
            "leads in the polls",
            "formed a coalition",
            "demanded a recount of the ballots",
        ),
    ),
    "weather": (
        ("a storm", "floods", "a heat wave", "heavy snow", "an earthquake"),
        (
            "left thousands without power",
            "closed the main roads",
            "damaged houses along the coast",
            "forced villages to evacuate",
            "set a new record",
        ),
    ),
    "football": (
        ("the national team", "a striker", "the coach", "the league leaders", "fans"),
        (
            "scored twice in the final",
            "drew after extra time",
            "missed a penalty",
            "won the cup at home",
            "was sent off in the second half",
        ),
    ),
    "health": (
        ("hospitals", "doctors", "the health ministry", "nurses", "researchers"),
        (
            "reported new cases of measles",
            "began a vaccination campaign",
            "lack beds for patients",
            "approved a drug against diabetes",
            "warned of a flu epidemic",
        ),
    ),
    "technology": (
        ("a chip maker", "a start-up", "engineers", "the phone company", "programmers"),
        (
            "unveiled a faster processor",
            "fixed a security hole",
            "launched a satellite network",
            "built a robot for warehouses",
            "moved its data to the cloud",
        ),
    ),
    "education": (
        ("teachers", "universities", "the school board", "students", "parents"),
        (
            "protested against larger classes",
            "raised tuition fees",
            "introduced a new curriculum",
            "passed the final exams",
            "opened a library for children",
        ),
    ),
}
