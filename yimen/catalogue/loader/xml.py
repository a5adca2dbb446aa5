"""XML that was written by somebody else, read so that it can do nothing."""

import re

from lxml import etree

_DECLARATION = re.compile(r"\A<\?xml[^>]*\?>")


class XmlRefused(Exception):
    """A text is not plain XML; with the line and a sentence."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


def parsed(text: str) -> etree._Element:
    """Return the root of an XML text, or raise XmlRefused.

    Document types and processing instructions are refused before the parser sees them: without
    them there are no entities, no inclusions and no network. The text is already decoded, so an
    encoding that it declares cannot hide anything.
    """
    body = _DECLARATION.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    for mark, what in (("<!DOCTYPE", "a document type"), ("<!ENTITY", "an entity"),
                       ("<?", "a processing instruction")):  # fmt: skip
        at = body.find(mark)
        if at >= 0:
            raise XmlRefused(body.count("\n", 0, at) + 1, f"has {what} ('{mark}'); remove it")
    reader = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(body.encode("utf-8"), reader)
    except etree.XMLSyntaxError as error:
        raise XmlRefused(error.lineno or 1, f"is not XML: {error.msg}") from error
    return root
