import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.entities import Mention, Recogniser
from index.entities.recogniser import VERSION, recogniser_version

Row = tuple[str, str, str]
SEED = Path(__file__).parent.parent / "seeds" / "000_b6e6e01c1d4f9b19.txt"
KINDS = {"p": "person", "l": "place", "o": "organisation"}


def recognise(*texts: str) -> list[Mention]:
    return [m for mentions in Recogniser().recognise(texts) for m in mentions]


def names(text: str) -> list[str]:
    """The mentions of one text as ``span=kind:name``."""
    letters = {kind: letter for letter, kind in KINDS.items()}
    return [f"{m.text}={letters[m.kind]}:{m.name}" for m in recognise(text)]


PERSONS = [
    (
        "Rysslands president Vladimir Putin reser.",
        ["Rysslands=l:Ryssland", "Vladimir Putin=p:Vladimir Putin"],
    ),
    (
        "Mötet leddes av statsminister Magdalena Andersson (S).",
        ["Magdalena Andersson=p:Magdalena Andersson", "S=o:Socialdemokraterna"],
    ),
    (
        "Priset gick till Gunvor Tjäderlid, vd för bageriet.",
        ["Gunvor Tjäderlid=p:Gunvor Tjäderlid"],
    ),
    ("Det säger presidenten Emmerson Mnangagwa.", ["Emmerson Mnangagwa=p:Emmerson Mnangagwa"]),
    (
        "Lars-Erik Nyman och Carl XVI Gustaf kom.",
        ["Lars-Erik Nyman=p:Lars-Erik Nyman", "Carl XVI Gustaf=p:Carl XVI Gustaf"],
    ),
    (
        "Där satt kommissionens Ursula von der Leyen.",
        ["Ursula von der Leyen=p:Ursula von der Leyen"],
    ),
    ("Han är gift med Anne L'Huillier.", ["Anne L'Huillier=p:Anne L'Huillier"]),
    ("Fysikern Kim Dae-jung talade.", ["Kim Dae-jung=p:Kim Dae-jung"]),
    ("Hovrättsrådet Karin Ek avgår.", ["Karin Ek=p:Karin Ek"]),
    ("Målvakten Zecira Musovic räddade.", ["Zecira Musovic=p:Zecira Musovic"]),
    (
        "Interpellation 2010/11:8 av Holm, Jens (V)",
        ["Holm, Jens=p:Jens Holm", "V=o:Vänsterpartiet"],
    ),
    (
        "Eva von Berg (kd) och Per Ek (-) svarade.",
        ["Eva von Berg=p:Eva von Berg", "kd=o:Kristdemokraterna", "Per Ek=p:Per Ek"],
    ),
    (
        "Syriens ledare Bashar al-Assad flydde.",
        ["Syriens=l:Syrien", "Bashar al-Assad=p:Bashar al-Assad"],
    ),
    ("Talet hölls av kronprinsessan Victoria.", ["Victoria=p:Kronprinsessan Victoria"]),
    (
        "Jack London skrev om Hans Gerremo.",
        ["Jack London=p:Jack London", "Hans Gerremo=p:Hans Gerremo"],
    ),
]
PLACES = [
    ("Hon vann i Idre Fjäll.", ["Idre Fjäll=l:Idre Fjäll"]),
    ("Branden började i Ystad på Kvarngatan.", ["Ystad=l:Ystad", "Kvarngatan=l:Kvarngatan"]),
    ("Han bor i södra Stockholm.", ["södra Stockholm=l:Stockholm"]),
    (
        "Vägen går från Kiruna kommun till Kalmar län.",
        ["Kiruna kommun=l:Kiruna", "Kalmar län=l:Kalmar län"],
    ),
    (
        "Kriget i Mellanöstern, Gaza och på Krim.",
        ["Mellanöstern=l:Mellanöstern", "Gaza=l:Gaza", "Krim=l:Krim"],
    ),
    (
        "Polisen larmades till Norra Skolgatan.",
        ["Polisen=o:Polismyndigheten", "Norra Skolgatan=l:Norra Skolgatan"],
    ),
    ("Han kom till byn Vikmanstorp.", ["Vikmanstorp=l:Vikmanstorp"]),
    (
        "Flyget gick till New York och Sankt Petersburg.",
        ["New York=l:New York", "Sankt Petersburg=l:Sankt Petersburg"],
    ),
    ("MALMÖ. Tre greps.", ["MALMÖ=l:Malmö"]),
]
ORGANISATIONS = [
    (
        "Enligt tankesmedjan Institute for the study of war (ISW) dröjer det.",
        [
            "Institute for the study of war=o:Institute for the Study of War",
            "ISW=o:Institute for the Study of War",
        ],
    ),
    ("Hon valdes in i Svenska Akademien.", ["Svenska Akademien=o:Svenska Akademien"]),
    ("Professorn vid Kungliga Tekniska högskolan.", ["Kungliga Tekniska högskolan=o:KTH"]),
    (
        "Matchen mellan Malmö FF och IFK Göteborg.",
        ["Malmö FF=o:Malmö FF", "IFK Göteborg=o:IFK Göteborg"],
    ),
    (
        "Furulidens IF vann mot Ekängens BK.",
        ["Furulidens IF=o:Furulidens IF", "Ekängens BK=o:Ekängens BK"],
    ),
    ("Aktien i H&M och Volvo Cars steg.", ["H&M=o:H&M", "Volvo Cars=o:Volvo Cars"]),
    (
        "Facket IF Metall och Region Skåne säger nej.",
        ["IF Metall=o:IF Metall", "Region Skåne=o:Region Skåne"],
    ),
    ("Det beslutade EU-kommissionen.", ["EU-kommissionen=o:EU-kommissionen"]),
    ("Det rapporterar nyhetsbyrån Belta.", ["Belta=o:Belta"]),
    ("I går köpte bolaget Zentrigo en fabrik.", ["Zentrigo=o:Zentrigo"]),
    (
        "Forskare vid Uppsala universitet och University of Chicago.",
        [
            "Uppsala universitet=o:Uppsala universitet",
            "University of Chicago=o:University of Chicago",
        ],
    ),
    ("Nu säger Luleå kommun nej.", ["Luleå kommun=o:Luleå kommun"]),
    (
        "Vi tror på Internationella skidförbundet.",
        ["Internationella skidförbundet=o:Internationella skidförbundet"],
    ),
    (
        "Ryska Interfax och Dagens Nyheters reporter.",
        ["Interfax=o:Interfax", "Dagens Nyheters=o:Dagens Nyheter"],
    ),
]
GENITIVES = [
    (
        "Putins och Lukasjenkos möte",
        ["Putins=p:Vladimir Putin", "Lukasjenkos=p:Aleksandr Lukasjenko"],
    ),
    ("hos BBC:s och EU:s chefer", ["BBC:s=o:BBC", "EU:s=o:EU"]),
    (
        "i Belarus, Paris, Texas och Honduras",
        ["Belarus=l:Belarus", "Paris=l:Paris", "Texas=l:Texas", "Honduras=l:Honduras"],
    ),
    (
        "möter Lars Andersson och Anders Hansson",
        ["Lars Andersson=p:Lars Andersson", "Anders Hansson=p:Anders Hansson"],
    ),
    ("enligt Lars Lindqvists bok", ["Lars Lindqvists=p:Lars Lindqvist"]),
    ("enligt Karin Draghis bok", ["Karin Draghis=p:Karin Draghi"]),
    (
        "Sveriges, Norges och Ukrainas vilja",
        ["Sveriges=l:Sverige", "Norges=l:Norge", "Ukrainas=l:Ukraina"],
    ),
    ("mot Socialdemokraternas förslag", ["Socialdemokraternas=o:Socialdemokraterna"]),
]
VARIANTS = [
    ("Ja, säger von der Leyen.", ["von der Leyen=p:Ursula von der Leyen"]),
    ("President Zelensky i Kiev", ["Zelensky=p:Volodymyr Zelenskyj", "Kiev=l:Kyjiv"]),
    ("Lukashenko i Vitryssland", ["Lukashenko=p:Aleksandr Lukasjenko", "Vitryssland=l:Belarus"]),
    (
        "Förenta nationerna och NATO i Förenta staterna",
        ["Förenta nationerna=o:FN", "NATO=o:Nato", "Förenta staterna=l:USA"],
    ),
]
NAMED_AFTER_PERSONS = [
    *[
        (f"Larmet kom från {street} 17 i går.", [f"{street}=l:{street}"])
        for street in (
            "Karl Johansgatan",
            "Birger Jarlsgatan",
            "Hjalmar Brantingsplatsen",
            "Erik Dahlbergsgatan",
            "Dag Hammarskjöldsleden",
            "Katarina Bangata",
            "Olof Palmes gata",
            "Torsten Fogelqvists gata",
            "Sankt Eriksgatan",
        )
    ],
    ("Eleven på Elin Wägnerskolan.", ["Elin Wägnerskolan=o:Elin Wägnerskolan"]),
    ("Enligt Mehmet Kaplan är det så.", ["Mehmet Kaplan=p:Mehmet Kaplan"]),
    ("LKAB bryter fyndigheten Per Geijer.", ["LKAB=o:LKAB", "Per Geijer=l:Per Geijer"]),
    (
        "Vi mötte Francis Ford Coppola och Harrison Ford.",
        ["Francis Ford Coppola=p:Francis Ford Coppola", "Harrison Ford=p:Harrison Ford"],
    ),
    ("Bilen är en Ford.", ["Ford=o:Ford"]),
]
DESIGNATIONS = [
    ("SOS Alarm fick larmet.", ["SOS Alarm=o:SOS Alarm"]),
    ("Olycka E4 Skönsberg, Sundsvall.", ["Skönsberg=l:Skönsberg", "Sundsvall=l:Sundsvall"]),
    ("E45 Hökbäck trafikolycka.", []),
    ("Enligt RLC Syd är det lugnt.", ["RLC Syd=o:RLC Syd"]),
    ("Det säger Polisregion Nord.", ["Polisregion Nord=o:Polisregion Nord"]),
    ("Han valde JD Vance.", ["JD Vance=p:JD Vance"]),
    ("FM Pål Jonson kom.", ["Pål Jonson=p:Pål Jonson"]),
]
TOWNS_AND_CLUBS = [
    *[
        (f"Rattfylleri, {town}.", [f"{town}=l:{town}"])
        for town in ("Degerfors", "Leksand", "Tingsryd", "Perstorp", "Brynäs", "Boliden")
    ],
    ("Vägen mot Leksand är stängd.", ["Leksand=l:Leksand"]),
    ("Leksand tog ledningen i matchen.", ["Leksand=o:Leksand"]),
    (
        "Degerfors vann mot Hammarby i allsvenskan.",
        ["Degerfors=o:Degerfors", "Hammarby=o:Hammarby"],
    ),
    ("Det blev 3–1 för Brynäs.", ["Brynäs=o:Brynäs"]),
    ("Gruvan i Boliden ägs av gruvbolaget Boliden.", ["Boliden=l:Boliden", "Boliden=o:Boliden"]),
    ("Boliden höjer vinsten.", ["Boliden=o:Boliden"]),
]
ORDINARY_WORDS = [
    ("Expo öppnar. Metro byggs ut. Kommunal service. Moderna hus. Omni skriver.", []),
    ("Enligt Expo och tidningen Metro.", ["Expo=o:Expo", "Metro=o:Metro"]),
    ("Vaccin från Moderna. Moderna säljer.", ["Moderna=o:Moderna", "Moderna=o:Moderna"]),
]
SINGLE_NAMES = [
    ("I går mötte vi Andersson i skogen.", ["Andersson=p:"]),
    ("Till slut kom Anna.", ["Anna=p:"]),
]
SOCIETIES = [
    (
        "Föreningen Ringdansens vänner dansar.",
        ["Föreningen Ringdansens vänner=o:Föreningen Ringdansens vänner"],
    ),
    (
        "Enligt Isvägsföreningen Raka spåret plogas den.",
        ["Isvägsföreningen Raka spåret=o:Isvägsföreningen Raka spåret"],
    ),
    (
        "Säpo, Must och EBU.",
        ["Säpo=o:Säkerhetspolisen", "Must=o:Must", "EBU=o:EBU"],
    ),
]
NOTHING = [
    *[
        f"{word} var det sagt."
        for word in (
            "Länderna",
            "Bedömare",
            "Militärt",
            "Vanan",
            "Enligt",
            "Andra",
            "Sedan",
            "Å",
            "Högt",
            "Detta",
            "Ryska",
            "Inför",
            "Hans",
            "Måndagen",
            "Januari",
            "Julen",
            "Svenskar",
            "Statsministern",
            "Per",
            "Nyhetsbyrån",
            "Militären",
            "Kursen",
            "Gud",
            "Jorden",
            "Internet",
            "Covid",
            "Kulturen",
        )
    ],
    "”Vanan bryts. Undrar varför”, skriver han.",
    "– Självklart, svarar hon.",
    "Dagens ryska Minskbesök och Ukrainakriget.",
    "Den USA-baserade gruppen och Natochefen.",
    "Han fick Nobelpriset och vann Eurovision, OS, VM och Vasaloppet.",
    "Filmen Triangle of Sadness vann.",
    "The Lord of the Rings: The Return of the King",
    "POLISEN VARNAR FÖR NYA BEDRÄGERIER",
    "Hon såg ”Pelle Svanslös” i går.",
    "Efter något Zorbal till.",
    "Nationell strategi för läsning None None",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *PERSONS,
        *PLACES,
        *ORGANISATIONS,
        *GENITIVES,
        *VARIANTS,
        *NAMED_AFTER_PERSONS,
        *DESIGNATIONS,
        *TOWNS_AND_CLUBS,
        *ORDINARY_WORDS,
        *SINGLE_NAMES,
        *SOCIETIES,
        *((text, []) for text in NOTHING),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ["Ekmark avgår", "Vd Sara Ekmark avgår. Ekmarks beslut, säger Sara."],
            ["Sara Ekmark"] * 4,
        ),
        (
            ["Eva Palm mötte Jan Palm. Palm log. Sedan gick Eva Palm. Palm log."],
            ["Eva Palm", "Jan Palm", "Jan Palm", "Eva Palm", "Eva Palm"],
        ),
        (["Anna Ek och Anna Berg. Sedan sjöng Anna."], ["Anna Ek", "Anna Berg"]),
        (["Vi mötte Emmerson Mnangagwa. Mnangagwa log."], ["Emmerson Mnangagwa"] * 2),
        (
            ["Hon leder Global Energy Institute (GEI). GEI växer, säger GEI:s chef."],
            ["Global Energy Institute"] * 4,
        ),
        (
            ["Dramatiska institutet (DI) växer. Hon gick på DI."],
            ["Dramatiska institutet"] * 3,
        ),
        (
            ["Dagens Industri prisas", "Dramatiska institutet (DI) växer."],
            ["Dagens Industri", "Dramatiska institutet", "Dramatiska institutet"],
        ),
        (
            ["Uppsala Nya Tidning (UNT) växer. Hon skriver i UNT."],
            ["Upsala Nya Tidning"] * 3,
        ),
        (
            ["Kim Jong Un mötte Donald J. Trump. Trump log."],
            ["Kim Jong-un", "Donald Trump", "Donald Trump"],
        ),
        (["Melania Trump reste. Trump log."], ["Melania Trump"] * 2),
        (["Ford är död", "Harrison Ford är död. Ford var stor."], ["Harrison Ford"] * 3),
        (
            ["Ford varslar", "Ford varslar. Det säger Bill Ford. Ford växer."],
            ["Ford", "Ford", "Bill Ford", "Ford"],
        ),
        (["Malmen i Per Geijer. Fyndigheten Per Geijer växer."], ["Per Geijer"] * 2),
        (["Abba är tillbaka. Abbas nya skiva."], ["Abba"] * 2),
        (["Mahmoud Abbas log. Abbas tal."], ["Mahmoud Abbas"] * 2),
        (
            [
                "NCT höjer",
                "Nationellt centrum för terrorhotbedömning (NCT) höjer.",
            ],
            ["Nationellt centrum för terrorhotbedömning"] * 3,
        ),
        (["Enrico Lettas rapport. Letta log."], ["Enrico Letta"] * 2),
        (["Karin Zotas besök. Karin Zota log."], ["Karin Zota"] * 2),
        (["Karin Zotas besökte. Karin Zotas log."], ["Karin Zotas"] * 2),
        (["Karin Zelfrens bok. Zelfrens log."], ["Karin Zelfrens"] * 2),
        (["Karin Zelfrens bok. Zelfren log."], ["Karin Zelfren"] * 2),
        (["Statsrådet Sten Tolgfors bok."], ["Sten Tolgfors"]),
        (["Anna Lena Ek log. Anna-Lena Ek log. Anna-Lena Ek gick."], ["Anna-Lena Ek"] * 3),
        (["I Sharm el-Sheikh. I Sharm-el-Sheikh."], ["Sharm el-Sheikh"] * 2),
        (
            ["Det säger drottning Silvia. Drottning Silvia log. Silvia gick."],
            ["Drottning Silvia"] * 3,
        ),
        (["Prins William talade. William gick."], ["Prins William"] * 2),
        (
            ["Kronprinsessan Victoria talade. Sedan kom Victoria Ek. Victoria log."],
            ["Kronprinsessan Victoria", "Victoria Ek"],
        ),
        (["Victoria Ek kom. Victoria log."], ["Victoria Ek"] * 2),
        (
            ["Chefen för Finansinspektionen (FI) har gått. I dag får FI en ny."],
            ["Finansinspektionen"] * 3,
        ),
        (
            ["Kungliga Vetenskapsakademien har möte. Sedan säger Akademien nej."],
            ["Kungliga Vetenskapsakademien"] * 2,
        ),
        (
            ["Svenska Akademien och Kungliga Vetenskapsakademien möts. Akademien säger nej."],
            ["Svenska Akademien", "Kungliga Vetenskapsakademien", "Svenska Akademien"],
        ),
    ],
)
def test_names_across_the_article(texts: list[str], expected: list[str]) -> None:
    assert [m.name for m in recognise(*texts) if m.name] == expected


