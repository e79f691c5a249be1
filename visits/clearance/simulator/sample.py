"""Writes sample SAD XML: the structure of a real export, invented goods, fictitious boxes with true check digits."""

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from stdnum import iso6346

#: Owner prefixes that belong to nobody.
PREFIXES = ("QZVU", "XTVU", "VSTU", "BDMU", "ZQXU")


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of the sample catalogue: HS, words, origin, package kind, weight and value of one package."""

    hs: str
    description: str
    trade_name: str
    origin: str
    kind: str
    kind_name: str
    kilograms: Decimal
    francs: int


CATALOGUE = (
    Goods("87083000", "Freins et leurs parties", "Disques de frein", "TR", "CT", "Carton", Decimal("20"), 28_000),
    Goods("84213100", "Filtres d'entrée d'air", "Filtres à air", "CN", "CT", "Carton", Decimal("9"), 21_500),
    Goods("69072100", "Carreaux de céramique", "Carreaux 60 x 60", "ES", "PX", "Palette", Decimal("980"), 310_000),
    Goods("15119010", "Huile de palme raffinée", "Huile de palme, bidons", "MY", "JC", "Bidon", Decimal("23"), 17_800),
    Goods("30049000", "Médicaments", "Paracétamol 500 mg", "IN", "CT", "Carton", Decimal("11"), 96_000),
    Goods("10063090", "Riz semi-blanchi", "Riz 25 % brisures", "VN", "BG", "Sac", Decimal("50"), 16_400),
    Goods("85076000", "Accumulateurs au lithium-ion", "Batteries 48 V", "CN", "CT", "Carton", Decimal("32"), 410_000),
    Goods("63090000", "Articles de friperie", "Friperie, balles", "BE", "BL", "Balle", Decimal("45"), 38_000),
    Goods("02071400", "Morceaux de coqs congelés", "Cuisses de poulet", "BR", "CT", "Carton", Decimal("10"), 11_900),
    Goods("44079900", "Bois sciés", "Planches de sapelli", "CM", "PX", "Palette", Decimal("1150"), 420_000),
    Goods("64029900", "Chaussures", "Sandales", "CN", "CT", "Carton", Decimal("14"), 52_000),
    Goods("33051000", "Shampooings", "Shampooing 400 ml", "FR", "CT", "Carton", Decimal("8"), 33_000),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one sample declaration says."""

    number: int
    day: date
    office: str
    office_name: str
    site: str
    declarant: tuple[str, str]
    consignee: tuple[str, str]
    lines: tuple[tuple[Goods, int], ...]
    boxes: tuple[str, ...]
    #: The ship's, if it brings the goods.
    manifest: str = ""

    @property
    def reference(self) -> str:
        """The declarant's own number."""
        return f"{self.day:%y}EX{self.number:06d}"


def box_number(chance: random.Random) -> str:
    """A fictitious container number with a true ISO 6346 check digit."""
    body = chance.choice(PREFIXES) + f"{chance.randrange(10**6):06d}"
    return body + str(iso6346.calc_check_digit(body))


def draw_sample(
    chance: random.Random,
    *,
    number: int,
    day: date,
    office: tuple[str, str],
    site: str,
    declarant: tuple[str, str],
    consignee: tuple[str, str],
) -> Sample:
    """A plausible declaration: one to four lines of goods in one to three boxes."""
    lines = tuple((goods, chance.randrange(40, 620, 20)) for goods in chance.sample(CATALOGUE, chance.randint(1, 4)))
    boxes = tuple(box_number(chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))
    return Sample(
        number=number,
        day=day,
        office=office[0],
        office_name=office[1],
        site=site,
        declarant=declarant,
        consignee=consignee,
        lines=lines,
        boxes=boxes,
    )


def sample(place: int, day: date, *, seed: int = 1) -> bytes:
    """The declaration behind the simulator's button; the same seed and place give the same bytes."""
    drawn = draw_sample(
        random.Random(f"{seed}/{place}"),  # noqa: S311
        number=80000 + place,
        day=day,
        office=("CIAB1", "Abidjan-Port"),
        site="TC01",
        declarant=("00847P", "Transit 1 Exemple"),
        consignee=("2604817K", "Importateur 1 Exemple"),
    )
    return xml(drawn)


