"""Invented people for the demonstration: records in the names of the ministry's services, drawn faces and signatures.

Nobody real can be meant: NIKs use the district 5371.99, which does not exist (domain reference 4.1), every name has the
word CONTOH in it, faces are drawn, and the photo carries SPECIMEN.
"""

import calendar
import io
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from PIL import Image, ImageDraw, ImageFont

_DISTRICT_OF_NOBODY = "537199"
_PHOTO = (413, 531)  # 35 x 45 mm at 300 dpi
_SIGNATURE = (480, 160)
_RED, _BLUE = (176, 28, 38), (28, 66, 158)

_WOMEN = [
    "MARIA",
    "YULIANA",
    "ROSALINDA",
    "ADELINA",
    "BERNADETA",
    "FLORENTINA",
    "KATARINA",
    "DOMINGGAS",
    "YASINTA",
    "WILHELMINA",
    "ELISABET",
]
_MEN = [
    "YOHANES",
    "ANTONIUS",
    "DOMINGGUS",
    "MARSELINUS",
    "YOSEF",
    "BENEDIKTUS",
    "SILVESTER",
    "MELKIANUS",
    "FRANSISKUS",
    "GABRIEL",
    "AGUSTINUS",
]
# Put together from syllables of the region; families of these names are not meant.
_FAMILIES = [
    "BETELAKO",
    "NAHAKUNU",
    "SERANOEL",
    "TAEKBANA",
    "BRIALOE",
    "KLAUMETAN",
    "FATUNESI",
    "OEMALAKA",
    "NUBALINO",
    "LAKAMETI",
    "TOLESINA",
    "MANUBELO",
    "SIKOLANA",
    "NAIMESAK",
    "WELOBIRI",
    "HAUTEFA",
]
_STREETS = ["CENDANA", "LONTAR", "KASUARI", "GEWANG", "KOSAMBI", "FLAMBOYAN", "TENUN", "SASANDO", "PASIR", "BUNGA"]
_VILLAGES = (  # district number and name, village number and name: domain reference 4.2
    (1, "ALAK", 1001, "NAMOSAIN"),
    (1, "ALAK", 1012, "PENKASE OELETA"),
    (2, "MAULAFA", 1001, "OEPURA"),
    (2, "MAULAFA", 1008, "SIKUMANA"),
    (3, "KELAPA LIMA", 1011, "LASIANA"),
    (4, "OEBOBO", 1001, "OEBOBO"),
    (4, "OEBOBO", 1014, "TUAK DAUN MERAH"),
    (5, "KOTA RAJA", 1004, "NAIKOTEN SATU"),
    (6, "KOTA LAMA", 1002, "LAI LAI BISI KOPAN"),
    (6, "KOTA LAMA", 1009, "PASIR PANJANG"),
)
_BIRTH_PLACES = [
    "KUPANG",
    "SOE",
    "KEFAMENANU",
    "ATAMBUA",
    "KALABAHI",
    "LARANTUKA",
    "MAUMERE",
    "ENDE",
    "BAJAWA",
    "RUTENG",
    "WAINGAPU",
    "BAA",
]
_RELIGIONS = ("KRISTEN", "KATHOLIK", "ISLAM", "HINDU", "BUDHA", "KHONGHUCU", "KEPERCAYAAN TERHADAP TUHAN YME")
_RELIGION_WEIGHTS = (40, 32, 14, 4, 3, 2, 5)
_JOBS = [
    "PELAJAR/MAHASISWA",
    "PETANI/PEKEBUN",
    "NELAYAN/PERIKANAN",
    "KARYAWAN SWASTA",
    "WIRASWASTA",
    "GURU",
    "PERAWAT",
    "SOPIR",
    "TUKANG KAYU",
    "PEGAWAI NEGERI SIPIL (PNS)",
    "BURUH HARIAN LEPAS",
    "BELUM/TIDAK BEKERJA",
]
_SKINS = ((141, 85, 54), (165, 106, 70), (188, 128, 88), (205, 150, 108), (120, 72, 48))
_CLOTHES = ((236, 236, 232), (46, 62, 82), (96, 44, 52), (58, 84, 60), (72, 66, 96))


@dataclass(frozen=True)
class Person:
    """One invented record: ``fields`` by service name (ours where the service has none), and both pictures."""

    fields: dict[str, object]
    photo_jpeg: bytes
    signature_png: bytes


