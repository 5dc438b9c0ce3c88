"""What all reasoning shares: how a question is put to a model, and what its reply comes to.

A reply may end in an answer, in one of the actions that are possible, or in the wish for a tool. Small models
say so in many ways; which one was meant is read here, the same way for every kind of reasoning.

Example::

    reply = await model.ask(joined(put(question, context), ending(context)))
    thought = concluded(reply, context)
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from evo.design.contracts import Spec, Thought
from evo.design.member import joined
from evo.design.replies import LONGEST, final, mentioned, same, shares
from evo.design.situation import Situation
from evo.design.talk import WORD, offered, spelled, wanted

HOW = offered([Spec("x", "")]).splitlines()[2]
"""The line by which a context offers tools."""

_SHOWN = re.compile(r"^- ([A-Za-z_][\w.-]*)\((.*)\)(?::|$)", re.M)
_ARGUMENT = re.compile(r"(?:^|, )([A-Za-z_]\w*)(?=:|,|$)")
_LEAD = re.compile(
    r"^\W*(?:(?:the |my )?(?:next |best |final |chosen )*(?:action|answer|choice|step|command)\b(?: is)?\W*|"
    r"(?:option|number|no\.?)?\s*\d{1,3}\s*[.):]\s*)+",
    re.I,
)
_NUMBER = re.compile(r"\W*(?:(?:action|option|number|choice|answer|no)\b\W*)?(\d{1,3})\W*", re.I)
_QUOTED = re.compile("[\"'`*“‘«]+([^\"'`*“”‘’«»\n]{1,200})[\"'`*”’»]+")

_LINES, _SIMILAR = 40, 200


def put(question: str, context: str) -> str:
    """The beginning of a prompt: what is known, then what is wanted."""
    return joined(context, f"{'Goal' if Situation.of(context).actions else 'Question'}: {question}")


def ending(context: str, is_alone: bool = False) -> str:
    """The end of a prompt: in which form the reply is to close.

    Args:
        context: whether it lists actions or offers tools decides the form.
        is_alone: the reply is to be nothing but the answer.
    """
    tool = ", or with the line that uses a tool" if HOW in context else ""
    if Situation.of(context).actions:
        what = "one of the lines under [actions], in its exact words"
        return (
            f"Reply with {what}, and nothing else{tool}."
            if is_alone
            else f'End with a line "Answer: ", followed by {what}{tool}.'
        )
    if is_alone:
        return f"Reply with the answer, and nothing else{tool}."
    return f'End with a line "Answer: ", followed by the answer alone{tool}.'


def concluded(reply: str, context: str) -> Thought:
    """What a reply comes to: one of the listed actions, the call of an offered tool, or an answer.

    Args:
        reply: as the model gave it; empty gives an empty answer, but some action where actions are listed.
        context: that it was asked with.

    Returns:
        The whole reply as reasons, after a note if the action had to be guessed.
    """
    told = Situation.of(context)
    if HOW in context:
        tools = tools_in(context)
        call = wanted(reply, tools)
        if call is not None and call.name in {tool.name for tool in tools}:
            return Thought(f"{WORD} {spelled(call)}", reply)
    actions = tuple(action for action in told.actions if action.strip())
    if not actions:
        return Thought(final(reply), reply)
    if not reply.strip():
        step = next((step for step in told.plan[:1] if step in actions), actions[0])
        return Thought(step, "(the reply was empty)")
    action, is_clear = picked(reply, actions)
    return Thought(
        action, reply if is_clear else f"(not one of the actions; the most similar: {action})\n{reply}"
    )


def picked(reply: str, actions: Sequence[str]) -> tuple[str, bool]:
    """The action that a reply names, and whether it does so clearly; if not, the most similar one.

    Tried in this order: the closing answer or a line, from the last, that is an action but for marks, numbers
    and quotes; an action in quotes; the number of an action; the last one that is mentioned; the only one
    that the answer is the beginning of.

    Args:
        reply: of a model.
        actions: at least one.
    """
    reply = reply[-LONGEST:]
    keys: dict[str, str] = {}
    for action in actions:
        keys.setdefault(same(action), action)
    closing = final(reply)
    lines = [line for line in reply.splitlines() if line.strip()][-_LINES:]
    for text in (closing, *reversed(lines)):
        for form in (same(text), same(_LEAD.sub("", text))):
            if form in keys:
                return keys[form], True
    for text in reversed(_QUOTED.findall(reply)):
        if same(text) in keys:
            return keys[same(text)], True
    if (number := _NUMBER.fullmatch(closing)) and 0 < int(number[1]) <= len(actions):
        return actions[int(number[1]) - 1], True
    for text in (closing, reply):
        if (place := mentioned(text, actions)) is not None:
            return actions[place], True
    begin = same(_LEAD.sub("", closing))
    begun = [action for key, action in keys.items() if begin and key.startswith(begin)]
    if len(begun) == 1:
        return begun[0], True
    return _most_similar(closing[:_SIMILAR], actions), False


def tools_in(context: str) -> list[Spec]:
    """The tools that a context offers, as far as a call needs to know them."""
    before, _, _ = context.rpartition(HOW)
    return [
        Spec(name, "", dict.fromkeys(_ARGUMENT.findall(inside), ""))
        for name, inside in _SHOWN.findall(before)
    ]


def _most_similar(text: str, actions: Sequence[str]) -> str:
    """By the share of an action's words that are in the text, then by letters; of equals the first."""

    def letters(action: str) -> float:
        return SequenceMatcher(None, text.casefold(), action.casefold()[:_SIMILAR], autojunk=False).ratio()

    likeness = [(share, letters(one)) for share, one in zip(shares(text, actions), actions, strict=True)]
    return actions[likeness.index(max(likeness))]
