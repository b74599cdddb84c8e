"""A matcher that others wrote finds in a page what `annotations.jsonld` points to."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import quotes
from playwright.sync_api import Browser

PACKAGES = ("@apache-annotator/dom@0.2.0", "@apache-annotator/selector@0.2.0", "esbuild@0.25")
EXPORT = 'export { createTextQuoteSelectorMatcher as matcher } from "@apache-annotator/dom";'
FIND = """async ([text, selectors]) => {
    document.body.textContent = text;
    const found = [];
    for (const selector of selectors) {
        const places = [];
        for await (const range of quotes.matcher(selector)(document.body)) {
            const before = document.createRange();
            before.setStart(document.body, 0);
            before.setEnd(range.startContainer, range.startOffset);
            places.push([[...before.toString()].length, range.toString()]);
        }
        found.push(places);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The matcher as one script, from npm."""
    folder = tmp_path_factory.mktemp("npm")
    npm = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    subprocess.run(npm, cwd=folder, check=True, capture_output=True)
    (folder / "entry.js").write_text(EXPORT, encoding="utf-8")
    bundle = ["node_modules/.bin/esbuild", "entry.js", "--bundle", "--format=iife", "--global-name=quotes"]
    return subprocess.run(bundle, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.proof
@pytest.mark.parametrize("text", quotes.TEXTS.values(), ids=quotes.TEXTS)
def test_matcher_finds_every_quote_where_it_stands_and_nowhere_else(
    text: str, browser: Browser, matcher: str, tmp_path: Path
) -> None:
    selectors = quotes.selectors(text, tmp_path)
    page = browser.new_page()
    page.add_script_tag(content=matcher)
    found = page.evaluate(FIND, [text, [quote for quote, _ in selectors]])
    page.close()
    assert found == [[list(place)] for _, place in selectors]