def make_people(count: int, seed: int) -> list[Person]:
    """The same ``count`` people for the same seed; every NIK once.

    :raises ValueError: more people than a running number of four digits tells apart.
    """
    if not 0 <= count <= 9999:
        raise ValueError(f"{count} invented people were asked for; from 0 to 9999 can be made")
    return list(itertools.islice(all_people(seed), count))


def all_people(seed: int) -> Iterator[Person]:
    """Yield the people of a seed one after the other, each drawn when asked for: 9,999, every NIK once."""
    chance = random.Random(seed)
    return (_person(chance, number) for number in range(1, 10_000))


def _person(chance: random.Random, number: int) -> Person:
    woman = chance.random() < 0.5
    year, month = chance.randint(1948, 2001), chance.randint(1, 12)
    born = date(year, month, chance.randint(1, calendar.monthrange(year, month)[1]))
    district, district_name, village, village_name = chance.choice(_VILLAGES)
    religion = chance.choices(_RELIGIONS, _RELIGION_WEIGHTS)[0]
    if number % 25 == 7:
        religion = _RELIGIONS[-1]  # a small demonstration shows the other label too
    fields: dict[str, object] = {
        "NIK": f"{_DISTRICT_OF_NOBODY}{born.day + 40 * woman:02}{born:%m%y}{number:04}",
        "NO_KK": f"{_DISTRICT_OF_NOBODY}010120{number:04}",
        "NAMA_LGKP": _name(chance, woman=woman, long=number % 10 == 3),
        "TMPT_LHR": chance.choice(_BIRTH_PLACES),
        "TGL_LHR": born.isoformat(),
        "JENIS_KLMIN": "PEREMPUAN" if woman else "LAKI-LAKI",
        "GOL_DARAH": chance.choice(("A", "B", "AB", "O", "O", "-", "A+", "AB-")),
        "ALAMAT": f"JL. {chance.choice(_STREETS)} CONTOH NO. {chance.randint(1, 180)}",
        "NO_RT": chance.randint(1, 40),
        "NO_RW": chance.randint(1, 15),
        "NO_PROP": 53,
        "NO_KAB": 71,
        "NO_KEC": district,
        "NO_KEL": village,
        "PROP_NAME": "NUSA TENGGARA TIMUR",
        "KAB_NAME": "KOTA KUPANG",
        "KEC_NAME": district_name,
        "KEL_NAME": village_name,
        "AGAMA": religion,
        "STATUS_KAWIN": chance.choice(("BELUM KAWIN", "KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI")),
        "JENIS_PKRJN": chance.choice(_JOBS),
        "EKTP_STATUS": "PRINT_READY_RECORD",
        "EKTP_CREATED": f"2018-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}T09:00:00+08:00",
        "EKTP_LOCAL_ID": f"CONTOH-{number:06}",
        "kewarganegaraan": "WNI",
        "berlaku_hingga": "SEUMUR HIDUP",
        "reason": chance.choice(("baru", "baru", "rusak", "hilang", "ubah_data", "pindah_datang")),
        "stock_type": "WNI",
        "tempat_terbit": "KOTA KUPANG",
    }
    ground = _RED if born.year % 2 else _BLUE  # domain reference 3.2
    return Person(fields, _face(chance, ground, woman=woman, old=born.year < 1962), _signature(chance))


def _name(chance: random.Random, *, woman: bool, long: bool) -> str:
    given = chance.sample(_WOMEN if woman else _MEN, 3)
    families = chance.sample(_FAMILIES, 4)
    if not long:
        return " ".join((given[0], "CONTOH", *families[: chance.randint(0, 2)]))
    name = ""
    for word in (given[0], given[1], "CONTOH", *families, given[2]):
        longer = f"{name} {word}".strip()
        name = longer if len(longer) <= 60 else name
    return name


def _shade(colour: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, round(level * part))) for level in colour)
    return red, green, blue


