"""The known elements of a SAD XML, as several administrations export it; the misspellings are theirs.

A line holds leaves, or opens a block with a colon. `=` marks a field that is read, `*` an element that may
repeat, `...` a block whose inside varies from country to country.
"""

from dataclasses import dataclass, field

_MONEY = "Amount_national_currency Amount_foreign_currency Currency_code Currency_name Currency_rate"

_OUTLINE = """
Export_release:
  Date_of_exit Time_of_exit Actual_office_of_exit_code Actual_office_of_exit_name Exit_reference Comments
  Date_of_Exit Time_of_Exit Actual_office_of_Exit_code Actual_office_of_Exit_name
Assessment_notice:
  Item_tax_total* Registration_year Assessment_year Total_item_taxes*
  Statement_number Statement_date Statement_serial
  Items_taxes:
    Item_tax*:
      Tax_code Tax_description Tax_amount Tax_mop
  Global_taxes:
    Global_tax_item*
Global_taxes:
  Global_tax_item*
Property:
  Sad_flow= Place_of_declaration Date_of_declaration Selected_page
  Forms:
    Number_of_the_form Total_number_of_forms
  Nbers:
    Number_of_loading_lists Total_number_of_items= Total_number_of_packages=
Identification:
  Office_segment:
    Customs_clearance_office_code= Customs_Clearance_office_name=
  Type:
    Type_of_declaration= Declaration_gen_procedure_code= Type_of_transit_document
  Manifest_reference_number=
  Registration:
    Serial_number= Number= Date=
  Assessment:
    Serial_number= Number= Date=
  receipt:
    Serial_number= Number= Date=
Traders:
  Exporter:
    Exporter_code= Exporter_name=
  Consignee:
    Consignee_code= Consignee_name=
  Financial:
    Financial_code= Financial_name=
Declarant:
  Declarant_code= Declarant_name= Declarant_representative=
  Reference:
    Number= Year
General_information:
  Country:
    Country_first_destination Trading_country Country_of_origin_name
    Export:
      Export_country_code Export_country_name Export_country_region
    Destination:
      Destination_country_code Destination_country_name Destination_country_region
  Value_details CAP Additional_information Comments_free_text Comments_free_Text
Transport:
  Means_of_transport:
    Departure_arrival_information:
      Identity= Nationality
    Border_information:
      Identity= Nationality Mode=
    Inland_mode_of_transport
  Container_flag= Single_waybill_flag Location_of_goods=
  Delivery_terms:
    Code= Place Situation
  Border_office:
    Code= Name=
  Place_of_loading:
    Code Name Country
Financial:
  Financial_transaction:
    code1 code2
  Bank:
    Code Name Branch Reference
  Terms:
    Code Description
  Total_invoice Deffered_payment_reference Mode_of_payment
  Amounts:
    Total_manual_taxes Global_taxes Totals_taxes=
  Guarantee:
    Name Amount= Date
    Excluded_country:
      Code Name
Warehouse:
  Identification= Delay
Transit:
  Principal:
    Code Name Representative
  Signature:
    Place Date
  Destination:
    Office Country
  Seals:
    Number Identity
  Result_of_control Time_limit Officer_name
Valuation:
  Calculation_working_mode Total_cost Total_CIF=
  Weight:
    Gross_weight
  Gs_Invoice:
    Amount_national_currency Amount_foreign_currency= Currency_code= Currency_name Currency_rate
  Gs_external_freight: $money
  Gs_External_freight: $money
  Gs_internal_freight: $money
  Gs_insurance: $money
  Gs_other_cost: $money
  Gs_deduction: $money
  Total:
    Total_invoice= Total_weight=
Container*:
  Item_Number= Container_identity= Container_type= Empty_full_indicator= Gross_weight Goods_description
  Packages_type Packages_number= Packages_weight
Prev_decl*:
  Prev_decl_office_code Prev_decl_reg_year Prev_decl_reg_serial Prev_decl_reg_number Prev_decl_item_number
  Prev_decl_HS_code Prev_decl_HS_prec Prev_decl_HS_spec Prev_decl_country_origin Prev_decl_number_packages
  Prev_decl_weight Prev_decl_supp_quantity Prev_decl_ref_value Prev_decl_current_item
  Prev_decl_number_packages_written_off Prev_decl_weight_written_off Prev_decl_supp_quantity_written_off
  Prev_decl_ref_value_written_off
PreviousItem*:
  Packages_number Previous_Packages_number Hs_code Commodity_code Previous_item_number Goods_origin Net_weight
  Prev_net_weight Prev_reg_ser Prev_reg_nbr Prev_reg_dat Prev_reg_cuo Suplementary_Quantity
  Preveious_suplementary_quantity Current_value Previous_value Current_item_number flag
Item*:
  Attached_documents*:
    Attached_document_code= Attached_document_name= Attached_document_reference=
    Attached_document_from_rule Attached_document_date= Attached_document_Authority
  Packages:
    Number_of_packages= Marks1_of_packages Marks2_of_packages Kind_of_packages_code= Kind_of_packages_name=
  IncoTerms:
    Code Place
  Tarification:
    Tarification_data Preference_code Extended_customs_procedure= National_customs_procedure Quota_code
    Item_price= Valuation_method_code Value_item Attached_doc_item A.I._code AI_code Tax_relief_code
    HScode:
      Commodity_code= Precision_1= Precision_2 Precision_3 Precision_4=
    Quota:
      QuotaCode QuotaId Quota_code
      QuotaItem*:
        ItmNbr
    Supplementary_unit*:
      Suppplementary_unit_code= Suppplementary_unit_name Suppplementary_unit_quantity=
      Supplementary_unit_rank Supplementary_unit_name
  Goods_description:
    Country_of_origin_code= Country_of_origin_region Description_of_goods= Commercial_Description=
    Specification_Code_Description
  Previous_doc:
    Summary_declaration= Summary_declaration_sl Previous_document_reference Previous_warehouse_code
  Licence_number Amount_deducted_from_licence Quantity_deducted_from_licence
  Free_text_1 Free_text_2 Free_Text_1 Free_Text_2
  Suppliers_link*:
    Suppliers_link_code
  write_off_unit*:
    write_off_unit_code write_off_unit_qty
  Taxation:
    Item_taxes_amount Item_taxes_guaranted_amount Item_taxes_mode_of_payment
    Counter_of_normal_mode_of_payment Displayed_item_taxes_amount
    Taxation_line*:
      Duty_tax_code= Duty_tax_Base Duty_tax_rate Duty_tax_amount Duty_tax_MP Duty_tax_Type_of_calculation
  Valuation_item:
    Weight_itm:
      Gross_weight_itm= Net_weight_itm=
    Total_cost_itm Total_CIF_itm Rate_of_adjustement Rate_of_adjustment Statistical_value=
    Alpha_coeficient_of_apportionment
    Item_Invoice: $money
    item_external_freight: $money
    item_External_freight: $money
    item_internal_freight: $money
    item_insurance: $money
    item_other_cost: $money
    item_deduction: $money
    Market_valuer:
      Rate Currency_code Currency_amount Basis_amount Basis_description
Supplier_documents*:
  Invoice_supplier_name Invoice_supplier_street Invoice_supplier_city Invoice_supplier_country
  Invoice_supplier_zip_code Invoice_supplier_telephone Invoice_supplier_fax Invoice_suppliert_email_address
  Suppliers_document_code Suppliers_document_itmlink
Suppliers_documents*:
  Suppliers_document_code Suppliers_document_itmlink Suppliers_document_name Suppliers_document_country
  Suppliers_document_city Suppliers_document_street Suppliers_document_telephone Suppliers_document_fax
  Suppliers_document_zip_code Suppliers_document_invoice_nbr Suppliers_document_invoice_amt
  Suppliers_document_type_code Suppliers_document_date
Vehicle_List*: ...
SW_scans_general_segment*:
  Document_id Document_reference Document_reference_date Document_type_code Document_type_name
SW_scans_items*:
  Document_id Document_reference Document_reference_date Document_type_code Document_type_name Item_number
"""


