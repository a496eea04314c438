"""Runs a notebook in its kernel and keeps what came of it: execute.py NOTEBOOK FOLDER [OUT] [--minutes M].

Into FOLDER go the executed copy, an HTML page and every figure. A cell that fails ends the run with exit code 1; what
ran until then is kept there. OUT, where given, gets the executed copy of a run that went well: it may be the notebook
itself. With --minutes the trainings get what time there is, instead of the lengths that the notebook says.
"""

import base64
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbconvert import HTMLExporter

EMBEDDED_PNG = re.compile(r'<img (?!class="trivium-curve")[^>]*src="data:image/png;base64,([A-Za-z0-9+/=\s]+)"')
TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def say(line):
    print(line, file=sys.stderr, flush=True)


class Minutes:
    """Fits the first notebook into a time: its trainings share what is left when they begin.

    Each is found by what it says now, and says instead how long it may take. The shares are of the time that is left
    then, as docs/minutes.md has them: what a share leaves is for the cells behind it.
    """

    TRAININGS = [
        (r"pretrain\((Llama\.small\(\)), words, stories\)\.steps\(scale\(600\)\)\.learningRate\(3e-3\)",
         "fit(minutes({0}), words, stories)", 0.20),
        (r"finetune\(base, lessons\)\.epochs\(2\)", "finetune(base, lessons).minutes({0})", 0.28),
        (r"rewardModel\(tuned, choices\)\.epochs\(2\)", "rewardModel(tuned, choices).minutes({0})", 0.14),
        (r"\.steps\(scale\(60\)\)", ".minutes({0})", 0.55),
    ]
    NOTE = "*This copy was made in about {0} minutes: its trainings took what time there was, so the text speaks of other numbers than these.*"

    def __init__(self, minutes, notebook):
        self.ends = time.monotonic() + 60 * minutes
        sources = "\n".join(cell.source for cell in notebook.cells)
        missing = [pattern for pattern, _, _ in self.TRAININGS if len(re.findall(pattern, sources)) != 1]
        if missing:
            raise ValueError(f"the notebook has no training, or several, that says {missing[0]}")
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(self.NOTE.format(f"{minutes:g}")))

    def fit(self, cell):
        for pattern, instead, share in self.TRAININGS:
            if re.search(pattern, cell.source):
                left = max(0.0, self.ends - time.monotonic()) / 60
                cell.source = re.sub(pattern, instead.format(f"{share * left:.3g}"), cell.source)


def execute(notebook, folder_of_notebook, minutes=None):
    """Runs every cell, saying which; answers whether all went well."""
    fitted = Minutes(minutes, notebook) if minutes else None
    number_of = {}
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            number_of[index] = len(number_of) + 1
    started = 0.0

    def starts(cell, cell_index):
        nonlocal started
        if fitted:
            fitted.fit(cell)
        started = time.monotonic()

    def ends(cell, cell_index, **_):
        if cell.source.strip():
            first_line = next(line for line in cell.source.splitlines() if line.strip())
            took = time.monotonic() - started
            say(f"  cell {number_of[cell_index]:2} of {len(number_of)} {took:7.1f} s  {first_line.strip()[:72]}")

    client = NotebookClient(
        notebook,
        timeout=None,
        startup_timeout=300,
        kernel_name="java",
        record_timing=False,
        resources={"metadata": {"path": str(folder_of_notebook)}},
        on_cell_execute=starts,
        on_cell_executed=ends,
    )
    try:
        client.execute()
        return True
    except DeadKernelError:
        say("The kernel died; its last words, if any, stand above.")
    except CellExecutionError as error:
        say(short(error, notebook))
    return False


def short(error, notebook):
    """The failing cell's source and the kernel's own words, without Python's trace around them."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                words = output.traceback or [f"{output.ename}: {output.evalue}"]
                words = TERMINAL_COLOURS.sub("", "\n".join(words)).splitlines()
                lines = ["", "This cell failed:", *("  | " + line for line in cell.source.splitlines()), *words[:25]]
                return "\n".join(lines)
    return str(error)


def figures(notebook):
    """Every figure shown, in reading order, as (ending, bytes): images, and PNGs inside HTML cards.

    The curves of live displays are no figures; trivium.notebook.Curve marks them.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                yield "png", base64.b64decode(data["image/png"])
            elif "image/svg+xml" in data:
                yield "svg", data["image/svg+xml"].encode()
            else:
                for png in EMBEDDED_PNG.findall(data.get("text/html", "")):
                    yield "png", base64.b64decode(png)


def plural(count, thing):
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def write(path, content):
    """Aside first, then into place: a reader never sees half a file."""
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(content)
    os.replace(aside, path)


def main(source, folder, out=None, minutes=None):
    source, folder = Path(source).resolve(), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("figure-*.png"), *folder.glob("figure-*.svg")]:
        old.unlink()
    try:
        notebook = nbformat.read(source, as_version=4)
    except Exception as error:
        say(f"{source} cannot be read as a notebook: {error}")
        return 2
    say(f"Running {source.name}")
    good = execute(notebook, source.parent, minutes)

    executed = (nbformat.writes(notebook) + "\n").encode()
    for copy in [folder / source.name, *([Path(out)] if out and good else [])]:
        write(copy, executed)
    write(folder / f"{source.stem}.html", HTMLExporter().from_notebook_node(notebook)[0].encode())
    count = 0
    for count, (ending, content) in enumerate(figures(notebook), start=1):
        write(folder / f"figure-{count:02}.{ending}", content)
    say(f"{'Done' if good else 'Stopped'}: {folder} has the executed notebook, an HTML page and {plural(count, 'figure')}.")
    return 0 if good else 1


if __name__ == "__main__":
    try:
        arguments, minutes = sys.argv[1:], None
        if "--minutes" in arguments:
            at = arguments.index("--minutes")
            minutes = float(arguments[at + 1])
            del arguments[at : at + 2]
        sys.exit(main(*arguments, minutes=minutes))
    except KeyboardInterrupt:
        say("Interrupted.")
        sys.exit(130)
