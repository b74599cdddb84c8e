"""Who made a picture: lines that say nothing else ("Photo : AFP", "Foto: Ruiz/EFE"), and credits at the end of a text.

Sure before complete: every part of the line has to be an agency, a person's name or a note such as "archives". A label
without an agency counts only with a colon and a name behind it, and "Photo de famille" or "Photo : le pont" never do.
Without a label ("REUTERS/Jane Sample", "(Ann Example/Pool/Sipa)") an agency has to be among several parts, and only
below a picture may it stand by itself.
"""

from __future__ import annotations

import re

CREDIT = "credit"
"""The reason of an aside that is one."""
_LONGEST = 120
_AGENCY = (
    r"(?:AFP|AP|EFE|dpa|DPA|epa|EPA|ATS|ANSA|PA|TASS|ZUMA|STR|TT|NTB|ANP|APA|RTR|Lusa|LUSA|PAP|DPPI"
    r"|(?i:reuters|getty(?: images)?|sipa(?: press)?|maxppp|belga|keystone|associated press|agence france[- ]presse"
    r"|(?:la )?presse canadienne|the canadian press|europa press|picture[- ]alliance|imago(?: images)?|shutterstock"
    r"|istock(?: ?photo)?|adobe stock|unsplash|pexels|pixabay|alamy|abaca(?:press)?|hans lucas|bestimage|xinhua"
    r"|anadolu(?: agency)?|nurphoto|sopa images|wikimedia(?: commons)?|flickr|pool|d\.?\s?r\.?|bloomberg|rex features"
    r"|ritzau(?: scanpix)?|scanpix|lehtikuva|lapresse|fotogramma|cuartoscuro|ria novosti|newscom|icon sport"
    r"|presse sports|agencja(?: wyborcza\.pl| gazeta)?|ag[êe]ncia brasil|estadão conteúdo|folhapress"
    r"|pa wire|pa images|starface))"
)
_AGENCIES = rf"{_AGENCY}(?:\s(?:{_AGENCY}|(?i:photos?|images?|archives?|archivo|archiv|pool)))*"
_NAME = r"[^\W\d_a-zß-ÿ][\w.’'-]*(?:\s(?:(?:de|du|da|von|van|der|del|la)\s)*[^\W\d_a-zß-ÿ][\w.’'-]*){0,3}"
_NOTE = (
    r"(?i:d.archives?|archives?|archivo|archiv(?:bild|foto)?|d.illustration|illustration|handout|symbolbild"
    r"|reprodu[çc][ãa]o|divulga[çc][ãa]o|(?:arquivo|acervo) pessoal|cedida|cortes[ií]a|courtesy|repr[oó])"
)
_LABEL = re.compile(
    r"(?:[|/–—-]\s?)?[(\[]?\s?(?:(?P<sign>(?:©|\([cC]\)\s|(?i:copyright)\b)(?:\s?(?:19|20)\d\d)?"
    r"|(?:AFP|AP|EPA|REUTERS)[ /]PHOTOS?\b)"
    r"|(?P<credit>(?i:cr[ée]dits?\s?photos?(?:graphiques?)?|(?:photo|picture|image)s? credits?"
    r"|crédito (?:de (?:la )?)?(?:foto|imagen)|(?:bild|foto)(?:nachweis|quelle)"
    r"|(?:photo )?courtesy of|cortesía de|par courtoisie de|per gentile concessione di|met dank aan)\b|(?i:fot)\.)"
    r"|(?P<photo>(?i:photo(?:graphie|graph)?s?|foto(?:graf[ií]a)?s?)\b)"
    r"|(?i:images?|imagen|illustrations?|cr[ée]dits?|créditos?|bild(?:er)?|pictures?"
    r"|(?:sources?|quelle|fuente|fonte|bron)(?=\s?:))\b)"
    r"(?P<link>\s?(?:[:/|©–—]|-\s|(?i:by|par)\s))?\s*"
)
_APART = re.compile(
    r"\s?[/,|&·•–—©]\s?|\s-\s|\s(?:via|pour|for|für|para|per|voor|with|avec|et|and|und|y|by|par)\s"
    rf"|\.\s(?={_AGENCY}\b)",
    re.IGNORECASE,
)
_PART = re.compile(rf"(?P<agency>{_AGENCIES})|(?P<note>{_NOTE})|(?P<year>(?:19|20)\d\d)|(?P<name>{_NAME})")
_SEVERAL_WORDS = re.compile(r"[ '’]")
_HOLDS_AGENCY = re.compile(rf"(?<!\w){_AGENCY}(?!\w)")
_FOR_A_PAPER = re.compile(r"[(\[][^()\[\]]+(?:\s?/\s?|\s(?:for|pour|für|para|per|voor|via)\s)[^()\[\]]+[)\]]")
_MAY_BEGIN = re.compile(
    r"(?P<end>(?<=[.!?…»”\"’)])\s*(?=[^\s.!?…»”\"’)]))|\s*\n\s*|\s[|/–—-]\s|\s?\|\s?|(?<=[.!?…])/|\s*(?=[(\[])"
    r"|\s+(?=(?:Photo|PHOTO|Foto|FOTO)\s[^\W\d_a-zß-ÿ])|\s+(?=©|(?i:photos?|fotos?|fotograf[ií]as?|cr[ée]dits?|bild|image|imagen)\s?:)"
)
_LONGEST_TAIL = 160
_AGENCY_TAIL = re.compile(
    rf"\s*(?:[—–-]{{1,2}}\s?{_AGENCY}|\((?:(?i:avec|with|con|mit|com|met)\s)?(?:l['’])?{_AGENCY}(?:/{_AGENCY})?\))\.?\s*"
)


