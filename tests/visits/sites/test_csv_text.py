"""Tables as spreadsheets write them, whatever they call a separator or an accent."""

import pytest

from visits.sites.csv_text import Column, ColumnsMissing, FileEmpty, FileTooBig, NotATable, read, text_of, written

COLUMNS = (
    Column(key="day", name="jour", also=("date",), required=True),
    Column(key="name", name="à confirmer", also=("tentative",)),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_spreadsheets_file_reads_alike(encoding: str, separator: str, newline: str) -> None:
    content = newline.join([f"Jour{separator}À CONFIRMER", "", f"25/12/2026{separator}Noël", ""]).encode(encoding)

    table = read(text_of(content), COLUMNS)

    assert [(line.number, dict(line.cells)) for line in table.lines] == [(3, {"day": "25/12/2026", "name": "Noël"})]


def test_a_line_keeps_its_number_behind_a_cell_of_several_lines() -> None:
    table = read('jour;tentative\n"a\nb";x\nc;y\n', COLUMNS)

    assert [line.number for line in table.lines] == [2, 4]


def test_examples_and_what_we_do_not_know_are_passed_over() -> None:
    table = read("sep=;\ndate;couleur\n# 25/12/2026;rouge\n01/01/2027;vert\n", COLUMNS)

    assert [dict(line.cells) for line in table.lines] == [{"day": "01/01/2027"}]
    assert table.ignored == ["couleur"]


def test_what_we_write_is_read_back_and_runs_no_formula() -> None:
    content = written(["jour", "tentative"], [["=cmd()", "-1"], ["a;b", 'dit "c"']], examples=[["x", "y"]])

    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\n=" not in content
    assert [dict(line.cells) for line in read(text_of(content), COLUMNS).lines] == [
        {"day": "=cmd()", "name": "-1"},
        {"day": "a;b", "name": 'dit "c"'},
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04workbook", b"\x89PNG\r\n", b"jour\x00;nom\n", b"\xff\xfe\x00"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(NotATable):
        text_of(content)


def test_nothing_is_refused_as_nothing() -> None:
    for content in (b"", b"  \r\n", b"\xef\xbb\xbf"):
        with pytest.raises(FileEmpty):
            text_of(content)
    with pytest.raises(FileEmpty):
        read("jour;nom\n# exemple\n", COLUMNS)


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(FileTooBig):
        text_of(b"x" * 400_001)
    with pytest.raises(FileTooBig):
        read("jour\n" + "25/12/2026\n" * 2001, COLUMNS)


def test_a_heading_without_its_columns_names_them() -> None:
    with pytest.raises(ColumnsMissing) as refused:
        read("nom;prénom\na;b\n", COLUMNS)

    assert refused.value.facts == {"columns": "jour"}
