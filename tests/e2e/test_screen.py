"""The labelling screen in a real browser, as an annotator uses it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annotator import demo, preparation
from annotator.guidelines import languages
from annotator.labelstudio import form
from annotator.labelstudio.client import Client
from annotator.labelstudio.notes import PushNotes
from annotator.labelstudio.pull import pull_annotations
from annotator.labelstudio.push import PushOptions, push_tasks
from annotator.labelstudio.task_source import open_tasks
from annotator.models import Annotation, AnnotationStatus, Task
from annotator.settings import Settings

Load = Callable[..., int]
OpenScreen = Callable[..., AbstractContextManager[Page]]
MakeTasks = Callable[..., list[Task]]
Answers = Callable[[int], list[Annotation]]

SCREENS = Path(__file__).parents[2] / "build" / "screens"
SIZES = [(1366, 820), (1920, 1080), (1024, 768)]
HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\"> {{7*7}} ${7*7} "
    "$source_text </View> \u202egnirts desrever\u202c fin"
)
SHOWN = (
    *("article_title", "article_title_translated", "source_line", "post", "before", "before_translated", "after"),
    *("after_translated", "source_text", "translated_text", "translation_warnings", "suggestion_reasons"),
)
# The boxes around the form that would have to be scrolled to see all of it.
SCROLLED = """() => {
    const scrolled = [];
    for (let box = document.querySelector('.cu'); box; box = box.parentElement) {
        const scrolls = ['auto', 'scroll'].includes(getComputedStyle(box).overflowY);
        if (scrolls && box.scrollHeight > box.clientHeight + 1) scrolled.push(box.className);
    }
    return scrolled;
}"""


@pytest.fixture
def answers(client: Client, tmp_path: Path) -> Answers:
    """What a project holds, in the order of its tasks."""

    def pull(project: int) -> list[Annotation]:
        out = tmp_path / "annotations.jsonl"
        pull_annotations(project=str(project), client=client, out=str(out), progress=lambda _report: None)
        return [Annotation.model_validate_json(line) for line in out.read_text(encoding="utf-8").splitlines()]

    return pull


def shown(page: Page) -> str:
    return page.locator(".cu-main .lsf-richtext__line").inner_text()


def submit(page: Page) -> None:
    """Ctrl+Enter, and wait until the next unit, or the end, is there."""
    before = shown(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "before => document.querySelector('.cu-main .lsf-richtext__line')?.innerText !== before", arg=before
    )


def drag_over(page: Page, words: str) -> None:
    """Select words of the unit with the mouse, as a person does."""
    box = page.evaluate(
        """words => {
            const line = document.querySelector('.cu-main .lsf-richtext__line');
            const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + words.length);
                const {left, right, top, bottom} = range.getBoundingClientRect();
                return {left, right, middle: (top + bottom) / 2};
            }
        }""",
        words,
    )
    page.mouse.move(box["left"] + 1, box["middle"])
    page.mouse.down()
    page.mouse.move((box["left"] + box["right"]) / 2, box["middle"], steps=4)
    page.mouse.move(box["right"] - 1, box["middle"], steps=4)
    page.mouse.up()


def test_label_by_key_and_submit_is_found_by_pull(
    load: Load, screen: OpenScreen, answers: Answers, make_tasks: MakeTasks
) -> None:
    tasks = make_tasks(2, article="keys")
    project = load(tasks)
    with screen(project) as page:
        assert shown(page) == tasks[0].data.source_text
        page.keyboard.press("4")
        page.keyboard.press("h")
        submit(page)
        assert shown(page) == tasks[1].data.source_text
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("no more", exact=False).first).to_be_visible()
    first, second = answers(project)
    assert (first.label, first.marks, first.data.unit_id) == ("rhetoric", ("hedged",), tasks[0].data.unit_id)
    assert (second.label, second.marks, second.data.unit_id) == ("sourced", (), tasks[1].data.unit_id)
    assert first.lead_time
    assert first.lead_time > 0


def test_forgotten_label_is_asked_for_and_nothing_is_stored(
    load: Load, screen: OpenScreen, answers: Answers, make_tasks: MakeTasks
) -> None:
    project = load(make_tasks(1, article="forgotten"))
    with screen(project) as page:
        page.keyboard.press("h")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Choose one: 1 sourced")).to_be_visible()
    assert answers(project) == []


def test_fifth_key_says_that_it_is_no_unit(
    load: Load, screen: OpenScreen, answers: Answers, make_tasks: MakeTasks
) -> None:
    project = load(make_tasks(2, article="status"))
    with screen(project) as page:
        page.keyboard.press("5")
        submit(page)
    (annotation,) = answers(project)
    assert (annotation.status, annotation.label) == (AnnotationStatus.NOT_A_UNIT, None)


def test_there_is_no_way_to_skip_without_a_word(load: Load, screen: OpenScreen, make_tasks: MakeTasks) -> None:
    with screen(load(make_tasks(1, article="skip"))) as page:
        expect(page.get_by_role("button", name="Submit").first).to_be_visible()
        expect(page.get_by_role("button", name="Skip")).to_have_count(0)


def test_source_span_keeps_its_offsets_behind_emoji_and_accents(
    load: Load, screen: OpenScreen, answers: Answers, make_tasks: MakeTasks
) -> None:
    text = "Drapeau 🇫🇷, famille 👩‍👩‍👧 et café\u0302s 𝔘 : selon l’Insee, tout va."
    project = load(make_tasks(1, article="span", source_text=text, start=0, end=len(text)))
    with screen(project) as page:
        page.keyboard.press("m")
        drag_over(page, "Insee")
        expect(page.locator(".cu-main").get_by_text("Insee", exact=True)).to_be_visible()
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("no more", exact=False).first).to_be_visible()
    (annotation,) = answers(project)
    (mention,) = annotation.mentions
    assert text[mention.start : mention.end] == mention.text == "Insee"


def test_comment_is_kept(load: Load, screen: OpenScreen, answers: Answers, make_tasks: MakeTasks) -> None:
    project = load(make_tasks(2, article="comment"))
    with screen(project) as page:
        page.locator(".cu-note input, .cu-note textarea").first.fill("source in the next sentence")
        page.keyboard.press("Enter")
        page.keyboard.press("2")
        submit(page)
    (annotation,) = answers(project)
    assert annotation.comment == "source in the next sentence"


@pytest.mark.parametrize("preselect", [False, True], ids=["shown-as-text", "preselected"])
def test_suggestion_is_preselected_only_when_asked(
    load: Load, screen: OpenScreen, make_tasks: MakeTasks, preselect: bool
) -> None:
    project = load(make_tasks(1, article=f"preselect-{preselect}"), PushOptions(preselect=preselect))
    with screen(project) as page:
        expect(page.locator(".cu-sug")).to_contain_text("sourced")
        expect(page.locator(".cu-claim input:checked")).to_have_count(1 if preselect else 0)


def test_a_click_on_a_row_of_the_table_selects_no_suggestion_either(
    load: Load, screen: OpenScreen, answers: Answers, make_tasks: MakeTasks
) -> None:
    project = load(make_tasks(1, article="row"))
    with screen(project) as page:
        page.goto(page.url.partition("?")[0])
        page.get_by_text("Insee").first.click()
        expect(page.locator(".cu-main")).to_be_visible()
        expect(page.locator(".cu-claim input:checked")).to_have_count(0)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Choose one", exact=False).first).to_be_visible()
        page.screenshot(path=SCREENS / "row-light-1366.png")
    assert not answers(project)


def test_post_shows_where_it_comes_from(load: Load, screen: OpenScreen, make_tasks: MakeTasks) -> None:
    address = "https://x.example/1?a=b&c=d"
    line = f"X (Twitter) · Invented Author · @invented_handle · 2025-01-29 · {address}"
    with screen(load(make_tasks(1, article="post", block="post", post=line))) as page:
        expect(page.locator(".cu-shown-head")).to_contain_text("@invented_handle · 29 January 2025")
        expect(page.locator(".cu-shown-place")).to_contain_text("post")
        link = page.locator(".cu-shown-head a")
        opened = [link.get_attribute(name) for name in ("href", "target", "rel")]
        assert opened == [address, "_blank", "noopener noreferrer"]
        page.screenshot(path=SCREENS / "post-light-1366.png")


def test_unit_without_translation_shows_no_empty_boxes(load: Load, screen: OpenScreen, make_tasks: MakeTasks) -> None:
    bare = {"translated_text": "", "source_lang": "en", "article_title": "", "article_title_translated": ""}
    with screen(load(make_tasks(1, article="bare", source_line="", suggested_label="", **bare))) as page:
        for hidden in (".cu-mt", ".cu-head", ".cu-sug .cu-lab"):
            expect(page.locator(hidden)).to_be_hidden()
        expect(page.locator(".cu-ctx").first).to_be_hidden()
        page.screenshot(path=SCREENS / "same-language-light-1366.png")


def test_what_an_older_version_pushed_is_shown_as_it_was(
    client: Client, new_title: Callable[[], str], screen: OpenScreen, make_tasks: MakeTasks
) -> None:
    project = client.create_project(new_title(), config=form.labelling_config(), settings={}).id
    tasks = make_tasks(1, article="older", before="Avant.", after="Après.")
    client.import_tasks(project, [task.model_copy(update={"predictions": ()}).model_dump_json() for task in tasks])
    with screen(project) as page:
        assert "undefined" not in page.locator(".cu-page").inner_text()
        expect(page.locator(".cu-ctx").first).to_contain_text("Avant.")
        expect(page.locator(".cu-head")).to_contain_text("Le Journal")
        page.screenshot(path=SCREENS / "older-light-1366.png")


def test_the_unit_stands_marked_in_its_paragraph_and_the_whole_article_opens(
    client: Client, tmp_path: Path, new_title: Callable[[], str], screen: OpenScreen
) -> None:
    run = tmp_path / "run"
    inputs = (str(Path(__file__).parents[2] / "fixtures/articles/moorsee.de.txt"),)
    job = preparation.Job(inputs=inputs, out=str(run), settings=Settings(data_dir=tmp_path, translator="none"))
    preparation.run_job(job, say=print, progress=lambda _report: None)
    with closing(PushNotes(tmp_path / "notes")) as notes, open_tasks(str(run)) as tasks:
        project = push_tasks(tasks, project=new_title(), client=client, notes=notes).project
    client.update_project(project, {"show_instruction": False})
    with screen(project) as page:
        unit = shown(page)
        expect(page.locator(".cu-shown-paragraph mark")).to_have_text(unit)
        expect(page.locator(".cu-shown-paragraph")).to_contain_text("Wen wundert das noch?")
        expect(page.locator(".cu-shown-place")).to_contain_text("unit 1 of ")
        expect(page.locator(".cu-shown-warnings")).to_contain_text("no translation")
        row = page.locator(".cu-claim").bounding_box()
        page.locator(".cu-whole summary").click()
        expect(page.locator(".cu-whole mark")).to_have_text(unit)
        assert page.locator(".cu-claim").bounding_box() == row
        page.screenshot(path=SCREENS / "article-light-1366.png")


def test_hostile_text_is_shown_as_text(load: Load, screen: OpenScreen, make_tasks: MakeTasks) -> None:
    fields = dict.fromkeys(SHOWN, HOSTILE) | {"start": 0, "end": len(HOSTILE)}
    project = load(make_tasks(1, article="hostile", **fields))
    with screen(project) as page:
        assert shown(page) == HOSTILE
        expect(page.locator(".cu script, .cu img")).to_have_count(0)
        assert page.title() != "owned"
        for line in page.locator(".cu .lsf-richtext__line").all_inner_texts():
            assert line in (HOSTILE, "sourced")
        page.screenshot(path=SCREENS / "hostile-light-1366.png")


@pytest.fixture(scope="module")
def tallest(tmp_path_factory: pytest.TempPathFactory) -> list[Task]:
    """The demo article's units that take the most room with what stands around them, and one of its post."""
    tasks = demo.prepare(Settings(data_dir=tmp_path_factory.mktemp("demo")), say=print)
    shown = ("source_text", "translated_text", "before", "before_translated", "after", "after_translated")
    by_room = sorted(tasks, key=lambda task: sum(len(getattr(task.data, name)) for name in shown), reverse=True)
    return [*by_room[:3], tasks[-1]]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SIZES, ids=[f"{width}" for width, _ in SIZES])
