"""The Markdown of a guide can format, and nothing else."""

import pytest

from yimen.channels.shared.markdown import markdown_to_html


def test_a_guide_keeps_its_lists_tables_and_links() -> None:
    html = markdown_to_html(
        "# Top\n\n1. one\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[law](https://x.cn)"
    )
    assert "<h2>Top</h2>" in html
    assert "<ol>" in html
    assert "<td>1</td>" in html
    assert 'href="https://x.cn"' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        '<a href="https://x" onclick="alert(1)">x</a>',
        "![x](https://tracker.example/x.png)",
        '<div style="position:fixed">x</div>',
    ],
)
def test_what_could_run_or_load_something_is_only_text(hostile: str) -> None:
    html = markdown_to_html(hostile)
    assert "<script" not in html
    assert "<img" not in html
    assert "<div" not in html
    assert 'href="javascript' not in html
    assert "<a " not in html or "onclick" not in html
