"""What is written to disk: whole or not at all, and never over what is somebody else's."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lrviz.core.errors import OutputError, SpecError
from lrviz.core.files import file_content
from lrviz.core.findings import Finding
from lrviz.render.files import link_findings, made_by_lrviz, open_atomic, take_over
from tests.conftest import ROOT, Shell


def test_default_names(shell: Shell) -> None:
    shell.write("warmup cosine!.yaml", "schedule: cosine\nT_max: 9\nwarmup: 3\n")
    assert shell("plot", "cosine").returncode == 0
    assert shell("plot", "torch.StepLR").returncode == 0
    assert shell("plot", "warmup cosine!.yaml").returncode == 0
    assert shell("compare", "cosine", "step").returncode == 0
    names = {path.name for path in shell.folder.glob("*.png")}
    assert names == {"cosine.png", "torch.StepLR.png", "warmup-cosine.png", "compare.png"}
    assert all(made_by_lrviz(path) for path in shell.folder.glob("*.png"))


def test_its_own_picture_is_replaced_and_anothers_is_not(shell: Shell) -> None:
    assert shell("plot", "cosine").returncode == 0
    assert shell("plot", "cosine").returncode == 0
    shell.write("step.png", "mine")
    done = shell("plot", "step")
    assert done.returncode == 2
    assert "torch.StepLR" in done.stdout, "the chart comes first"
    assert done.stderr.splitlines()[-1] == (
        "error: step.png: exists and was not made by lrviz; name the image with -o, "
        "or use --no-image"
    )
    assert (shell.folder / "step.png").read_text() == "mine"
    assert shell("plot", "step", "-o", "step.png").returncode == 0


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_formats(ending: str, shell: Shell) -> None:
    name = f"picture.{ending}"
    assert shell("plot", "cosine", "-o", name).returncode == 0
    head = (shell.folder / name).read_bytes()
    assert head.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending])
    assert shell("plot", "cosine", "-o", name).returncode == 0
    assert (shell.folder / name).read_bytes() == head, "the same picture, byte for byte"
    assert made_by_lrviz(shell.folder / name) or ending == "pdf"


def test_permissions_are_usual_or_kept(here: Path) -> None:
    mask = os.umask(0o022)
    try:
        with open_atomic(here / "new") as file:
            file.write(b"x")
        assert stat.S_IMODE((here / "new").stat().st_mode) == 0o644
        (here / "new").chmod(0o600)
        with open_atomic(here / "new") as file:
            file.write(b"y")
        assert stat.S_IMODE((here / "new").stat().st_mode) == 0o600
    finally:
        os.umask(mask)


def fail_in_the_middle(path: Path) -> None:
    with open_atomic(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_an_interrupted_write_leaves_what_was_there(here: Path) -> None:
    (here / "kept").write_text("before")
    with pytest.raises(KeyboardInterrupt):
        fail_in_the_middle(here / "kept")
    assert (here / "kept").read_text() == "before"
    assert [path.name for path in here.iterdir()] == ["kept"]


def test_ctrl_c_while_csv_is_written(shell: Shell) -> None:
    kept = shell.write("big.csv", "before")
    words = [sys.executable, "-m", "lrviz", "export", "cosine", "--steps", "30000000", "-o"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    # A shell starts background programs with the signal ignored; a terminal does not.
    with subprocess.Popen(
        [*words, "big.csv"],
        cwd=shell.folder,
        env=env,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as running:
        while len(list(shell.folder.iterdir())) < 2 and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        running.wait(60)
    assert running.returncode == 130
    assert kept.read_text() == "before"
    assert [path.name for path in shell.folder.iterdir()] == ["big.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["plot", "export"])
def test_a_full_disk(command: str, shell: Shell) -> None:
    done = shell(command, "cosine", "-q", "-o", "/dev/full")
    assert done.returncode == 74
    assert done.stderr == "error: /dev/full: cannot be written: No space left on device\n"
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_folder_that_may_not_be_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:  # root, as whom the tests may run, may write everywhere
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(OutputError) as caught, open_atomic(here / "x.png"):
        pass
    assert str(caught.value) == f"{here / 'x.png'}: cannot be written: Permission denied"


def test_a_folder_is_no_file(here: Path) -> None:
    (here / "folder.png").mkdir()
    with pytest.raises(SpecError, match="it is a folder"), open_atomic(here / "folder.png"):
        pass


def run_until_first_line(shell: Shell, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a pipe whose reader ends after the first line."""
    line = f"set -o pipefail; {sys.executable} -m lrviz {command} | head -1"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", line],
        cwd=shell.folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_closed_pipe_ends_quietly(shell: Shell) -> None:
    done = run_until_first_line(shell, "export cosine -q --steps 300000")
    assert done.stdout == "step,cosine\n"
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_closed_pipe_keeps_the_picture_and_the_status(shell: Shell) -> None:
    many = ",".join(str(value) for value in range(10, 400))
    done = run_until_first_line(shell, f"compare cosine:T_max=[{many}] --steps 500 -q -o x.png")
    assert (shell.folder / "x.png").stat().st_size > 10_000
    assert (done.returncode, "error" in done.stderr) == (0, False)
    done = run_until_first_line(shell, f"check cosine:T_max=[{many}] --steps 500")
    assert (done.returncode, "error" in done.stderr) == (1, False)