def test_a_long_list_of_persons_with_their_parties() -> None:
    said = "Anna Ek (S) och Holm, Jens (V) röstade nej. "
    assert names(300 * said) == 300 * names(said)
    assert [name.partition(":")[2] for name in names(said)] == [
        "Anna Ek", "Socialdemokraterna", "Jens Holm", "Vänsterpartiet",
    ]  # fmt: skip


def test_the_users_article() -> None:
    mentions = recognise(SEED.read_text(encoding="utf-8"))
    by_kind = {kind: {m.name for m in mentions if m.kind == kind} for kind in KINDS.values()}
    assert by_kind == {
        "person": {"Vladimir Putin", "Aleksandr Lukasjenko", "Steve Rosenberg"},
        "place": {"Ryssland", "Belarus", "Minsk", "Moskva", "Ukraina"},
        "organisation": {"BBC", "Institute for the Study of War", "Interfax", "Belta", "Twitter"},
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("Rosen", "Rosen\u00ad").replace("Minsk", "\u200bMin\u00adsk"),
    ],
)
def test_decomposed_text_and_soft_hyphens_keep_names(change: Callable[[str], str]) -> None:
    text = SEED.read_text(encoding="utf-8")
    assert [(m.kind, m.name) for m in recognise(change(text))] == [
        (m.kind, m.name) for m in recognise(text)
    ]


