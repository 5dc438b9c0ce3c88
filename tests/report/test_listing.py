import html
import re

from hypothesis import given
from hypothesis import strategies as st

from evo.report import listing
from evo.report.text import visible
from tests.report.samples import BETTER, HOSTILE, SEED, diff

pieces = st.lists(
    st.sampled_from(
        ["'", '"', "'''", '"""', "\\", "\n", "#", "f", "def ", "0x1F", "1e5", "<b>", "&", " ", "x", "rb'"]
    ),
    max_size=60,
).map("".join)


def text_of(markup: str) -> list[str]:
    lines = re.findall(r"<li[^>]*><code>(.*?)</code></li>", markup, re.DOTALL)
    return [html.unescape(re.sub(r"</?span[^>]*>", "", line)) for line in lines]


@given(pieces)
def test_colours_change_no_character(source: str) -> None:
    shown = text_of(listing.code("x.py", source))
    assert [line if line != " " else "" for line in shown] == [
        line if line != " " else "" for line in visible(source).rstrip("\n").split("\n")
    ]


@given(pieces)
def test_every_line_is_well_formed_by_itself(source: str) -> None:
    for line in re.findall(r"<code>(.*?)</code>", listing.code("x.py", source), re.DOTALL):
        rest = re.sub(r'<span class="[cskn]">[^<>]*</span>', "", line)
        assert "<" not in rest
        assert ">" not in rest


def test_words_strings_numbers_and_remarks_are_told_apart() -> None:
    shown = listing.code("x.py", 'for i in range(3):  # three\n    print("""a\nb""", 0.5e-3)')
    for piece in (
        '<span class="k">for</span>',
        '<span class="n">3</span>',
        '<span class="c"># three</span>',
        '<span class="s">&quot;&quot;&quot;a</span>',
        '<span class="s">b&quot;&quot;&quot;</span>',
        '<span class="n">0.5e-3</span>',
    ):
        assert piece in shown
    assert "<span" not in listing.code("x.txt", "for i in range(3)")


def test_unclosed_quotes_take_no_longer_than_closed_ones() -> None:
    for hostile in ('"\\' * 30_000, "'''" + "\\'" * 29_000, '"""' * 19_999, "r'" * 29_000):
        assert len(listing.code("x.py", hostile)) > 30_000


def test_long_listings_are_cut_and_say_so() -> None:
    markup = listing.code("x.py", "x = 1\n" * 50_000)
    assert markup.count("<li>") == listing.MAX_LINES
    assert f"… and {6 * 48_800:,} more characters;" in markup
    assert len(listing.code("x.py", "<" * 5_000_000)) < 5 * listing.MAX_CHARACTERS


def test_a_diff_marks_its_lines() -> None:
    markup = listing.diff(diff(SEED, BETTER) + "\n+" + HOSTILE)
    assert '<li class="file"><code>--- a/seed.py' in markup
    assert '<li class="hunk"><code>@@' in markup
    assert '<li class="del"><code>-    k = 6' in markup
    assert '<li class="add"><code>+    k, shift = 5, 0.01' in markup
    assert "<script" not in markup