@dataclass(slots=True)
class Element:
    """What is known of one element: what may stand in it, and whether two of it would disagree."""

    name: str
    many: bool = False
    read: bool = False
    #: Any element may stand inside.
    varies: bool = False
    children: dict[str, "Element"] = field(default_factory=dict)
    #: This field is read, or one inside this block; or two of this block would disagree.
    noticed: bool = False
    #: Its path from the repeated element around it, or from the root.
    key: str = ""

    def inside(self, tag: str) -> "Element | None":
        """The known element of that name in this one."""
        return self if self.varies else self.children.get(tag)


def _element(word: str) -> Element:
    return Element(name=word.rstrip("=*"), many=word.endswith("*"), read=word.endswith("="))


def _grow(outline: str) -> Element:
    root = Element(name="ASYCUDA")
    lineage = [root]
    for line in outline.replace("$money", _MONEY).split("\n"):
        if not line:
            continue
        level = (len(line) - len(line.lstrip())) // 2
        del lineage[level + 1 :]
        opener, colon, leaves = line.strip().rpartition(":")
        if colon:
            block = _element(opener)
            block.varies = leaves.strip() == "..."
            lineage[-1].children[block.name] = block
            lineage.append(block)
        if not lineage[-1].varies:
            lineage[-1].children |= {leaf.name: leaf for leaf in map(_element, leaves.split())}
    _settle(root, level=0)
    return root


def _settle(element: Element, *, level: int) -> None:
    for child in element.children.values():
        inside = level > 0 and not element.many
        child.key = f"{element.key}/{child.name}" if inside else child.name
        _settle(child, level=level + 1)
    inner = any(child.noticed for child in element.children.values())
    element.noticed = element.read or inner or (level == 1 and not element.many)


ROOT = _grow(_OUTLINE)
ITEM = ROOT.children["Item"]
CONTAINER = ROOT.children["Container"]