def _face(chance: random.Random, ground: tuple[int, int, int], *, woman: bool, old: bool) -> bytes:
    """A drawn head and shoulders on the ground colour: JPEG."""
    image = Image.new("RGB", _PHOTO, ground)
    draw = ImageDraw.Draw(image)
    skin = chance.choice(_SKINS)
    hair = (150, 148, 146) if old else _shade((38, 30, 28), chance.uniform(0.6, 1.4))
    clothes = chance.choice(_CLOTHES)
    middle, crown = 206 + chance.randint(-5, 5), 92 + chance.randint(-8, 8)
    half, long = chance.randint(80, 92), chance.randint(218, 238)  # half the width and the length of the head
    chin = crown + long
    if woman:
        fall = chin + chance.choice((-30, 60, 110))
        draw.rounded_rectangle((middle - half - 24, crown - 24, middle + half + 24, fall), radius=96, fill=hair)
    draw.rounded_rectangle((middle - 172, chin + 44, middle + 172, 640), radius=92, fill=clothes)
    draw.rounded_rectangle((middle - 42, chin - 60, middle + 42, chin + 74), radius=36, fill=_shade(skin, 0.82))
    collar = _shade(clothes, 0.75)
    draw.polygon([(middle - 62, chin + 40), (middle, chin + 108), (middle - 84, chin + 84)], fill=collar)
    draw.polygon([(middle + 62, chin + 40), (middle, chin + 108), (middle + 84, chin + 84)], fill=collar)
    if not woman:
        draw.ellipse((middle - half - 6, crown - 22, middle + half + 6, crown + 150), fill=hair)
    eyes = crown + long * 45 // 100
    for side in (-1, 1):
        ear = middle + side * half
        draw.ellipse((ear - 13, eyes - 18, ear + 13, eyes + 34), fill=_shade(skin, 0.9))
    draw.ellipse((middle - half, crown, middle + half, chin), fill=skin)
    fringe = chance.randint(40, 66)
    draw.chord((middle - half - 4, crown - 14, middle + half + 4, crown + 2 * fringe + 30), 180, 360, fill=hair)
    for side in (-1, 1):
        eye = middle + side * half * 45 // 100
        draw.ellipse((eye - 17, eyes - 8, eye + 17, eyes + 9), fill=(244, 242, 238))
        draw.ellipse((eye - 8, eyes - 8, eye + 8, eyes + 8), fill=(40, 26, 20))
        draw.arc((eye - 24, eyes - 32, eye + 24, eyes + 6), 205, 335, fill=_shade(hair, 0.9), width=6)
    draw.line(
        [(middle - 2, eyes + 12), (middle - 14, eyes + 58), (middle + 12, eyes + 60)], fill=_shade(skin, 0.75), width=5
    )
    mouth = crown + long * 78 // 100
    lips = (160, 62, 66) if woman else _shade(skin, 0.62)
    draw.arc((middle - 34, mouth - 24, middle + 34, mouth + 14), 20, 160, fill=lips, width=7)
    if chance.random() < 0.25:
        for side in (-1, 1):
            eye = middle + side * half * 45 // 100
            draw.rounded_rectangle((eye - 29, eyes - 22, eye + 29, eyes + 24), radius=12, outline=(24, 24, 26), width=4)
        draw.line([(middle - 10, eyes - 4), (middle + 10, eyes - 4)], fill=(24, 24, 26), width=4)
    dark = sum(clothes) < 384
    draw.text(
        (206, 496),
        "SPECIMEN",
        font=ImageFont.load_default(28),
        anchor="mm",
        fill=(240, 240, 240) if dark else (40, 40, 44),
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _signature(chance: random.Random) -> bytes:
    """A drawn signature: loops that wander to the right, and a stroke under them; PNG, one bit."""
    image = Image.new("L", _SIGNATURE, 255)
    draw = ImageDraw.Draw(image)
    width, height = _SIGNATURE
    loops = chance.randint(5, 9)
    points: list[tuple[float, float]] = [(24.0, height * 0.55)]
    for loop in range(loops):
        left = 24 + (width - 120) * loop / loops
        reach = chance.uniform(16, 58) * (1.1 - 0.6 * loop / loops)
        lean = chance.uniform(6, 26)
        points += [
            (left + lean + 10, height * 0.52 - reach),
            (left + lean - 6, height * 0.52 - reach * 0.4),
            (left + 14, height * 0.55 + reach * 0.5),
            (left + 34, height * 0.55),
        ]
    points.append((width - 24.0, height * 0.5 + chance.uniform(-20, 10)))
    draw.line(_smooth(points), fill=0, width=5, joint="curve")
    under = height * chance.uniform(0.8, 0.9)
    draw.line([(60, under), (width - 70, under - chance.uniform(4, 22))], fill=0, width=4)
    out = io.BytesIO()
    image.point(lambda level: 255 if level > 127 else 0).convert("1").save(out, "PNG")
    return out.getvalue()


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Round the corners (Chaikin, three times)."""
    for _ in range(3):
        rounded = [points[0]]
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            rounded += [(0.75 * x0 + 0.25 * x1, 0.75 * y0 + 0.25 * y1), (0.25 * x0 + 0.75 * x1, 0.25 * y0 + 0.75 * y1)]
        points = [*rounded, points[-1]]
    return points
