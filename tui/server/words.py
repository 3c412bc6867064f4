"""Words that sample data is made of. Every company, person and address is invented."""

from __future__ import annotations

STEMS = (
    "Alder", "Amber", "Anchor", "Aspen", "Beacon", "Birch", "Bluefin", "Brightwater", "Caldera", "Cedar", "Cobalt",
    "Copper", "Coral", "Crescent", "Delta", "Driftwood", "Eastgate", "Ember", "Fairview", "Falcon", "Fernhill",
    "Foxglove", "Glacier", "Granite", "Greenfield", "Harbour", "Hawthorn", "Heron", "Highland", "Hollow Oak", "Indigo",
    "Ironbridge", "Juniper", "Kestrel", "Kingfisher", "Lakeside", "Lantern", "Larkspur", "Lighthouse", "Linden",
    "Maple", "Meadow", "Meridian", "Millstone", "Northwind", "Nova", "Oakridge", "Onyx", "Orchard", "Osprey", "Pebble",
    "Pinecrest", "Polar", "Quarry", "Quill", "Redwood", "Ridgeline", "Riverbend", "Rowan", "Saffron", "Sandpiper",
    "Silverlake", "Skyline", "Solstice", "Sparrow", "Stonegate", "Summit", "Sunflower", "Tamarind", "Thistle",
    "Tidewater", "Timber", "Topaz", "Trellis", "Vantage", "Verdant", "Violet", "Westport", "Wildflower", "Willow",
)  # fmt: skip
TRADES = (
    "Analytics", "Bakery", "Biotech", "Brewing", "Capital", "Clinics", "Construction", "Consulting", "Dental", "Design",
    "Energy", "Fabrics", "Farms", "Foods", "Freight", "Furniture", "Games", "Glass", "Hotels", "Insurance", "Labs",
    "Legal", "Logistics", "Media", "Motors", "Networks", "Optics", "Outdoor", "Packaging", "Pharma", "Press",
    "Properties", "Robotics", "Schools", "Security", "Software", "Solar", "Studios", "Supply", "Systems", "Textiles",
    "Tools", "Toys", "Travel", "Ventures", "Water",
)  # fmt: skip
ELSEWHERE = (
    "Bäckerei Nußbaum", "Café Søren", "Łódź Logistyka", "Müller & Söhne", "São Bento Têxtil", "Crêperie Écluse",
    "Þingvellir Travel", "Çınar Yapı", "東京みどり商事", "大阪ファーム", "서울디자인", "深圳云网络", "Компас Логистика",
    "Αιγαίο Foods", "Nørrebro Cykler", "Señal Norte",
)  # fmt: skip
GIVEN = (
    "Ada", "Amara", "Andrés", "Anika", "Aoife", "Björn", "Camille", "Chen", "Chloë", "Dmitri", "Elif", "Emeka", "Eva",
    "Farah", "Felix", "Grace", "Hana", "Hugo", "Imani", "Ines", "Ivan", "Jin", "Joana", "Kai", "Lars", "Leila", "Liam",
    "Lucía", "Mateo", "Maya", "Mira", "Nadia", "Noah", "Nora", "Oskar", "Paula", "Rafael", "Ravi", "Rosa", "Sana",
    "Sofia", "Tariq", "Tomás", "Uma", "Viktor", "Wei", "Yara", "Yuki", "Zofia", "Zuri",
)  # fmt: skip
FAMILY = (
    "Abara", "Almeida", "Andersson", "Baker", "Bianchi", "Castillo", "Chowdhury", "Costa", "Dubois", "Eriksen",
    "Fischer", "Fontaine", "García", "Haddad", "Hoffmann", "Ibrahim", "Ito", "Jensen", "Kaya", "Kim", "Kowalska",
    "Lindqvist", "Marino", "Mbeki", "Meyer", "Moreau", "Nakamura", "Novák", "Okafor", "O'Brien", "Patel", "Petrov",
    "Quispe", "Rahman", "Reyes", "Rossi", "Santos", "Schmidt", "Silva", "Singh", "Suzuki", "Tanaka", "Thompson",
    "Vargas", "Virtanen", "Walsh", "Wójcik", "Yilmaz", "Zhang", "Ziegler",
)  # fmt: skip
OWNERS = ("Ana Souza", "Jürgen Groß", "Mei Lin", "Omar Haddad", "Priya Nair", "Sam Lee")
DEALS = (
    "renewal", "pilot", "starter plan", "annual licence", "expansion", "migration", "onboarding package",
    "support contract", "second site", "training days", "upgrade", "multi-year deal", "proof of concept",
    "team seats", "integration work", "audit", "hardware refresh", "rollout",
)  # fmt: skip
SOURCES = ("website", "referral", "event", "cold call", "partner", "newsletter", "social")
DEAL_LABELS = ("renewal", "emea", "apac", "upsell", "strategic", "discount", "legal review", "new logo", "at risk")
DEAL_NOTES = (
    "Spoke with purchasing; they want a quote with three payment terms.",
    "Decision moved to next quarter because of their re-organisation.",
    "Champion is convinced, finance still asks for a reference customer.",
    "Sent the security questionnaire; waiting for their IT.",
    "Compared with two competitors, we are not the cheapest but the only one with on-site training.",
    "Budget is approved. Legal has the contract.",
    "They use a home-grown spreadsheet today and lose about a day a week on it.",
    "Call back after the holidays.",
    "Prefers e-mail. Never call before ten.",
    "Asked for a discount of 15 %; offered 8 % for two years.",
)
TICKETS = (
    "Cannot sign in after the update", "Invoice shows the wrong address", "Export stops at 10,000 rows",
    "Password reset mail never arrives", "Dashboard is empty on Mondays", "Please add a second user",
    "Attachment cannot be opened", "Time zone is off by one hour", "Charged twice this month",
    "Import rejects accented names", "How do we change the logo?", "Slow search since yesterday",
    "Calendar sync duplicates meetings", "Need a copy of the contract", "Printer labels are cut off",
    "App closes when rotating the tablet", "Webhook is called twice", "Report totals do not add up",
)  # fmt: skip
TICKET_LABELS = ("bug", "billing", "question", "regression", "vip", "waiting on us", "docs")
TICKET_NOTES = (
    "Happens in every browser. Screenshot attached to the first mail.",
    "Reproduced with the data of March; the other months are fine.",
    "Customer was friendly but needs it before Friday.",
    "Worked around it by hand, root cause still open.",
    "Second report of this kind this week.",
    "Asked for the log file; no answer yet.",
)
CHANNELS = ("mail", "phone", "chat", "portal")
AREAS = ("billing", "sign-in", "import", "export", "reports", "mobile")
