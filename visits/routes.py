"""Every route of the service, in one list. The URL names the file: `/declarant/slots` is portals/declarant/slots.py."""

from typing import Any

from visits.booking import api as booking_api
from visits.booking import explain_api, groups_api
from visits.clearance import api as clearance_api
from visits.documents import api as documents_api
from visits.notify import api as notify_api
from visits.portals.admin import agencies as admin_agencies
from visits.portals.admin import buffers as admin_buffers
from visits.portals.admin import calendars as admin_calendars
from visits.portals.admin import checklists as admin_checklists
from visits.portals.admin import closures as admin_closures
from visits.portals.admin import files as admin_files
from visits.portals.admin import firms as admin_firms
from visits.portals.admin import holidays as admin_holidays
from visits.portals.admin import keys as admin_keys
from visits.portals.admin import notices as admin_notices
from visits.portals.admin import offices as admin_offices
from visits.portals.admin import people as admin_people
from visits.portals.admin import policies as admin_policies
from visits.portals.admin import quotas as admin_quotas
from visits.portals.admin import resources as admin_resources
from visits.portals.admin import sites as admin_sites
from visits.portals.agency import home as agency_home
from visits.portals.agency import visit as agency_visit
from visits.portals.chief import appeals as chief_appeals
from visits.portals.chief import assignment as chief_assignment
from visits.portals.chief import conflicts as chief_conflicts
from visits.portals.chief import declarations as chief_declarations
from visits.portals.chief import groups as chief_groups
from visits.portals.chief import home as chief_home
from visits.portals.chief import length as chief_length
from visits.portals.chief import manual as chief_manual
from visits.portals.chief import messages as chief_messages
from visits.portals.chief import notices as chief_notices
from visits.portals.chief import premises as chief_premises
from visits.portals.chief import regular as chief_regular
from visits.portals.chief import repair as chief_repair
from visits.portals.chief import replan as chief_replan
from visits.portals.chief import report as chief_report
from visits.portals.chief import room as chief_room
from visits.portals.chief import slots as chief_slots
from visits.portals.chief import urgent as chief_urgent
from visits.portals.chief import visit as chief_visit
from visits.portals.chief import walk_in as chief_walk_in
from visits.portals.chief import why as chief_why
from visits.portals.declarant import appointment as declarant_appointment
from visits.portals.declarant import arrive as declarant_arrive
from visits.portals.declarant import declaration as declarant_declaration
from visits.portals.declarant import documents as declarant_documents
from visits.portals.declarant import draw as declarant_draw
from visits.portals.declarant import earliest as declarant_earliest
from visits.portals.declarant import firm as declarant_firm
from visits.portals.declarant import groups as declarant_groups
from visits.portals.declarant import home as declarant_home
from visits.portals.declarant import language as declarant_language
from visits.portals.declarant import missed as declarant_missed
from visits.portals.declarant import notices as declarant_notices
from visits.portals.declarant import premises as declarant_premises
from visits.portals.declarant import provisional as declarant_provisional
from visits.portals.declarant import rate as declarant_rate
from visits.portals.declarant import regular as declarant_regular
from visits.portals.declarant import report as declarant_report
from visits.portals.declarant import slots as declarant_slots
from visits.portals.declarant import ticket as declarant_ticket
from visits.portals.declarant import voucher as declarant_voucher
from visits.portals.declarant import waitlist as declarant_waitlist
from visits.portals.declarant import wishes as declarant_wishes
from visits.portals.inspector import boxes as inspector_boxes
from visits.portals.inspector import day as inspector_day
from visits.portals.inspector import interests as inspector_interests
from visits.portals.inspector import item as inspector_item
from visits.portals.inspector import people as inspector_people
from visits.portals.inspector import photos as inspector_photos
from visits.portals.inspector import queue as inspector_queue
from visits.portals.inspector import report as inspector_report
from visits.portals.inspector import scan as inspector_scan
from visits.portals.inspector import trouble as inspector_trouble
from visits.portals.inspector import visit as inspector_visit
from visits.portals.integrator import home as integrator_home
from visits.portals.integrity import draws as integrity_draws
from visits.portals.integrity import home as integrity_home
from visits.portals.integrity import interests as integrity_interests
from visits.portals.office import absences as office_absences
from visits.portals.office import alarms as office_alarms
from visits.portals.office import draw as office_draw
from visits.portals.office import package as office_package
from visits.portals.office import report as office_report
from visits.portals.office import search as office_search
from visits.portals.office import visit as office_visit
from visits.portals.public import account as public_account
from visits.portals.public import draw as public_draw
from visits.portals.public import duty as public_duty
from visits.portals.public import help as public_help
from visits.portals.public import language as public_language
from visits.portals.public import metrics as public_metrics
from visits.portals.public import report as public_report
from visits.portals.public import signin as public_signin
from visits.portals.public import tour as public_tour
from visits.portals.public import witness as public_witness
from visits.portals.supervisor import board as supervisor_board
from visits.portals.supervisor import witness as supervisor_witness
from visits.portals.terminal import api as terminal_api
from visits.portals.terminal import gate as terminal_gate
from visits.portals.terminal import home as terminal_home
from visits.portals.terminal import positioning as terminal_positioning
from visits.portals.terminal import scanner as terminal_scanner
from visits.portals.terminal import ships as terminal_ships
from visits.reports import api as reports_api
from visits.web import health

