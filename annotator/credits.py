"""Lines that name who made a picture and say nothing else: "Photo : AFP", "(Crédit photo : Reuters)", "Foto: Ruiz/EFE".

Sure before complete: every part of the line has to be an agency, a person's name or a note such as "archives". A label
without an agency counts only with a colon and a name behind it, and "Photo de famille" or "Photo : le pont" never do.
"""

from __future__ import annotations

import re

CREDIT = "credit"
"""The reason of an aside that is one."""
_LONGEST = 120
_AGENCY = (
    r"(?:AFP|AP|EFE|dpa|DPA|epa|EPA|ATS|ANSA|PA|TASS|ZUMA|STR"
    r"|(?i:reuters|getty(?: images)?|sipa(?: press)?|maxppp|belga|keystone|associated press|agence france[- ]presse"
    r"|(?:la )?presse canadienne|the canadian press|europa press|picture[- ]alliance|imago(?: images)?|shutterstock"
    r"|istock(?: ?photo)?|adobe stock|unsplash|pexels|pixabay|alamy|abaca(?:press)?|hans lucas|bestimage|xinhua"
    r"|anadolu(?: agency)?|nurphoto|sopa images|wikimedia(?: commons)?|flickr|pool|d\.?\s?r\.?))"
)
_AGENCIES = rf"{_AGENCY}(?:\s(?:{_AGENCY}|(?i:photos?|images?|archives?|archivo|archiv|pool)))*"
_NAME = r"[^\W\d_a-zß-ÿ][\w.’'-]*(?:\s(?:(?:de|du|da|von|van|der|del|la)\s)*[^\W\d_a-zß-ÿ][\w.’'-]*){0,3}"
_NOTE = r"(?i:d.archives?|archives?|archivo|archiv(?:bild|foto)?|d.illustration|illustration|handout|symbolbild)"
_LABEL = re.compile(
    r"[(\[]?\s?(?:(?P<sign>(?:©|\([cC]\)\s|(?i:copyright)\b)(?:\s?(?:19|20)\d\d)?|(?:AFP|AP|EPA|REUTERS)[ /]PHOTOS?\b)"
    r"|(?P<credit>(?i:cr[ée]dits?\s?photos?(?:graphiques?)?|(?:photo|picture|image)s? credits?"
    r"|crédito (?:de (?:la )?)?(?:foto|imagen)|(?:bild|foto)(?:nachweis|quelle))\b)"
    r"|(?P<photo>(?i:photo(?:graphie|graph)?s?|foto(?:graf[ií]a)?s?)\b)"
    r"|(?i:images?|imagen|illustrations?|cr[ée]dits?|créditos?|bild(?:er)?|pictures?)\b)"
    r"(?P<link>\s?(?:[:/|©–—]|-\s|(?i:by|par)\s))?\s*"
)
_APART = re.compile(
    r"\s?[/,|&·•–—©]\s?|\s-\s|\s(?:via|pour|for|für|para|with|avec|et|and|und|y|by|par)\s", re.IGNORECASE
)
_PART = re.compile(rf"(?P<agency>{_AGENCIES})|(?P<note>{_NOTE})|(?P<year>(?:19|20)\d\d)|(?P<name>{_NAME})")
_SEVERAL_WORDS = re.compile(r"[ '’]")
_HOLDS_AGENCY = re.compile(rf"(?<!\w){_AGENCY}(?!\w)")


def is_credit(text: str) -> bool:
    """Tell whether the whole line names who made a picture."""
    line = " ".join(text.split()) if len(text) <= _LONGEST else ""
    label = _LABEL.match(line)
    if label is None:
        return False
    rest = line[label.end() :].strip(" .)]")
    kinds = [_kind(part) for part in _APART.split(rest) if part]
    if "" in kinds or not (kinds or label["sign"]):
        return False
    if label["sign"] or "agency" in kinds:
        return True
    if "name" in kinds:
        is_full = kinds[0] == "name" and _SEVERAL_WORDS.search(_APART.split(rest)[0]) is not None
        return bool(label["link"]) and bool(label["credit"] or (label["photo"] and is_full))
    return "note" in kinds and bool(label["credit"] or label["photo"])


def _kind(part: str) -> str:
    """Return what a part of the line is: agency, note, year or name; an empty string if it is none of them."""
    match = _PART.fullmatch(part)
    if match is None or (match["name"] and _HOLDS_AGENCY.search(part)):
        return ""
    return str(match.lastgroup)
