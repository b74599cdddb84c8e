"""What an embedded post of each platform looks like: names, addresses, words the widget adds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from annotator.readers.boilerplate import text_up_to
from annotator.text import unstorable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Platform:
    """One platform. `embed` and `wrapper` fit class names, `frame` a frame's address, `post` a post's own."""

    name: str
    embed: re.Pattern[str]
    wrapper: re.Pattern[str]
    frame: re.Pattern[str]
    post: re.Pattern[str]
    noise: re.Pattern[str] = _NOTHING
    attributes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """Attributes and elements that only a post of this platform has."""

    def is_embed(self, element: HtmlElement) -> bool:
        """Tell the element that holds a post, by the marks the platform's own code gives it."""
        if element.tag in self.tags or any(element.get(name) for name in self.attributes):
            return True
        if element.tag == "iframe":
            return self.frame.search(_source(element)) is not None
        return self.is_named(element) and any(map(self.post.match, _own_addresses(element)))

    def is_named(self, element: HtmlElement) -> bool:
        """Tell an element whose class is the one that the platform's own code has."""
        return self.embed.search(element.get("class", "")) is not None

    def handle_in(self, permalink: str) -> str:
        """Return the handle that a permalink names, where it does."""
        match = self.post.match(permalink)
        handle = match.groupdict().get("handle") or "" if match else ""
        if not handle or handle in ("i", "web") or handle.startswith("did:"):
            return ""
        return f"@{handle.removeprefix('@')}"


def _names(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s_-])(?:{words})(?:$|[\s_-])", re.IGNORECASE)