ROUTES: list[Any] = [
    *booking_api.ROUTES,
    *explain_api.ROUTES,
    *groups_api.ROUTES,
    *clearance_api.ROUTES,
    *documents_api.ROUTES,
    *notify_api.ROUTES,
    *declarant_documents.ROUTES,
    *declarant_draw.ROUTES,
    *declarant_arrive.ROUTES,
    *declarant_earliest.ROUTES,
    *declarant_groups.ROUTES,
    *declarant_home.ROUTES,
    *declarant_notices.ROUTES,
    *public_language.ROUTES,
    *declarant_declaration.ROUTES,
    *declarant_appointment.ROUTES,
    *declarant_provisional.ROUTES,
    *declarant_language.ROUTES,
    *declarant_missed.ROUTES,
    *declarant_rate.ROUTES,
    *declarant_premises.ROUTES,
    *declarant_regular.ROUTES,
    *declarant_report.ROUTES,
    *declarant_slots.ROUTES,
    *declarant_ticket.ROUTES,
    *declarant_voucher.ROUTES,
    *declarant_waitlist.ROUTES,
    *declarant_wishes.ROUTES,
    *office_alarms.ROUTES,
    *office_draw.ROUTES,
    *office_absences.ROUTES,
    *office_report.ROUTES,
    *office_package.ROUTES,
    *office_search.ROUTES,
    *office_visit.ROUTES,
    *chief_appeals.ROUTES,
    *chief_assignment.ROUTES,
    *chief_conflicts.ROUTES,
    *chief_declarations.ROUTES,
    *chief_groups.ROUTES,
    *chief_manual.ROUTES,
    *chief_messages.ROUTES,
    *chief_notices.ROUTES,
    *chief_home.ROUTES,
    *chief_length.ROUTES,
    *chief_premises.ROUTES,
    *chief_regular.ROUTES,
    *chief_slots.ROUTES,
    *chief_urgent.ROUTES,
    *chief_room.ROUTES,
    *chief_visit.ROUTES,
    *chief_walk_in.ROUTES,
    *chief_why.ROUTES,
    *chief_repair.ROUTES,
    *chief_replan.ROUTES,
    *chief_report.ROUTES,
    *supervisor_board.ROUTES,
    *supervisor_witness.ROUTES,
    *admin_agencies.ROUTES,
    *admin_calendars.ROUTES,
    *admin_closures.ROUTES,
    *admin_files.ROUTES,
    *admin_holidays.ROUTES,
    *admin_checklists.ROUTES,
    *admin_firms.ROUTES,
    *admin_notices.ROUTES,
    *admin_keys.ROUTES,
    *admin_offices.ROUTES,
    *admin_people.ROUTES,
    *admin_policies.ROUTES,
    *admin_quotas.ROUTES,
    *admin_buffers.ROUTES,
    *admin_resources.ROUTES,
    *admin_sites.ROUTES,
    *agency_home.ROUTES,
    *agency_visit.ROUTES,
    *terminal_api.ROUTES,
    *terminal_gate.ROUTES,
    *terminal_home.ROUTES,
    *terminal_positioning.ROUTES,
    *terminal_scanner.ROUTES,
    *terminal_ships.ROUTES,
    *integrity_draws.ROUTES,
    *integrity_home.ROUTES,
    *integrity_interests.ROUTES,
    *integrator_home.ROUTES,
    *declarant_firm.ROUTES,
    *reports_api.ROUTES,
    *public_help.ROUTES,
    *health.ROUTES,
    *public_metrics.ROUTES,
    *inspector_boxes.ROUTES,
    *inspector_day.ROUTES,
    *inspector_interests.ROUTES,
    *inspector_item.ROUTES,
    *inspector_people.ROUTES,
    *inspector_photos.ROUTES,
    *inspector_queue.ROUTES,
    *inspector_report.ROUTES,
    *inspector_scan.ROUTES,
    *inspector_trouble.ROUTES,
    *inspector_visit.ROUTES,
    *public_account.ROUTES,
    *public_draw.ROUTES,
    *public_witness.ROUTES,
    *public_duty.ROUTES,
    *public_report.ROUTES,
    *public_signin.ROUTES,
    *public_tour.ROUTES,
]