def xml(sample: Sample) -> bytes:
    """The sample as ASYCUDA World writes it: month-first dates, empty blocks, one box entry for each item."""
    weight = sum((goods.kilograms * count for goods, count in sample.lines), Decimal(0))
    packages = sum(count for _, count in sample.lines)
    parts = [
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<ASYCUDA>',
        "<Property><Sad_flow>I</Sad_flow><Nbers>"
        f"<Total_number_of_items>{len(sample.lines)}</Total_number_of_items>"
        f"<Total_number_of_packages>{packages}</Total_number_of_packages></Nbers></Property>",
        "<Identification><Office_segment>"
        f"<Customs_clearance_office_code>{sample.office}</Customs_clearance_office_code>"
        f"<Customs_Clearance_office_name>{escape(sample.office_name)}</Customs_Clearance_office_name></Office_segment>"
        "<Type><Type_of_declaration>IM</Type_of_declaration>"
        "<Declaration_gen_procedure_code>4</Declaration_gen_procedure_code></Type>"
        f"<Manifest_reference_number>{escape(sample.manifest) or '<null/>'}</Manifest_reference_number>"
        f"<Registration><Serial_number>C</Serial_number><Number>{sample.number}</Number>"
        f"<Date>{sample.day.month}/{sample.day.day}/{sample.day:%y}</Date></Registration>"
        "<Assessment><Serial_number><null/></Serial_number></Assessment></Identification>",
        f"<Traders><Exporter><Exporter_name>Exportateur Exemple</Exporter_name></Exporter>"
        f"<Consignee><Consignee_code>{sample.consignee[0]}</Consignee_code>"
        f"<Consignee_name>{escape(sample.consignee[1])}</Consignee_name></Consignee></Traders>",
        f"<Declarant><Declarant_code>{sample.declarant[0]}</Declarant_code>"
        f"<Declarant_name>{escape(sample.declarant[1])}</Declarant_name>"
        f"<Reference><Number>{sample.reference}</Number></Reference></Declarant>",
        "<Transport><Means_of_transport><Departure_arrival_information><Identity>MV EXEMPLE</Identity>"
        "</Departure_arrival_information></Means_of_transport><Container_flag>true</Container_flag>"
        f"<Location_of_goods>{sample.site}</Location_of_goods></Transport>",
        f"<Valuation><Total><Total_weight>{weight}</Total_weight></Total></Valuation>",
        *(_box(sample, box) for box in sample.boxes),
        *(_item(goods, count) for goods, count in sample.lines),
        "</ASYCUDA>\n",
    ]
    return "\n".join(parts).encode()


def _box(sample: Sample, box: str) -> str:
    return "".join(
        f"<Container><Item_Number>{place}</Item_Number><Container_identity>{box}</Container_identity>"
        "<Container_type>40HC</Container_type><Empty_full_indicator>1/1</Empty_full_indicator>"
        f"<Packages_number>{count // len(sample.boxes)}</Packages_number></Container>"
        for place, (_, count) in enumerate(sample.lines, start=1)
    )


def _item(goods: Goods, count: int) -> str:
    return (
        "<Item><Attached_documents><Attached_document_code>380</Attached_document_code>"
        "<Attached_document_name>Facture</Attached_document_name></Attached_documents>"
        f"<Packages><Number_of_packages>{count}</Number_of_packages><Kind_of_packages_code>{goods.kind}"
        f"</Kind_of_packages_code><Kind_of_packages_name>{goods.kind_name}</Kind_of_packages_name></Packages>"
        f"<Tarification><HScode><Commodity_code>{goods.hs}</Commodity_code><Precision_1>00</Precision_1></HScode>"
        "<Extended_customs_procedure>4000</Extended_customs_procedure></Tarification>"
        f"<Goods_description><Country_of_origin_code>{goods.origin}</Country_of_origin_code>"
        f"<Description_of_goods>{escape(goods.description)}</Description_of_goods>"
        f"<Commercial_Description>{escape(goods.trade_name)}</Commercial_Description></Goods_description>"
        f"<Valuation_item><Weight_itm><Gross_weight_itm>{goods.kilograms * count}</Gross_weight_itm></Weight_itm>"
        f"<Statistical_value>{goods.francs * count}</Statistical_value></Valuation_item></Item>"
    )