PLATFORMS = (
    Platform(
        name="X (Twitter)",
        embed=re.compile(r"(?:^|\s)twitter-(?:tweet|video)(?:-rendered)?(?:$|\s)"),
        wrapper=_names(r"tweet|tweets?-embed|embed(?:ded)?-?tweet|type-tweet|twitter|x-post|embed-x"),
        frame=re.compile(r"platform\.(?:twitter|x)\.com/embed|(?:twitter|x)\.com/[^?#]*/status/|twitframe\.com"),
        post=re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(?:#!/)?(?P<handle>\w+)/status(?:es)?/\d+"),
        attributes=("data-tweet-id", "data-tweetid"),
        tags=("amp-twitter", "twitter-widget"),
    ),
    Platform(
        name="Bluesky",
        embed=re.compile(r"(?:^|\s)bluesky-embed(?:$|\s)"),
        wrapper=_names(r"bluesky(?:-post)?|bsky|embed-bluesky|type-bluesky"),
        frame=re.compile(r"embed\.bsky\.app/"),
        post=re.compile(r"https?://(?:www\.)?bsky\.app/profile/(?P<handle>[\w.:-]+)/post/\w+"),
        noise=re.compile(r"\s*\[(?:image or embed|image ou contenu intégré)\]", re.IGNORECASE),
        attributes=("data-bluesky-uri",),
        tags=("bluesky-post",),
    ),
    Platform(
        name="Mastodon",
        embed=re.compile(r"(?:^|\s)(?:mastodon|toot)-(?:embed|post)(?:$|\s)"),
        wrapper=_names(r"mastodon|toot|embed-mastodon|type-mastodon"),
        frame=re.compile(r"//[^/?#]+/(?:@[\w.@-]+|users/\w+/statuses)/\d+/embed"),
        post=re.compile(r"https?://[\w.:-]+/@(?P<handle>[\w.@-]+)/\d+"),
        noise=re.compile(
            r"\b(?:view on mastodon|voir sur mastodon|ver en mastodon|auf mastodon ansehen)\b", re.IGNORECASE
        ),
    ),
    Platform(
        name="Facebook",
        embed=re.compile(r"(?:^|\s)(?:fb-(?:post|video|xfbml-parse-ignore)|facebook-post)(?:$|\s)"),
        wrapper=_names(r"facebook|fb-embed|facebook-embed|embed-facebook|type-facebook"),
        frame=re.compile(r"facebook\.com/plugins/(?:post|video)"),
        post=re.compile(
            r"https?://(?:[\w-]+\.)?facebook\.com/(?:[\w.%-]+/(?:posts|videos|photos)/[\w./:%-]+|permalink\.php\?|story\.php\?"
            r"|photo(?:\.php)?/?\?|watch/?\?|reel/\d+|share/\w+)"
        ),
        tags=("amp-facebook",),
        noise=re.compile(r"\b(?:voir (?:sur|la publication sur) facebook|view on facebook)\b", re.IGNORECASE),
    ),
    Platform(
        name="Instagram",
        embed=re.compile(r"(?:^|\s)instagram-(?:media|post)(?:-rendered)?(?:$|\s)"),
        wrapper=_names(r"instagram|instagram-embed|embed-instagram|type-instagram"),
        frame=re.compile(r"instagram\.com/(?:[\w.]+/)?(?:p|reel|tv)/[\w-]+/embed"),
        post=re.compile(r"https?://(?:www\.)?instagram\.com/(?:[\w.]+/)?(?:p|reel|tv)/[\w-]+"),
        noise=re.compile(
            r"\b(?:voir cette publication sur instagram|view this (?:post|photo|video) on instagram"
            r"|ver esta publicación en instagram|sieh dir diesen beitrag auf instagram an|voir sur instagram)\b[.]?",
            re.IGNORECASE,
        ),
        attributes=("data-instgrm-permalink",),
        tags=("amp-instagram",),
    ),
    Platform(
        name="TikTok",
        embed=re.compile(r"(?:^|\s)tiktok-embed(?:$|\s)"),
        wrapper=_names(r"tiktok|embed-tiktok|type-tiktok"),
        frame=re.compile(r"tiktok\.com/(?:embed|player)/"),
        post=re.compile(r"https?://(?:www\.|m\.)?tiktok\.com/@(?P<handle>[\w.-]+)/(?:video|photo)/\d+"),
        noise=re.compile(r"\s*♬[^\n]*"),
        tags=("amp-tiktok",),
    ),
    Platform(
        name="Threads",
        embed=re.compile(r"(?:^|\s)text-post-media(?:$|\s)"),
        wrapper=_names(r"threads|embed-threads|type-threads"),
        frame=re.compile(r"threads\.(?:net|com)/(?:@[\w.]+/post|t)/[\w-]+/embed"),
        post=re.compile(r"https?://(?:www\.)?threads\.(?:net|com)/(?:@(?P<handle>[\w.]+)/post|t)/[\w-]+"),
        noise=re.compile(r"\b(?:view on threads|voir sur threads|ver en threads|auf threads ansehen)\b", re.IGNORECASE),
        attributes=("data-text-post-permalink",),
    ),
)
_TAGS = frozenset(("iframe", *(tag for platform in PLATFORMS for tag in platform.tags)))
_ATTRIBUTES = frozenset(name for platform in PLATFORMS for name in platform.attributes)
_HINT = re.compile(
    r"tweet|twitter|x-post|embed-x|bluesky|bsky|mastodon|toot|facebook|fb-|instagram|tiktok|threads|text-post",
    re.IGNORECASE,
)
_PLUGIN = re.compile(
    r"(?:^|\s)(?:fb-(?:page|like|like-box|likebox|follow|share-button|send|comments|group)"
    r"|twitter-(?:timeline|follow-button|share-button|hashtag-button|mention-button))(?:$|\s)"
)
_PLUGIN_FRAME = re.compile(
    r"facebook\.com/(?:v[\d.]+/)?plugins/(?!post|video)|platform\.(?:twitter|x)\.com/widgets/(?:follow|tweet)_button"
)
_PLUGIN_LENGTH = 400
"""Characters of a button or of a page's name; an element with more in it holds something else besides."""
_BLUESKY_URI = re.compile(r"at://(did:[\w:.-]+)/app\.bsky\.feed\.post/(\w+)")
_ADDRESSES = (
    "src", "data-src", "cite", "data-href", "data-embed-url", "data-instgrm-permalink", "data-text-post-permalink",
    "data-permalink",
)  # fmt: skip
_FRAMED = re.compile(r"/embed(?:/captioned)?/?$")


def is_hinted(element: HtmlElement) -> bool:
    """Tell, in a fraction of the time that all rules take, an element that may be a post."""
    return element.tag in _TAGS or any(
        name in _ATTRIBUTES or (name == "class" and _HINT.search(value) is not None) for name, value in element.items()
    )


def is_plugin(element: HtmlElement) -> bool:
    """Tell what shows a whole page, a timeline or a button: it is no post, and its words are a name."""
    is_one = (
        _PLUGIN_FRAME.search(_source(element)) is not None
        if element.tag == "iframe"
        else _PLUGIN.search(element.get("class", "")) is not None or element.get("data-embed-type") == "creator"
    )
    return is_one and text_up_to(element, _PLUGIN_LENGTH) <= _PLUGIN_LENGTH


def permalink_of(widget: HtmlElement, platform: Platform) -> str:
    """Return the post's own address, without the parameters that count visits; empty where the widget has none."""
    addresses = [address for address in _addresses(widget) if not unstorable(address)]
    # The byline's link comes last: the text before it may link to other posts.
    for address in reversed(addresses):
        if match := platform.post.match(address):
            return address if "?" in match[0] else address.partition("?")[0].partition("#")[0]
    return next((address for element in widget.iter() if (address := _by_number(element, platform))), "")


def _addresses(widget: HtmlElement) -> Iterator[str]:
    """Yield every address of the widget; those in its own attributes last, as they are the surest."""
    for link in widget.iter("a"):
        yield link.get("href", "").strip()
    for element in widget.iter():
        yield from _own_addresses(element)


def _own_addresses(element: HtmlElement) -> Iterator[str]:
    for name in _ADDRESSES:
        value = element.get(name, "").strip()
        if not value:
            continue
        address = f"https:{value}" if value.startswith("//") else value
        yield address
        yield from (unquote(inner) for inner in _parameter(address, "href") + _parameter(address, "url"))
        yield _FRAMED.sub("", address.partition("?")[0])


def _parameter(address: str, name: str) -> list[str]:
    try:
        return parse_qs(urlsplit(address).query).get(name, [])
    except ValueError:
        return []


def _by_number(element: HtmlElement, platform: Platform) -> str:
    if uri := _BLUESKY_URI.match(element.get("data-bluesky-uri", "")):
        return f"https://bsky.app/profile/{uri[1]}/post/{uri[2]}"
    if shortcode := element.get("data-shortcode"):
        return f"https://www.instagram.com/p/{shortcode}"
    number = element.get("data-tweet-id") or element.get("data-tweetid") or ""
    number = number or next(iter(_parameter(_source(element), "id")), "")
    if element.tag == "bluesky-post" or not number.isdecimal() or "Twitter" not in platform.name:
        return ""
    return f"https://twitter.com/i/status/{number}"


def _source(element: HtmlElement) -> str:
    return str(element.get("src") or element.get("data-src") or "")
