"""The pages of the submit app, used as a sender uses them."""

from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.tables.violations import ROWS_A_PAGE, by_row, by_rule, matching, pages_of
from pipelines.intake.violations import VIOLATIONS
from pipelines.services import refresh
from pipelines.services.submissions import history
from pipelines.settings import PROJECT_ROOT, Settings
from tests.dashboards.markup import markup
from tests.intake.valid_returns import Return, valid, write_zip

PAGES = PROJECT_ROOT / "dashboards" / "pages" / "submit"


@pytest.fixture
def asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the process that makes figures, which does not run here; and the pages' store is the test's."""
    said: list[str] = []
    monkeypatch.setattr(refresh, "warm_up", lambda: said.append("warm up"))
    monkeypatch.setattr(refresh, "refresh", lambda: said.append("refresh"))
    monkeypatch.setenv("INCLUSION_DATA_DIR", str(settings.data_dir))
    return said


def opened(name: str) -> AppTest:
    page = AppTest.from_file(str(PAGES / name), default_timeout=60).run()
    assert not page.exception, page.exception
    return page


def sent(tmp_path: Path, tables: Return, page: AppTest | None = None) -> AppTest:
    """Choose everything, upload the return and send it in."""
    page = page or opened("send.py")
    page.text_input(key="pick_who").set_value("sender@la").run()
    page.selectbox(key="pick_return").set_value("sen2").run()
    page.selectbox(key="pick_body").set_value("E08000025").run()
    page.selectbox(key="pick_period").set_value("2025").run()
    content = write_zip(tmp_path / "sen2.zip", "sen2", tables).read_bytes()
    page.file_uploader[0].set_value(("sen2.zip", content, "application/zip")).run()
    page.button(key="send").click().run()
    assert not page.exception, page.exception
    return page


def spoilt() -> Return:
    tables = valid("sen2")
    tables["persons"][2]["sex"] = "X"
    tables["requests"][1]["requestoutcomedate"] = "2024-01-01"
    return tables


def test_nothing_can_be_sent_until_everything_is_chosen(asked: list[str]) -> None:
    page = opened("send.py")
    assert page.button(key="send").disabled
    assert "Still needed: your name, local authority, a file." in markup(page)
    assert "Birmingham (E08000025)" in page.selectbox(key="pick_body").options
    assert asked == ["warm up"]


def test_a_refused_file_is_answered_by_rule_and_by_row_and_can_be_tried_again(
    asked: list[str], tmp_path: Path, settings: Settings
) -> None:
    page = sent(tmp_path, spoilt())
    text = markup(page)
    assert "Refused: 2 errors. What was there before stays." in text
    assert text.count("Use one of: F Female; M Male.") == 2, "once by rule, once by row"
    assert "persons, row 4" in text
    assert "requests, row 3" in text
    assert {button.proto.label for button in page.download_button} == {
        "Download my sheets with what is wrong in each row (XLSX)",
        "Download what is wrong as a list (CSV)",
    }
    page.text_input(key="search").set_value("ROW 4").run()
    assert "persons, row 4" in markup(page)
    assert "requests, row 3" not in markup(page)
    page.text_input(key="search").set_value("nowhere").run()
    assert "No row says that." in markup(page)
    assert "refresh" not in asked
    page.button(key="again").click().run()
    assert "The answer" not in markup(page)
    assert "Still needed: a file." in markup(page), "the choices stay"
    page = sent(tmp_path, valid("sen2"), page)
    assert "Accepted with 0 queries. Receipt " in markup(page)
    assert "No rule was broken." in markup(page)
    assert "refresh" in asked
    assert [record.state for record in history(settings)] == ["accepted", "refused"]


@pytest.mark.slow
def test_an_accepted_return_is_authorised_where_it_was_sent(
    asked: list[str], tmp_path: Path, settings: Settings
) -> None:
    page = sent(tmp_path, valid("sen2"))
    assert page.button(key="authorise").disabled
    page.checkbox(key="agreed").check().run()
    page.button(key="authorise").click().run()
    assert page.success[0].value == "Authorised by sender@la."
    assert history(settings)[0].authorised_by == "sender@la"
    page.button(key="authorise").click().run()
    assert page.warning[0].value == "sender@la has authorised it already."


@pytest.mark.slow
def test_history_lists_everything_and_authorises_what_counts(
    asked: list[str], tmp_path: Path, settings: Settings
) -> None:
    sent(tmp_path, valid("sen2"))
    sent(tmp_path, spoilt())
    page = opened("history.py")
    text = markup(page)
    assert text.count("sen2.zip") >= 2
    assert "persons codes: 1" in text, "the latest is picked, with its counts"
    assert ">X<" not in text, "what was found stays with the sender"
    accepted = history(settings)[1]
    assert len(page.checkbox) == 1, "a refused return cannot be authorised"
    page.text_input(key="pick_who").set_value("director@la").run()
    page.selectbox[1].set_value(accepted.submission_id).run()
    page.checkbox(key=f"agreed_{accepted.submission_id}").check().run()
    page.button(key=f"authorise_{accepted.submission_id}").click().run()
    assert not page.exception
    assert "accepted and authorised" in markup(page)
    assert history(settings)[1].authorised_by == "director@la"
    page.checkbox[0].check().run()
    assert "Nothing has been sent in yet." in markup(page), "the director sent nothing"


def test_an_unknown_body_or_a_full_disk_is_told_on_the_page(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.services import submit

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(submit, "receive", full)
    page = sent(tmp_path, valid("sen2"))
    assert page.error[0].value.startswith("The disk is full. This was not taken in")
    assert "The answer" not in markup(page)


def test_the_page_on_privacy_and_an_empty_history_open(asked: list[str]) -> None:
    assert "What is kept where" not in markup(opened("privacy.py"))
    assert "30 days" in opened("privacy.py").markdown[0].value
    assert "Nothing has been sent in yet." in markup(opened("history.py"))


def many(rows: int) -> pl.DataFrame:
    row = (
        "s",
        "persons",
        "sex",
        "codes",
        "error",
        "X<b>",
        "sex has a code that is not one of its set.",
        "Use one of: F; M.",
    )
    values = [(row[0], row[1], 2 + n, *row[2:]) for n in range(rows)]
    return pl.DataFrame(values, schema=VIOLATIONS, orient="row")


def test_every_row_is_on_some_page_once_and_nothing_is_markup(asked: list[str]) -> None:
    violations = many(2 * ROWS_A_PAGE + 1)
    assert pages_of(violations) == 3
    shown = [by_row(violations, page) for page in (1, 2, 3)]
    for row in (2, ROWS_A_PAGE + 1, ROWS_A_PAGE + 2, 2 * ROWS_A_PAGE + 2):
        assert sum(f"persons, row {row}<" in page for page in shown) == 1
    assert "Row by row: 201 to 201 of 201" in shown[2]
    assert "X<b>" not in "".join(shown)
    assert "201" in by_rule(violations)


@pytest.mark.parametrize(
    ("text", "severity", "rows"), [("", None, 30), ("row 17", None, 1), ("CODES", "error", 30), ("x<b", None, 30),
                                   (".*", None, 0), ("", "query", 0)],
)  # fmt: skip
def test_searching_is_for_what_is_written(text: str, severity: str | None, rows: int) -> None:
    assert matching(many(30), text, severity).height == rows
