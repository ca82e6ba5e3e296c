"""Files that are not what a command reads: the error says what they are, and what reads them."""

from __future__ import annotations

import gzip

import pytest

from lrviz.core.file_kinds import BY_START, file_kind
from tests.conftest import Shell

LOG = "step,lr\n" + "".join(f"{step},{0.1 * (1 - step / 20)}\n" for step in range(20))
STATE = (
    '{"log_history": [{"learning_rate": 1e-4, "step": 10}, {"learning_rate": 5e-5, "step": 20}]}'
)
ROWS = (f'{{"step": {i}, "learning_rate": {1e-6 * (i - 1)}}}' for i in range(1, 10))
LONG_STATE = f'{{"log_history": [{", ".join(ROWS)}]}}'
CONFIG = (
    "base_model: a/b\nmicro_batch_size: 2\nmax_steps: 100\nlearning_rate: 1e-4\n"
    "lr_scheduler: cosine\nwarmup_steps: 10\n"
)
SVG = '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>'
IS_LOG = "is not a schedule that lrviz knows: it is a log, which lrviz audit"


@pytest.fixture
def folder(shell: Shell) -> Shell:
    texts = {
        "empty.yaml": "",
        "blank.csv": " \n\n",
        "log.csv": LOG,
        "state.json": STATE,
        "a.svg": SVG,
        "page.csv": "<!DOCTYPE html>\n<html></html>",
        "cut/trainer_state.json": STATE[:-20],
        "one/axolotl.yaml": CONFIG,
        "two/a.yaml": CONFIG,
        "two/b.yaml": CONFIG,
        "specs/a.yaml": "schedule: cosine\nT_max: 9\n",
        "empty/readme.txt": "",
        "run/trainer_state.json": LONG_STATE[:-20],
        "run/axolotl.yaml": CONFIG,
        "broken/trainer_state.json": STATE,
        "broken/plan.yaml": "schedule: cosine\nT_max: 0\n",
    }
    for name, text in texts.items():
        shell.write(name, text)
    (shell.folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    (shell.folder / "log.csv.gz").write_bytes(gzip.compress(LOG.encode()))
    (shell.folder / "log16.csv").write_bytes(LOG.encode("utf-16"))
    return shell


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("audit empty.yaml", "empty.yaml: is empty"),
        ("audit blank.csv", "blank.csv: is empty"),
        ("find-lr empty.yaml", "empty.yaml: is empty"),
        ("audit a.svg", "a.svg: is an SVG image, and no log of a run"),
        ("audit a.png", "a.png: is a PNG image, and no log of a run"),
        ("find-lr page.csv", "page.csv: is an HTML page, and no log of a run"),
        ("audit log.csv.gz", "log.csv.gz: is a gzip file, and no log of a run; unpack it first"),
        ("audit log16.csv", "log16.csv: is text in UTF-16, and no log of a run; write it as UTF-8"),
        ("plot a.png", "a.png: is a PNG image, and no spec"),
        ("plot a.svg", "a.svg: is an SVG image, and no spec"),
        ("audit log.csv --against a.png", "a.png: is a PNG image, and no spec"),
        ("compare cosine log.csv.gz", "log.csv.gz: is a gzip file, and no spec; unpack it first"),
        ("convert log.csv", f"log.csv: {IS_LOG} log.csv reads"),
        ("convert state.json", f"state.json: {IS_LOG} state.json reads"),
        ("audit log.csv --against log.csv", f"log.csv: {IS_LOG} log.csv reads"),
        ("audit log.csv --against state.json", f"state.json: {IS_LOG} state.json reads"),
        ("convert two", "two: holds 2 training configs, a.yaml and b.yaml; name one file"),
        ("convert specs", "specs: holds no training config, but specs of lrviz"),
        (
            "convert specs/a.yaml",
            "specs/a.yaml: is a spec of lrviz already; lrviz code writes it as code of a framework",
        ),
        ("convert empty", "empty: is a folder without spec files (.yaml, .yml, .json, .toml)"),
        ("audit empty", "empty: holds no log that lrviz knows by its name; name the file"),
        ("find-lr empty", "empty: holds no log that lrviz knows by its name; name the file"),
        ("audit broken", "broken/plan.yaml:2:8: T_max must be at least 1 (got 0)"),
        (
            "plot cut",
            "cut/trainer_state.json:1:72: is not JSON: expected the node content, but found "
            "'<stream end>'",
        ),
    ],
)
def test_what_a_file_is(words: str, message: str, folder: Shell) -> None:
    done = folder(*words.split())
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {message}\n")


