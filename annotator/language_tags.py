"""What sources call languages: `pt-BR`, `fr_FR`, `eng`, `nb`. Of a tag, the language alone counts here (BCP 47)."""

from __future__ import annotations

import re
from functools import lru_cache

_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka "
    "kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng "
    "nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su "
    "sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
"""ISO 639-1. Others are mistakes, mostly countries: `us`, `cz`, `jp`."""
_SAME = {
    other: code
    for code, others in {
        "ar": "ara arb ary arz", "az": "aze azj", "bg": "bul", "bn": "ben", "bs": "bos", "ca": "cat", "cs": "ces cze",
        "cy": "cym wel", "da": "dan", "de": "deu ger", "el": "ell gre", "en": "eng", "eo": "epo", "es": "spa",
        "et": "est", "eu": "eus baq", "fa": "fas per pes", "fi": "fin", "fr": "fra fre", "ga": "gle", "gl": "glg",
        "ha": "hau", "he": "heb iw", "hi": "hin", "hr": "hrv", "hu": "hun", "hy": "hye arm", "id": "ind in",
        "is": "isl ice", "it": "ita", "ja": "jpn", "ka": "kat geo", "kk": "kaz", "ko": "kor", "la": "lat", "lt": "lit",
        "lv": "lav lvs", "mk": "mkd mac", "ms": "msa may zsm", "mt": "mlt", "nl": "nld dut", "no": "nor nb nob nn nno",
        "pl": "pol", "pt": "por", "ro": "ron rum mo", "ru": "rus", "sk": "slk slo", "sl": "slv", "sq": "sqi alb als",
        "sr": "srp", "sv": "swe", "sw": "swa swh", "th": "tha", "tl": "tgl fil", "tr": "tur", "uk": "ukr", "ur": "urd",
        "uz": "uzb uzn uzs", "vi": "vie", "yi": "yid ji", "zh": "zho chi cmn wuu yue",
    }.items()
    for other in others.split()
}  # fmt: skip
"""ISO 639-2 and -3 of languages with a shorter code, old codes, and the parts of a language that go by its name."""
_NOT_A_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_CODE = re.compile(r"\s*([a-z]{2,3})(?:[-_.][\w.-]*)?\s*", re.IGNORECASE)


@lru_cache(maxsize=1024)
def language_of(tag: str) -> str:
    """Return the language that a tag means, in its shortest code; an empty string if it means none."""
    code = match[1].lower() if (match := _CODE.fullmatch(tag)) else ""
    code = _SAME.get(code, code)
    is_known = code in _TWO_LETTERS.split() if len(code) == len("xx") else code not in _NOT_A_LANGUAGE
    return code if is_known else ""