def check_spans(texts: list[str]) -> None:
    found = Recogniser().recognise(texts)
    assert len(found) == len(texts)
    for text, mentions in zip(texts, found, strict=True):
        end = 0
        for mention in mentions:
            assert end <= mention.start < mention.end
            assert mention.text == text[mention.start : mention.end]
            assert mention.name.strip() == mention.name
            assert mention.name or mention.kind == "person"
            end = mention.end


PIECES = (
    *(
        "Anna",
        "Lars",
        "Ek",
        "Putins",
        "Malmö",
        "FF",
        "Stockholms",
        "län",
        "kommun",
        "i",
        "på",
        "av",
    ),
    *("von", "der", "Leyen", "EU:s", "BBC", "ISW", "(ISW)", "Svenska", "Akademien", "University"),
    *(
        "of",
        "Chicago",
        "J.",
        "W.",
        "é",
        "A\u030angstro\u0308m",
        "Skå\u00adne",
        "al-Assad",
        "”Bron”",
    ),
    *("–", ".", ",", ":", "\n", "USA-baserade", "McDonald's", "H&M", "12", "ÅR", "İstanbul"),
    *("\ud800", "\x00", "Södra", "Skolgatan", "nyhetsbyrån", "filmen", "säger"),
)
WORDS = st.sampled_from(PIECES)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60) | st.lists(WORDS, max_size=25).map(" ".join), max_size=3))
def test_spans_are_exact_sorted_and_apart(texts: list[str]) -> None:
    check_spans(texts)


@pytest.mark.parametrize(
    "text",
    [
        "A" * 1_000_000,
        "A " * 50_000,
        "Anna " * 50_000,
        "A." * 50_000,
        "Aa-" * 100_000,
        "Aa:s" * 50_000,
        "Anna Ek, " * 10_000,
        "”(" * 100_000,
        "University of " * 20_000,
        " " * 300_000 + "A",
        "A\u0301\u0302" * 50_000,
        "Svenska " * 40_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_take_linear_time(text: str) -> None:
    started = time.process_time()
    check_spans([text])
    assert time.process_time() - started < 2


def test_empty_input() -> None:
    assert Recogniser().recognise([]) == []
    assert Recogniser().recognise(["", "\x00\ud800"]) == [[], []]


def test_the_version_follows_rules_and_lists() -> None:
    version = recogniser_version()
    assert version.startswith(f"{VERSION}-")
    assert recogniser_version() is version
