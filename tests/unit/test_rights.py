"""What pages say of their rights, and what that lets anybody do."""

from __future__ import annotations

import pytest
from growth import LINEAR, growth

from annotator.errors import UsageError
from annotator.licences import hub_name, licence_in, spdx_id, standing_of
from annotator.models import Article
from annotator.readers.html import read_html

BODY = "<p>" + "Le maire de Brévanne a rouvert le marché couvert samedi, après huit mois de travaux. " * 6 + "</p>"
BY = "https://creativecommons.org/licenses/by/4.0/"
RESERVED = "© 2024 Le Journal. Tous droits réservés."


def article(*, head: str = "", within: str = "", end: str = "") -> Article:
    page = f"<html><head><title>Un marché</title>{head}</head><body><article><h1>Un marché</h1>{BODY}{within}</article>"
    return read_html(f"{page}{end}</body></html>", source="a.html")


def linked(fields: str) -> str:
    node = f'{{"@type": "NewsArticle", "headline": "Un marché", "publisher": {{"name": "Le Journal"}}, {fields}}}'
    return f'<script type="application/ld+json">{node}</script>'


@pytest.mark.parametrize(
    ("head", "rights"),
    [
        (linked(f'"license": "{BY}"'), BY),
        (linked(f'"license": {{"@type": "CreativeWork", "url": "{BY}"}}'), BY),
        (linked('"copyrightYear": 2024, "copyrightHolder": {"name": "L’Éditeur"}'), "© 2024 L’Éditeur"),
        (linked('"copyrightYear": "2024", "copyrightHolder": {"@id": "#unknown"}'), "© 2024 Le Journal"),
        (linked('"usageInfo": "https://x.example/terms"'), "https://x.example/terms"),
        (f'<link rel="license" href="{BY[6:]}">', BY),
        ('<meta name="dc.rights" content="Réutilisation selon la Licence Ouverte">', None),
        ('<meta name="dcterms.rightsHolder" content="ABC">', "© ABC"),
        ('<meta name="copyright" content="Le Journal">', "© Le Journal"),
    ],
)
def test_rights_are_read_from_what_the_page_says_for_machines(head: str, rights: str | None) -> None:
    assert article(head=head).rights == (rights or "Réutilisation selon la Licence Ouverte")


@pytest.mark.parametrize(
    ("end", "rights"),
    [
        (f"<footer><div>{RESERVED}</div></footer>", RESERVED),
        (
            "<p>© 2019 <a href='/'>Hearst</a>,\nInc. All Rights\nReserved.</p>",
            "© 2019 Hearst, Inc. All Rights Reserved.",
        ),
        ("<div>Alle Rechte vorbehalten</div>", "Alle Rechte vorbehalten"),
        ("<footer>© Libération<br>Contact</footer>", "© Libération"),
        ("<div class='copyright credits'>© Le Monde</div>", ""),
        ("<footer class='page-footer'><p class='credit'>© 2019 Le Monde</p></footer>", "© 2019 Le Monde"),
        (f"<p>Content under a <a href='{BY}'>CC licence</a></p>", f"Content under a CC licence ({BY})"),
        ("<footer><a href='/c'>Copyright Policy</a></footer>", ""),
    ],
)
def test_rights_are_read_from_what_the_page_shows(end: str, rights: str) -> None:
    assert article(end=end).rights == rights


@pytest.mark.parametrize(
    "within",
    [
        f"<figure><figcaption>Photo : <a rel='license' href='{BY}'>CC BY</a></figcaption></figure>",
        "<div class='photo-credit'>© 2019 Reuters. All rights reserved.</div>",
        "<p>Its source code is licensed under the MIT License.</p>",
        "<blockquote>© 2019 Somebody else. All rights reserved.</blockquote>",
    ],
    ids=["picture", "credit", "other-work", "quotation"],
)
def test_rights_of_pictures_and_of_other_works_are_none_of_the_article(within: str) -> None:
    assert article(within=within).rights == ""


def test_a_licence_beside_a_line_that_keeps_all_rights_keeps_them() -> None:
    rights = article(head=f'<link rel="license" href="{BY}">', end=f"<footer>{RESERVED}</footer>").rights
    assert rights == f"{BY}; {RESERVED}"
    assert standing_of(rights) == "reserved"


def test_lines_of_rights_are_read_in_time_that_grows_with_the_page() -> None:
    assert growth(lambda page: article(end=page), lambda size: "<div>© 2019 A. " * size, 400) <= LINEAR


@pytest.mark.parametrize(
    ("rights", "standing"),
    [
        ("", "unknown"),
        ("CC BY 4.0", "open"),
        ("CC0-1.0", "open"),
        ("cc-by-nc-sa-3.0", "open"),
        ("© 2012 Anna. Some rights reserved: Creative Commons Attribution-ShareAlike 3.0", "open"),
        ("© Anna, quelques droits réservés, licence Creative Commons Attribution", "open"),
        ("クリエイティブ・コモンズ 表示 - 非営利 4.0 国際 ライセンス", "open"),
        ("Open Government Licence v3.0", "open"),
        ("Licence Ouverte / Open Licence (Etalab)", "open"),
        ("Public domain", "open"),
        ("This is not in the public domain", "unknown"),
        ("CC BY-ND 4.0", "reserved"),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/", "reserved"),
        ("© Le Monde", "reserved"),
        ("Todos los derechos reservados", "reserved"),
        ("CC BY 4.0; all rights reserved", "reserved"),
        ("© Mozilla. Content available under a Creative Commons license.", "unknown"),
        ("https://x.example/conditions", "unknown"),
    ],
)
def test_rights_let_the_text_out_only_where_a_known_licence_does(rights: str, standing: str) -> None:
    assert standing_of(rights) == standing


@pytest.mark.parametrize(
    ("rights", "name"),
    [
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("http://creativecommons.org/licenses/by-sa/3.0/us/", "CC-BY-SA-3.0"),
        ("Creative Commons Attribution-ShareAlike License v3.0", "CC-BY-SA-3.0"),
        ("CC-BY", "CC-BY"),
        ("OGL-UK-3.0", "OGL-UK-3.0"),
    ],
)
def test_a_licence_is_known_by_id_address_and_name(rights: str, name: str) -> None:
    licence = licence_in(rights)
    assert licence is not None
    assert licence.name == name


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("CC BY 4.0", "did you mean CC-BY-4.0?"),
        ("cc-by-40", "did you mean CC-BY-4.0?"),
        ("appache2", "did you mean Apache-2.0?"),
        ("ours", "LicenseRef-"),
    ],
)
def test_what_is_no_spdx_id_is_refused_with_the_one_that_is_meant(given: str, meant: str) -> None:
    with pytest.raises(UsageError, match="no SPDX id") as refused:
        spdx_id(given)
    assert meant in refused.value.hint


def test_licences_have_the_names_of_their_lists() -> None:
    assert [spdx_id(name) for name in ("cc-by-4.0", "odbl-1.0", "LicenseRef-ours")] == [
        "CC-BY-4.0",
        "ODbL-1.0",
        "LicenseRef-ours",
    ]
    assert [hub_name(name) for name in ("CC-BY-4.0", "ODbL-1.0", "LicenseRef-ours")] == ["cc-by-4.0", "odbl", "other"]