def test_watching_ends_with_its_reader(shell: Shell) -> None:
    text = ", ".join(f"{{schedule: cosine, T_max: {value}}}" for value in range(10, 400))
    shell.write("s.yaml", f"curves: [{text}]")
    done = run_until_first_line(shell, "plot s.yaml --watch --no-image -q")
    assert (done.returncode, "error" in done.stderr) == (0, False)


def test_a_picture_on_standard_output(shell: Shell) -> None:
    words = [sys.executable, "-m", "lrviz", "plot", "cosine", "-q", "-o", "-"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=shell.folder, env=env, capture_output=True, check=False)
    assert done.stdout.startswith(b"\x89PNG")
    assert done.stderr == b""


def test_gallery_keeps_others_files(shell: Shell) -> None:
    shell.write("out/README.md", "mine")
    done = shell("gallery", "out")
    assert done.returncode == 2
    assert done.stderr == "error: out/README.md: exists and was not made by lrviz gallery\n"
    assert [path.name for path in (shell.folder / "out").iterdir()] == ["README.md"]


def write(path: Path, content: bytes) -> None:
    with open_atomic(path) as file:
        file.write(content)


def test_a_read_only_file_is_kept(here: Path) -> None:
    (here / "x").write_text("before")
    (here / "x").chmod(0o444)
    with pytest.raises(OutputError, match=r"x: cannot be written: it is read-only$"):
        write(here / "x", b"after")
    assert (here / "x").read_text() == "before"
    (here / "x").chmod(0o200)
    write(here / "x", b"after")
    assert stat.S_IMODE((here / "x").stat().st_mode) == 0o200