def test_normal_unit_needs_no_scrolling(
    load: Load, screen: OpenScreen, tallest: list[Task], width: int, height: int, dark: bool
) -> None:
    with screen(load(tallest), width=width, height=height, dark=dark) as page:
        for number, task in enumerate(tallest):
            assert shown(page) == task.data.source_text
            page.screenshot(path=SCREENS / f"unit-{number}-{'dark' if dark else 'light'}-{width}.png")
            assert page.evaluate(SCROLLED) == []
            page.keyboard.press("1")
            if task is not tallest[-1]:
                submit(page)


def test_a_unit_of_95_words_needs_no_scrolling(load: Load, screen: OpenScreen, make_tasks: MakeTasks) -> None:
    words, around = "vallée " * 95, {"paragraph_before": "Avant. " * 20, "paragraph_after": "Après. " * 20}
    unit = {"source_text": words.strip(), "translated_text": "valley " * 95, "end": 95 * 7 - 1, **around}
    project = load(make_tasks(1, article="long", source_line="Le Journal · 2025-01 · https://x.example/1", **unit))
    for number, (width, height) in enumerate([(1024, 768), (1093, 656)]):  # the latter is 1366x820 at 125 %
        with screen(project, width=width, height=height) as page:
            page.screenshot(path=SCREENS / f"long-{number}-light-{width}.png")
            assert page.evaluate(SCROLLED) == []


def test_french_interface_shows_french_and_stores_the_same_values(
    load: Load, screen: OpenScreen, answers: Answers, make_tasks: MakeTasks
) -> None:
    project = load(make_tasks(1, article="french"), PushOptions(interface="fr", preselect=True))
    with screen(project) as page:
        expect(page.locator(".cu-claim")).to_contain_text("non sourcé")
        expect(page.locator(".cu-claim input:checked")).to_have_count(1)
        page.keyboard.press("2")
        page.keyboard.press("h")
        page.screenshot(path=SCREENS / "french-light-1366.png")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("no more", exact=False).first).to_be_visible()
    (annotation,) = answers(project)
    assert (annotation.label, annotation.marks) == ("unsourced", ("hedged",))


@pytest.mark.parametrize("language", languages())
def test_guidelines_open_by_a_button(load: Load, screen: OpenScreen, make_tasks: MakeTasks, language: str) -> None:
    project = load(make_tasks(1, article="guidelines"), PushOptions(interface=language))
    with screen(project) as page:
        page.get_by_role("button", name="Instructions").click()
        expect(page.locator(".guidelines table").first).to_be_visible()
        page.wait_for_timeout(500)  # the box slides in
        page.screenshot(path=SCREENS / f"guidelines-{language}.png")
