import pytest

from consent.templatetags.plain_text import in_paragraphs


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\nTwo.\n\nThree.", "<p>One.<br>Two.</p>\n<p>Three.</p>"),
        ("For:\n- this;\n- that.\nEnd.", "<p>For:</p>\n<ul><li>this;</li><li>that.</li></ul>\n<p>End.</p>"),
        ("\r\n- a & <b>\r\n\r\n\r\n", "<ul><li>a &amp; &lt;b&gt;</li></ul>"),
        ("Ask fg@example.org.", '<p>Ask <a href="mailto:fg@example.org">fg@example.org</a>.</p>'),
        ("", ""),
    ],
)
def test_plain_text_becomes_paragraphs_and_lists(text: str, html: str) -> None:
    assert in_paragraphs(text) == html
