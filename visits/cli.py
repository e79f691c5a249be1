"""The commands of `visits`. Each imports what it needs, so that a dry run of a file does not start a database."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from visits import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run one command; its result is the exit status."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if not hasattr(chosen, "run"):
        parser.print_help()
        return 2
    return int(chosen.run(chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="visits", description="From a declaration selected for control to its removal voucher."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser("demo", help="a whole port to try: database, web, worker, clearance simulator")
    demo.add_argument("--port", type=int, default=8000, help="where the pages are (default 8000)")
    demo.add_argument("--data", type=Path, default=Path(".data"), help="where everything is kept (default .data)")
    demo.add_argument("--seed", type=int, default=1, help="the chance of the sample port (default 1)")
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="the web application")
    serve.add_argument("--host", help="overrides VISITS_HOST")
    serve.add_argument("--port", type=int, help="overrides VISITS_PORT")
    serve.add_argument("--migrate", action="store_true", help="bring the database to the newest revision first")
    serve.set_defaults(run=_serve)

    worker = commands.add_parser("worker", help="delivers events, pushes reports, keeps the timetable")
    worker.set_defaults(run=_worker)

    simulator = commands.add_parser("simulator", help="a clearance system to try the links with")
    simulator.add_argument("--host", default="127.0.0.1")
    simulator.add_argument("--port", type=int, default=8100)
    simulator.add_argument("--data", type=Path, default=Path(".data/simulator.sqlite"), help="what it remembers")
    simulator.add_argument("--target", default="http://127.0.0.1:8000", help="where Visits is")
    simulator.add_argument("--key", default="", help="the API key Visits gave it (or VISITS_SIMULATOR_KEY)")
    simulator.add_argument("--secret", default="", help="signs the messages (or VISITS_CLEARANCE_SECRET)")
    simulator.add_argument("--delay", type=float, default=2.0, help="seconds before an answer")
    simulator.set_defaults(run=_simulator)

    take = commands.add_parser("import", help="take declarations (SAD XML) from files")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE")
    take.add_argument("--dry-run", action="store_true", help="only say what would be taken; needs no database")
    take.add_argument("--json", action="store_true", help="one line of JSON for each file")
    take.add_argument("--tenant", default="", help="host name of the administration (default: the only one)")
    take.set_defaults(run=_import)

    migrate = commands.add_parser("migrate", help="bring the database to the newest revision")
    migrate.set_defaults(run=_migrate)

    evidence = commands.add_parser("evidence", help="the chain that shows whether the past was changed")
    evidence_commands = evidence.add_subparsers(title="commands", metavar="COMMAND", required=True)
    verify = evidence_commands.add_parser("verify", help="recompute the chains; exit status 2 if a line was changed")
    verify.add_argument("--tenant", default="", help="host name of the administration (default: the only one)")
    verify.add_argument("--office", default="", metavar="CODE", help="this office's chain only")
    verify.add_argument("--since", type=Path, metavar="FILE", help="an earlier answer: follow what came after it")
    verify.add_argument("--first", type=int, default=1, metavar="N", help="begin at this link of the office's chain")
    verify.add_argument("--last", type=int, metavar="N", help="end at this link")
    verify.set_defaults(run=_evidence_verify)

    draw = commands.add_parser("draw", help="draws that anybody can prove")
    draw_commands = draw.add_subparsers(title="commands", metavar="COMMAND", required=True)
    replay = draw_commands.add_parser(
        "verify", help="replay published files, without a database; exit status 2 if a line does not follow"
    )
    replay.add_argument("files", nargs="+", type=Path, metavar="FILE", help="from /public/draws, as many as you like")
    replay.add_argument(
        "--since", action="append", default=[], type=Path, metavar="FILE", help="an earlier copy: it must still stand"
    )
    replay.add_argument("--language", default="fr", choices=("fr", "en", "pt"), help="default fr")
    replay.set_defaults(run=_draw_verify)
    promised = draw_commands.add_parser("list", help="what is promised for the coming days, one line of JSON for each")
    promised.add_argument("--tenant", default="", help="host name of the administration (default: the only one)")
    promised.add_argument("--office", default="", metavar="CODE", help="this office only")
    promised.add_argument("--days", type=int, default=7, metavar="N", help="from today on (default 7)")
    promised.set_defaults(run=_draw_list)
    witness = draw_commands.add_parser("witness", help="a witness's secret, on the witness's machine; no database")
    witness_commands = witness.add_subparsers(title="commands", metavar="COMMAND", required=True)
    new = witness_commands.add_parser("new", help="make a secret and print the anchor to publish")
    new.add_argument("file", type=Path, metavar="FILE", help="where the secret is kept; never written over")
    new.add_argument("--office", required=True, metavar="CODE")
    new.add_argument("--first", required=True, type=date.fromisoformat, metavar="DAY", help="two days ahead or later")
    new.add_argument("--days", type=int, default=365, metavar="N", help="default 365")
    new.set_defaults(run=_witness_new)
    value = witness_commands.add_parser("value", help="print the value of a day, to be brought on its eve")
    value.add_argument("file", type=Path, metavar="FILE")
    value.add_argument("day", type=date.fromisoformat, metavar="DAY")
    value.set_defaults(run=_witness_value)

    plan = commands.add_parser("plan", help="office-days planned and named at once")
    plan_commands = plan.add_subparsers(title="commands", metavar="COMMAND", required=True)
    publish = plan_commands.add_parser("publish", help="publish one day now, as the timetable would on its eve")
    publish.add_argument("--tenant", default="", help="host name of the administration (default: the only one)")
    publish.add_argument("--office", required=True, metavar="CODE")
    publish.add_argument("--day", required=True, type=date.fromisoformat, metavar="DAY")
    publish.set_defaults(run=_plan_publish)

    setup = commands.add_parser("setup", help="found an administration and invite its first administrator")
    setup.add_argument("--hostname", required=True, help="the name people type, e.g. visites.douanes.example")
    setup.add_argument("--name", required=True, help="the administration, as it stands on papers")
    setup.add_argument("--country", required=True, help="two letters, e.g. CI")
    setup.add_argument("--currency", default="", help="three letters (default: the country's)")
    setup.add_argument("--language", default="fr", choices=("fr", "en", "pt"), help="default fr")
    setup.add_argument("--admin", required=True, metavar="LOGIN", help="the first administrator's login")
    setup.add_argument("--admin-name", required=True, help="the first administrator's name")
    setup.add_argument("--office", default="", metavar="CODE", help="also add a first office with this code")
    setup.add_argument("--office-name", default="", help="its name (default: its code)")
    setup.add_argument("--tz", default="", help="its time zone (default: the country's, if it has one)")
    setup.set_defaults(run=_setup)

    admin = commands.add_parser("admin", help="when no administrator can sign in any more")
    admin_commands = admin.add_subparsers(title="commands", metavar="COMMAND", required=True)
    link = admin_commands.add_parser("link", help="a new one-time link for an administrator, printed once")
    link.add_argument("--login", required=True, help="the administrator's login")
    link.add_argument("--tenant", default="", help="host name of the administration (default: the only one)")
    link.add_argument("--lost-code", action="store_true", help="the telephone with the codes is lost too")
    link.set_defaults(run=_admin_link)

    doctor = commands.add_parser("doctor", help="check this installation")
    doctor.set_defaults(run=_doctor)
    return parser


def _demo(chosen: argparse.Namespace) -> int:
    from threading import Thread

    from visits.store.embedded import Embedded

    # The database comes up while the rest of the program is still being read; a fault is told by the real start.
    chosen.data.mkdir(parents=True, exist_ok=True)
    early = Thread(target=_quietly, args=[Embedded(chosen.data.resolve() / "postgres").start], daemon=True)
    early.start()
    from visits.demo.run import demo

    early.join()
    return demo(data=chosen.data, port=chosen.port, seed=chosen.seed, browser=not chosen.no_browser)


def _quietly(start: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        start()


def _serve(chosen: argparse.Namespace) -> int:
    from visits.serve import serve

    return serve(host=chosen.host, port=chosen.port, migrate=chosen.migrate)


def _worker(chosen: argparse.Namespace) -> int:
    from visits.serve import worker

    return worker()


def _simulator(chosen: argparse.Namespace) -> int:
    from visits.serve import simulator

    return simulator(
        host=chosen.host,
        port=chosen.port,
        data=chosen.data,
        target=chosen.target,
        key=chosen.key,
        secret=chosen.secret,
        delay=chosen.delay,
    )


def _import(chosen: argparse.Namespace) -> int:
    if chosen.dry_run:
        from visits.clearance.asycuda.dry_run import dry_run
        from visits.clock import SystemClock

        return dry_run(chosen.files, now=SystemClock().now(), out=sys.stdout)
    from visits.serve import import_files

    return import_files(chosen.files, tenant=chosen.tenant, as_json=chosen.json)


def _migrate(chosen: argparse.Namespace) -> int:
    from visits.serve import migrate

    return migrate()


def _evidence_verify(chosen: argparse.Namespace) -> int:
    from visits.serve import verify_evidence

    return verify_evidence(
        tenant=chosen.tenant, office=chosen.office, since=chosen.since, first=chosen.first, last=chosen.last
    )


def _draw_verify(chosen: argparse.Namespace) -> int:
    from visits.assignment.verify import verify_files

    return verify_files(chosen.files, since=chosen.since, language=chosen.language, out=sys.stdout)


def _draw_list(chosen: argparse.Namespace) -> int:
    from visits.serve import list_draws

    return list_draws(tenant=chosen.tenant, office=chosen.office, days=chosen.days)


def _plan_publish(chosen: argparse.Namespace) -> int:
    from visits.serve import publish_day

    return publish_day(tenant=chosen.tenant, office=chosen.office, day=chosen.day)


def _witness_new(chosen: argparse.Namespace) -> int:
    from visits.assignment.witness_file import new

    return new(chosen.file, office=chosen.office, first=chosen.first, days=chosen.days, out=sys.stdout)


def _witness_value(chosen: argparse.Namespace) -> int:
    from visits.assignment.witness_file import value

    return value(chosen.file, chosen.day, out=sys.stdout)


def _setup(chosen: argparse.Namespace) -> int:
    from visits.people.invite import Newcomer
    from visits.serve import setup
    from visits.sites.found import Administration, FirstOffice

    return setup(
        Administration(
            host=chosen.hostname,
            name=chosen.name,
            country=chosen.country,
            currency=chosen.currency,
            language=chosen.language,
        ),
        Newcomer(login=chosen.admin, name=chosen.admin_name, language=chosen.language),
        FirstOffice(code=chosen.office, name=chosen.office_name, tz=chosen.tz) if chosen.office else None,
    )


def _admin_link(chosen: argparse.Namespace) -> int:
    from visits.serve import admin_link

    return admin_link(login=chosen.login, tenant=chosen.tenant, lost_code=chosen.lost_code)


def _doctor(chosen: argparse.Namespace) -> int:
    from visits.doctor import doctor

    return doctor(sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
