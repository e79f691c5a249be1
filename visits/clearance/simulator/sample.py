"""A sample declaration: the structure of a real export, goods of no one, a fictitious box with a true check digit."""

import random
from datetime import date

from stdnum import iso6346

_GOODS = (
    ("87083000", "Freins et leurs parties", "Disques de frein", "TR"),
    ("84213100", "Filtres d'entrée d'air", "Filtres à air", "CN"),
    ("69072100", "Carreaux de céramique", "Carreaux 60 x 60", "ES"),
    ("64029900", "Chaussures", "Sandales", "CN"),
)

_SAD = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<ASYCUDA>
 <Property><Sad_flow>I</Sad_flow><Nbers><Total_number_of_items>1</Total_number_of_items>
  <Total_number_of_packages>{count}</Total_number_of_packages></Nbers></Property>
 <Identification>
  <Office_segment><Customs_clearance_office_code>{office}</Customs_clearance_office_code></Office_segment>
  <Type><Type_of_declaration>IM</Type_of_declaration>
   <Declaration_gen_procedure_code>4</Declaration_gen_procedure_code></Type>
  <Registration><Serial_number>C</Serial_number><Number>{number}</Number><Date>{day}</Date></Registration>
 </Identification>
 <Traders>
  <Exporter><Exporter_name>EXPORTATEUR EXEMPLE</Exporter_name></Exporter>
  <Consignee><Consignee_code>2604817K</Consignee_code><Consignee_name>COMPTOIR EXEMPLE</Consignee_name></Consignee>
 </Traders>
 <Declarant><Declarant_code>{declarant}</Declarant_code><Declarant_name>TRANSIT LAGUNE EXEMPLE</Declarant_name>
  <Reference><Number>SIM{number}</Number></Reference></Declarant>
 <Transport><Container_flag>true</Container_flag><Location_of_goods>TC01</Location_of_goods></Transport>
 <Valuation><Total><Total_weight>{weight}</Total_weight></Total></Valuation>
 <Container><Item_Number>1</Item_Number><Container_identity>{box}</Container_identity>
  <Container_type>40HC</Container_type><Empty_full_indicator>1/1</Empty_full_indicator>
  <Packages_number>{count}</Packages_number></Container>
 <Item>
  <Packages><Number_of_packages>{count}</Number_of_packages>
   <Kind_of_packages_code>CT</Kind_of_packages_code></Packages>
  <Tarification><HScode><Commodity_code>{hs}</Commodity_code><Precision_1>00</Precision_1></HScode>
   <Extended_customs_procedure>4000</Extended_customs_procedure></Tarification>
  <Goods_description><Country_of_origin_code>{origin}</Country_of_origin_code>
   <Description_of_goods>{words}</Description_of_goods>
   <Commercial_Description>{trade}</Commercial_Description></Goods_description>
  <Valuation_item><Weight_itm><Gross_weight_itm>{weight}</Gross_weight_itm></Weight_itm></Valuation_item>
 </Item>
</ASYCUDA>
"""


def sample(place: int, day: date, *, seed: int = 1, office: str = "CIAB1", declarant: str = "00847P") -> bytes:
    """The sample declaration with this place in the row; the same seed and place give the same bytes."""
    chance = random.Random(f"{seed}/{place}")  # noqa: S311
    hs, words, trade, origin = chance.choice(_GOODS)
    body = f"QZVU{chance.randrange(10**6):06}"
    count = chance.randrange(40, 900)
    return _SAD.format(
        office=office,
        declarant=declarant,
        number=80000 + place,
        day=f"{day.month}/{day.day}/{day.year}",
        box=body + iso6346.calc_check_digit(body),
        count=count,
        weight=count * 20,
        hs=hs,
        words=words,
        trade=trade,
        origin=origin,
    ).encode()