@pytest.fixture
def exports(shell: Shell) -> Shell:
    shell.write("plan.yaml", "schedule: cosine\nT_max: 30\n")
    curves = ("cosine:t_max=30", "step:step_size=10")
    shell("export", *curves, "--steps", "30", "-o", "all.json")
    shell("export", curves[0], "--steps", "30", "-o", "one.json")
    shell("export", curves[0], "--steps", "30", "-o", "rates.npz")
    return shell


@pytest.mark.parametrize("command", ["plot", "convert", "check"])
def test_the_json_of_an_export_is_no_spec(command: str, exports: Shell) -> None:
    done = exports(command, "all.json")
    assert done.returncode == 2
    assert done.stderr == (
        "error: all.json: has the rates of an export, no schedule; lrviz audit all.json reads it "
        "as a log\n"
    )


def test_a_large_export_is_none_either(exports: Shell) -> None:
    text = (exports.folder / "one.json").read_text()
    exports.write("one.json", text.replace('"lr": [', '"lr": [' + "0.1, " * 1_100_000))
    assert "has the rates of an export" in exports("plot", "one.json").stderr


def test_exports_are_left_out_of_a_folder(exports: Shell) -> None:
    done = exports("check", ".")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_json_of_an_export_as_a_log(exports: Shell) -> None:
    done = exports("audit", "one.json", "--against", "plan.yaml", "--no-image")
    assert done.returncode == 0
    assert done.stderr == (
        "note: column 'cosine' is taken as the rates: it is the only one beside the steps\n"
    )
    done = exports("audit", "all.json", "--against", "plan.yaml", "--no-image")
    assert done.stderr == (
        "error: all.json: has no column of rates; name it with --lr-column (columns: step, cosine, "
        "torch.StepLR)\n"
    )
    words = ("--lr-column", "cosine", "--against", "plan.yaml", "--no-image")
    assert exports("audit", "all.json", *words).returncode == 0


def test_an_export_as_arrays_says_what_is_read(exports: Shell) -> None:
    assert exports("audit", "rates.npz").stderr == (
        "error: rates.npz: is a NumPy archive, and no log of a run; write it as CSV\n"
    )
    assert exports("plot", "rates.npz").stderr == (
        "error: rates.npz: is a NumPy archive, and no spec; write it as CSV\n"
    )


def test_a_folder_is_converted_as_the_config_in_it(folder: Shell) -> None:
    done = folder("convert", "one")
    assert (done.returncode, done.stdout) == (0, folder("convert", "one/axolotl.yaml").stdout)
    assert "\nlabel: axolotl\n" in done.stdout


def test_a_log_that_is_cut_off_is_audited_against_the_config_beside_it(folder: Shell) -> None:
    done = folder("audit", "run", "--no-image")
    assert "trainer_state.json against axolotl.yaml" in done.stdout
    assert "error" not in done.stderr


def test_a_range_test_in_a_folder(folder: Shell) -> None:
    rows = (
        f'{{"step": {i}, "learning_rate": {1e-5 * 1.5**i}, "loss": {99 - i}}}' for i in range(20)
    )
    folder.write("range/trainer_state.json", f'{{"log_history": [{", ".join(rows)}]}}')
    assert folder("find-lr", "range").returncode == 0


@pytest.mark.parametrize("start", BY_START, ids=lambda start: BY_START[start].name)
def test_kinds_by_their_first_bytes(start: bytes) -> None:
    assert file_kind(start + b"x") == BY_START[start]
    assert file_kind(b"x" + start) is None


@pytest.mark.parametrize("text", [b"", b"schedule: cosine", b"<step> 1", b"{", b"step,lr\n"])
def test_texts_of_no_such_kind(text: bytes) -> None:
    assert file_kind(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\nb = 2 00\n", "2:7: is not TOML: Expected newline or end of document after a "),
        ("[a]\nb = \n", "2:5: is not TOML: Invalid value"),
        ("[a]\nb 200\n", "2:3: is not TOML: Expected '=' after a key in a key/value pair"),
        ("[a\n", "1:3: is not TOML: Expected ']' at the end of a table declaration"),
        ("[a]\nb = ", " is not TOML: Invalid value (at end of document)"),
    ],
)
def test_toml_with_a_fault(text: str, message: str, shell: Shell) -> None:
    shell.write("a.toml", text)
    done = shell("plot", "a.toml")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: a.toml:{message}")
