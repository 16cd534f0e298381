"""The page in a browser: it loads nothing, fits a telephone, and can be read in both modes."""

import json
import os
import re
import shutil
import subprocess

import numpy as np
import pytest
from report_results import LEVEL, train_rows, truth_arrays, truth_results, write_workdir
from test_report_first_page import rows as judged

from ivaegan_jax.report import write_report
from ivaegan_jax.report.figures.picture import CONTRAST, PAPER, contrast, luminance, readable
from ivaegan_jax.report.figures.style import COLOURS, SPARE

NAMES = ("chromium", "chromium-browser", "google-chrome")
# the tests' own PATH has no more than they need
CHROMIUM = next(filter(None, (shutil.which(name, path=os.defpath) for name in NAMES)), "")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
         "--hide-scrollbars", "--enable-logging=stderr", "--virtual-time-budget=5000")  # fmt: skip
HARNESS = """<!doctype html><body>
<style>iframe { width: 400px; height: 900px; }</style>
<iframe id="light" style="color-scheme: light" src="report.html"></iframe>
<iframe id="dark" style="color-scheme: dark" src="report.html"></iframe>
<pre id="found"></pre><script>
function luminance(c) {
  const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
}
function behind(e) {
  for (; e; e = e.parentElement) {
    const c = e.ownerDocument.defaultView.getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c;
  }
}
function look(frame) {
  const page = frame.contentDocument, view = frame.contentWindow, pale = [];
  for (const block of page.querySelectorAll("details")) block.open = true;
  for (const e of page.querySelectorAll("body *")) {
    const drawn = e.closest("svg"), style = view.getComputedStyle(e);
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || e.closest("style")) continue;
    const colour = drawn ? (style.fill) : style.color;
    const [low, high] = [luminance(colour), luminance(behind(e))].sort((a, b) => a - b);
    if ((high + .05) / (low + .05) < 4.5) pale.push([e.textContent.trim().slice(0, 30), colour]);
  }
  const ids = [...page.querySelectorAll("[id]")].map(e => e.id);
  const links = [...page.querySelectorAll("a[href]")].map(a => a.getAttribute("href").slice(1));
  return {
    width: page.documentElement.scrollWidth, paper: behind(page.body), pale,
    requests: view.performance.getEntriesByType("resource").map(r => r.name.slice(0, 40)),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    lost: links.filter(id => !page.getElementById(id)),
    columns: view.getComputedStyle(page.querySelector("[id$=curves] .panels"))
      .gridTemplateColumns.split(" ").length,
  };
}
addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) found[frame.id] = look(frame);
  document.getElementById("found").textContent = JSON.stringify(found);
});
</script></body>"""


@pytest.fixture
def judged_dir(tmp_path):
    """Five models with scores, verdicts, curves and latents, as the main job has them."""
    results = [*truth_results(), *(each for label in LEVEL for each in judged(label))]
    arrays = dict.fromkeys(LEVEL, truth_arrays())
    return write_workdir(tmp_path / "study", results, train_rows(), arrays)


needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium here")


def chromium(folder, *argv):
    """What the browser printed; it has a profile and a home of its own."""
    flags = (*FLAGS, f"--user-data-dir={folder / 'profile'}", *argv)
    env = os.environ | {"HOME": str(folder), "PATH": os.defpath}
    return subprocess.run(
        [CHROMIUM, *flags], capture_output=True, text=True, check=True, timeout=120, env=env
    )


@needs_chromium
def test_a_browser_has_nothing_to_complain_of(judged_dir):
    write_report([judged_dir])
    (judged_dir / "harness.html").write_text(HARNESS)
    ended = chromium(judged_dir, "--dump-dom", (judged_dir / "harness.html").as_uri())
    assert "CONSOLE" not in ended.stderr
    found = json.loads(re.search(r'<pre id="found">(.*?)</pre>', ended.stdout, re.DOTALL)[1])
    papers = {name: each.pop("paper") for name, each in found.items()}
    assert papers == {name: _rgb(PAPER[name]) for name in ("light", "dark")}
    same = {"width": 400, "pale": [], "requests": [], "twice": [], "lost": [], "columns": 2}
    assert found == dict.fromkeys(papers, same)


@needs_chromium
@pytest.mark.slow
def test_it_prints_on_four_pages_with_closed_blocks_opened(judged_dir):
    page = write_report([judged_dir])
    pdf = judged_dir / "page.pdf"
    chromium(judged_dir, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) <= 4


def _rgb(colour):
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert luminance("#ffffff") == pytest.approx(1)


@pytest.mark.parametrize("paper", PAPER.values())
def test_every_colour_can_be_read_on_every_paper(paper):
    drawn = {readable(colour, paper) for colour in (*COLOURS.values(), *SPARE)}
    assert all(contrast(colour, paper) >= CONTRAST for colour in drawn)
    assert len(drawn) == len({*COLOURS.values(), *SPARE})
    rng = np.random.default_rng(0)
    for red, green, blue in rng.integers(256, size=(100, 3)):
        assert contrast(readable(f"#{red:02x}{green:02x}{blue:02x}", paper), paper) >= CONTRAST
