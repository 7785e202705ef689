"""The page of jury report in Debian's Chromium, from file://: it loads without a complaint, draws everything, brushing filters the table."""
import sys
import unittest

from jury_command import SOURCE, FolderTestCase, run

sys.path.insert(0, str(SOURCE / "tools" / "bench" / "report"))
from browser import Browser
from many_trials import enlarge

SMALL = SOURCE / "tests" / "end_to_end" / "small.toml"
SEARCH = SOURCE / "tools" / "examples" / "search" / "tpe.toml"
COUNT = "document.querySelector('#trials .count').textContent"
ROWS = "[...document.querySelectorAll('#trials tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
NAMES = "[...document.querySelectorAll('#trials th')].map(cell => cell.textContent)"
# Colours that a canvas holds, coarsely: an empty one has one.
COLOURS = """[...document.querySelectorAll('figure[data-figure]')].map(figure => {
  const canvas = figure.querySelector('canvas'), data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
  for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 4).map(x => x >> 5).join());
  return [figure.id, seen.size];
})"""


class ReportPage(FolderTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pages = {"classes": cls.page("classes", SMALL, "-s", "final.calibrate=temperature", "-s", "final.conformal=split", "-s", "final.refit=true", "-s", "bias_variance.train_sizes=[0.3, 0.6]"),
                     "values": cls.page("values", SMALL, "-s", "data.generator=friedman1", "-s", "ensemble.combine=['mean']", "-s", "model.output=mean_variance", "-s", "final.conformal=split"),
                     "search": cls.page("search", SEARCH, "-s", "search.trials=30", "-s", "train.epochs=3")}
        cls.pages["several"] = cls.root / "several.html"
        assert run("report", cls.root / "classes", cls.root / "values", "-o", cls.pages["several"]).returncode == 0

    @classmethod
    def page(cls, name, *words):
        done = run("run", *words, "-q", "-o", cls.root / name)
        assert done.returncode == 0, done.stderr
        assert run("report", cls.root / name).returncode == 0
        return cls.root / name / "report.html"

    def test_every_page_draws_every_figure_in_light_and_dark(self):
        for name, page in self.pages.items():
            for dark in (False, True):
                with self.subTest(page=name, dark=dark), Browser(dark=dark) as browser:
                    browser.open(page)
                    browser.draw_all()
                    self.assertEqual(browser.complaints, [])
                    self.assertEqual(browser.requests, [page.resolve().as_uri()])
                    self.assertEqual([], [figure for figure, colours in browser.run(COLOURS) if colours < 4])
                    self.assertLessEqual(browser.run("document.documentElement.scrollWidth"), 1280)

    def test_every_choice_of_every_figure_draws(self):
        for name, page in self.pages.items():
            with self.subTest(page=name), Browser() as browser:
                browser.open(page)
                browser.draw_all()
                tried = browser.run("""[...document.querySelectorAll('figure > select')].map(select => {
                  for (const option of select.options) { select.value = option.value; select.dispatchEvent(new Event('change')); }
                  return select.options.length; })""")
                self.assertGreater(sum(tried), 1)
                self.assertEqual(browser.complaints, [])

    def brush(self, browser, axis, start, stop):
        """Drags along an axis of the parallel coordinates, from one share of its height to another."""
        browser.run("document.getElementById('figure-parallel').scrollIntoView({block: 'center', behavior: 'instant'})")
        browser.until("document.getElementById('figure-parallel').dataset.drawn === 'true'")
        left, top, wide, high = browser.run("(() => { const b = document.querySelector('#figure-parallel canvas').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()")
        axes = browser.run("Math.min(document.querySelectorAll('#figure-slices option').length, 10)") + 1
        x = left + 60 + axis * (wide - 170) / (axes - 1)
        place = [top + 46 + share * (high - 74) for share in (start, stop)]
        browser.drag((x, place[0]), (x, place[1]))

    def test_brushing_filters_the_table(self):
        with Browser() as browser:
            browser.open(self.pages["search"])
            self.assertEqual(browser.run(COUNT), "30 trials")
            axes = browser.run("document.querySelectorAll('#figure-slices option').length")
            self.brush(browser, axes, 0.55, 1.02)  # the last axis is the objective: the lower values
            browser.until(f"{COUNT} !== '30 trials'")
            kept = int(browser.run(COUNT).split()[0])
            self.assertRegex(browser.run(COUNT), r"^\d+ of 30 trials$")
            self.assertTrue(0 < kept < 30, kept)
            names, rows = browser.run(NAMES), browser.run(ROWS)
            value = names.index("rmse")
            shown = sorted(float(row[value]) for row in rows)
            browser.run("document.querySelector('#trials .clear').click()")
            browser.until(f"{COUNT} === '30 trials'")
            everything = sorted(float(row[value]) for row in browser.run(ROWS))  # the first page, best first
            self.assertEqual(shown, everything[:kept][:len(shown)])
            self.assertEqual(browser.complaints, [])

    def test_a_click_on_a_column_sorts_by_it(self):
        with Browser() as browser:
            browser.open(self.pages["search"])
            column = browser.run(NAMES).index("train.lr")
            for order, sign in (("ascending", 1), ("descending", -1)):
                browser.run(f"document.querySelectorAll('#trials th button')[{column}].click()")
                rates = [sign * float(row[column]) for row in browser.run(ROWS)]
                self.assertEqual(rates, sorted(rates))
                self.assertEqual(browser.run(f"document.querySelectorAll('#trials th')[{column}].getAttribute('aria-sort')"), order)

    def test_five_thousand_trials(self):
        enlarge(self.root / "search" / "results.h5", self.folder / "many.h5")
        page = self.folder / "many.html"
        self.assertEqual(run("report", self.folder / "many.h5", "-o", page).returncode, 0)
        with Browser() as browser:
            browser.open(page)
            self.assertEqual(browser.run(COUNT), "5000 trials")
            self.brush(browser, 0, 0.2, 0.5)
            browser.until(f"{COUNT} !== '5000 trials'")
            kept = int(browser.run(COUNT).split()[0])
            self.assertTrue(1000 < kept < 2000, kept)  # of a uniform parameter
            browser.draw_all()
            self.assertEqual(browser.complaints, [])

    def test_more_parameters_than_axes(self):
        enlarge(self.root / "search" / "results.h5", self.folder / "wide.h5", trials=300, parameters=60)
        page = self.folder / "wide.html"
        self.assertEqual(run("report", self.folder / "wide.h5", "-o", page).returncode, 0)
        with Browser() as browser:
            browser.open(page)
            browser.draw_all()
            slices = browser.run("""(() => { const select = document.querySelector('#figure-slices select');
              for (const option of select.options) { select.value = option.value; select.dispatchEvent(new Event('change')); }
              return select.options.length; })()""")
            self.assertGreater(slices, 20)
            self.assertEqual(browser.complaints, [])

    def test_without_scripts_tables_and_key_plots_are_there(self):
        visible = "[...document.querySelectorAll('%s')].filter(one => one.getBoundingClientRect().height > 20).length"
        with Browser(scripts=False) as browser:
            browser.open(self.pages["classes"])
            self.assertEqual(browser.run("document.querySelectorAll('canvas').length"), 0)
            self.assertGreaterEqual(browser.run(visible % "svg.plot"), 4)
            self.assertGreaterEqual(browser.run(visible % "table"), 12)
            self.assertEqual(browser.run(visible % ".figure:not(.has-static)"), 0)

    def test_it_prints_on_white_with_all_figures(self):
        with Browser(dark=True) as browser:
            browser.open(self.pages["classes"])
            browser.pdf(self.folder / "page.pdf")
            self.assertGreater((self.folder / "page.pdf").stat().st_size, 50_000)
            self.assertEqual(browser.run("[...document.querySelectorAll('figure[data-figure]')].filter(one => one.dataset.drawn !== 'true').length"), 0)
            self.assertEqual(browser.run("document.documentElement.classList.contains('paper')"), False)
            self.assertEqual(browser.complaints, [])

    def test_a_narrow_window_does_not_scroll_sideways(self):
        with Browser(width=390) as browser:
            for page in self.pages.values():
                browser.open(page)
                browser.draw_all()
                self.assertLessEqual(browser.run("document.documentElement.scrollWidth"), 390)
            browser.open(self.pages["search"])
            browser.draw_all()
            # Its axes stay apart: they are scrolled within their figure.
            self.assertGreater(browser.run("document.querySelector('#figure-parallel canvas').getBoundingClientRect().width"), 500)


if __name__ == "__main__":
    unittest.main()