def is_credit(text: str) -> bool:
    """Tell whether the whole line names who made a picture, and begins by saying so."""
    line = _line(text)
    label = _LABEL.match(line)
    if label is None:
        return False
    parts, kinds = _parts(line[label.end() :])
    if "" in kinds or not (kinds or label["sign"]):
        return False
    if label["sign"] or "agency" in kinds:
        return True
    if "name" in kinds:
        is_full = any(map(_SEVERAL_WORDS.search, parts if len(parts) > 1 else parts[:1])) and "name" in kinds[:1]
        return bool(label["link"] or label["credit"]) and bool(label["credit"] or (label["photo"] and is_full))
    return "note" in kinds and bool(label["credit"] or label["photo"])


def is_bare_credit(text: str, *, in_caption: bool = False) -> bool:
    """Tell whether the whole line names who made a picture without saying so: "REUTERS/Jane Sample", "Edme/AP"."""
    line = _line(text)
    label = _LABEL.match(line) if in_caption else None
    if label and label["photo"]:
        return is_names(line[label.end() :])
    parts, kinds = _parts(line.lstrip("|/–—- "))
    if not kinds or "" in kinds:
        return False
    if "agency" in kinds:
        return in_caption or ("/" in line and "name" in kinds)
    is_paper = _FOR_A_PAPER.fullmatch(line) is not None and " " in parts[0]
    return in_caption and (is_paper or set(kinds) == {"note"})


def is_names(text: str) -> bool:
    """Tell whether a line holds nothing but names, one of them of two words at least: "Ann Example / Le Journal"."""
    parts, kinds = _parts(_line(text).lstrip("|/–—- "))
    return (
        bool(kinds)
        and "" not in kinds
        and any(kind == "name" and " " in part for part, kind in zip(parts, kinds, strict=True))
    )


def is_agency_tail(text: str) -> bool:
    """Tell the end of a text that only says where its news are from: "— AFP", "(avec Reuters)"."""
    return _AGENCY_TAIL.fullmatch(text) is not None


def credit_start(text: str, *, in_caption: bool) -> int:
    """Return where the credit at the end of a text begins, or the text's length. Below a picture it needs no label."""
    for match in _MAY_BEGIN.finditer(text, max(1, len(text) - _LONGEST_TAIL)):
        rest = text[match.end() :]
        is_apart = "|" in match[0] or "\n" in match[0] or "/" in rest
        is_found = is_credit(rest) or (in_caption and is_bare_credit(rest, in_caption=True))
        if rest and (is_found or (in_caption and is_apart and is_names(rest))):
            return match.start() + len(match[0]) - len(match[0].lstrip())
    return len(text)


def _line(text: str) -> str:
    return " ".join(text.split()) if len(text) <= _LONGEST else ""


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Return the parts of a line and what each is."""
    parts = [part for part in _APART.split(text.strip(" .()[]")) if part]
    return parts, [_kind(part) for part in parts]


def _kind(part: str) -> str:
    """Return what a part of the line is: agency, note, year or name; an empty string if it is none of them."""
    match = _PART.fullmatch(part)
    if match is None or (match["name"] and _HOLDS_AGENCY.search(part)):
        return ""
    return str(match.lastgroup)