def test_an_owner_is_kept(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owners: list[tuple[int, int]] = []
    (here / "x").write_text("before")
    monkeypatch.setattr("os.fchown", lambda _, user, group: owners.append((user, group)))
    before = (here / "x").stat()
    write(here / "x", b"after")
    assert owners == []
    changed = os.stat_result([before.st_mode, *before[1:4], 1234, 5678, *before[6:]])
    with (here / "x").open("rb") as file:
        take_over(file.fileno(), changed)
    assert owners == [(1234, 5678)]


def test_only_a_regular_file_with_other_links_is_noted(tmp_path: Path) -> None:
    file = tmp_path / "x"
    assert link_findings(file) == []
    file.write_text("content")
    (tmp_path / "folder" / "inner").mkdir(parents=True)  # it has links, and is no regular file
    assert link_findings(file) == link_findings(tmp_path / "folder") == []
    os.link(file, tmp_path / "y")
    message = f"{file} has other hard links, which keep what they have"
    assert link_findings(file) == [Finding("hard-links", message, place=str(file))]


def test_other_hard_links_are_noted(shell: Shell) -> None:
    shell.write("x.csv", "before")
    os.link(shell.folder / "x.csv", shell.folder / "y.csv")
    done = shell("export", "step", "-o", "x.csv")
    assert "note: x.csv has other hard links, which keep what they have\n" in done.stderr
    assert (shell.folder / "y.csv").read_text() == "before"
    assert "hard links" not in shell("export", "step", "-o", "x.csv").stderr


@pytest.mark.parametrize("words", [("-o", "loop.png"), ()])
def test_a_link_to_itself(words: tuple[str, ...], shell: Shell) -> None:
    for name in ("loop.png", "cosine.png"):
        (shell.folder / name).symlink_to(name)
    done = shell("plot", "cosine", "-q", *words)
    assert done.returncode == 74
    name = words[-1] if words else "cosine.png"
    assert done.stderr == (f"error: {name}: cannot be written: Too many levels of symbolic links\n")
    assert (shell.folder / name).is_symlink()


def test_a_link_to_a_file_stays_a_link(here: Path) -> None:
    (here / "link").symlink_to("file")
    write(here / "link", b"x")
    assert (here / "link").is_symlink()
    assert (here / "file").read_bytes() == b"x"


def test_pipes_that_no_program_uses(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrviz.core.files.PIPE_TIMEOUT", 0.05)
    monkeypatch.setattr("lrviz.render.files.PIPE_TIMEOUT", 0.05)
    os.mkfifo(shell.folder / "cosine.png")
    done = shell("plot", "cosine", "-q")
    assert done.returncode == 2
    assert "cosine.png: exists and was not made by lrviz" in done.stderr
    done = shell("plot", "cosine", "-q", "-o", "cosine.png")
    assert done.returncode == 74
    assert done.stderr == "error: cosine.png: cannot be written: no program reads this pipe\n"
    os.rename(shell.folder / "cosine.png", shell.folder / "pipe.yaml")
    done = shell("plot", "pipe.yaml", "-q")
    assert done.returncode == 74
    assert done.stderr == "error: pipe.yaml: cannot be read: no program writes to this pipe\n"
    done = shell("plot", "plateau", "--metric", "{csv: pipe.yaml}")
    assert done.returncode == 74


def test_a_pipe_that_is_written_to(here: Path) -> None:
    os.mkfifo(here / "pipe")
    with subprocess.Popen(["sh", "-c", "printf abc > pipe"], cwd=here):
        assert file_content(here / "pipe") == b"abc"


def test_files_without_end(shell: Shell) -> None:
    for spec in ("/dev/zero", "plateau:metric={csv: /dev/zero}"):
        done = shell("plot", spec, "--no-image")
        assert done.returncode == 2
        assert "is larger than 50 MB" in done.stderr
    done = shell("plot", "-", "--no-image", stdin="#" * 50_000_001)
    assert done.stderr == "error: standard input: is larger than 50 MB\n"


def test_a_file_that_the_system_does_not_read(shell: Shell) -> None:
    done = shell("plot", "/proc/self/mem", "--no-image")
    assert done.returncode == 74
    assert done.stderr == "error: /proc/self/mem: cannot be read: Input/output error\n"
    done = shell("compare", "/proc/self/mem", "cosinus", "--no-image")
    assert done.returncode == 2


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_no_temporary_file(name: str, shell: Shell) -> None:
    kept = shell.write("big.csv", "before")
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)  # under nohup a child would ignore SIGHUP
    words = [sys.executable, "-m", "lrviz", "export", "cosine", "--steps", "30000000", "-o"]
    with subprocess.Popen(
        [*words, "big.csv"],
        cwd=shell.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as running:
        signal.signal(number, before)
        while len(list(shell.folder.iterdir())) < 2 and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(number)
        running.wait(60)
    assert running.returncode == 128 + number
    assert kept.read_text() == "before"
    assert [path.name for path in shell.folder.iterdir()] == ["big.csv"]


@pytest.mark.parametrize("name", ["a\0b.csv", "\ud83d.csv"])
def test_a_name_that_no_file_can_have(name: str, here: Path) -> None:
    with pytest.raises(SpecError) as caught:
        write(here / name, b"x")
    assert caught.value.findings[0].message == "cannot be written: the name is none of a file"
    assert not list(here.iterdir())


@pytest.mark.parametrize("label", ["\ud83d", "a\0b", "\x1b31m", "\ufffe"])
@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.svg", "x.html"])
def test_labels_that_no_file_can_hold(name: str, label: str, shell: Shell) -> None:
    command = "export" if name in ("x.csv", "x.json") else "compare"
    done = shell(command, f"step:step_size=9,label={label}", "linear", "-q", "-o", name)
    assert done.returncode == 0
    text = (shell.folder / name).read_text(encoding="utf-8")
    assert label not in text


@pytest.mark.parametrize(
    "words", [("find-lr", "\ud83d"), ("audit", "\ud83d"), ("plot", "torch.StepLR:gamma=\ud83d")]
)
def test_half_of_a_character_typed(words: tuple[str, ...], shell: Shell) -> None:
    done = shell(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "\\ud83d" in done.stderr
