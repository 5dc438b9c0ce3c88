"""Carrying out one action: what every workflow that acts has in common.

An action is a `Call`. One that names a tool which is offered goes to the tools; any other is an action of the
world, and its name is what is said to the world: ``Call("take the key")``. A guard sees both kinds, before.
"""

from collections.abc import Collection, Sequence

from evo.design.contracts import Agent, Call, Deny, Happening, Replace, Seen, Spec
from evo.design.replies import chosen, same, shares
from evo.design.talk import spelled, wanted

REFUSED = "Refused: "
"""What is seen begins with it where a guard denied the call."""


async def act(agent: Agent, call: Call, trace: list[Call], tools: Collection[str] = ()) -> Seen:
    """Makes `call`, or what the guard has made in its place, and writes both sides of it to the memory.

    A call that was denied is not made: what is seen says why (`REFUSED`), and `trace` does not grow. The
    memory gets an ``action`` and an ``observation``, or a ``feedback`` for a call that was denied or replaced.

    Args:
        agent: whose guard, tools, world and memory take part.
        call: a tool's or the world's action.
        trace: calls made so far in this case; the one that is made is appended.
        tools: names of the tools that are offered; what a tool answers gains nothing and ends nothing.
    """
    verdict = await agent.guard.allow(call, tuple(trace))
    if isinstance(verdict, Deny):
        text = f"{REFUSED}{spelled(call)}. {verdict.reason}".rstrip()
        await agent.memory.write(Happening("feedback", text))
        return Seen(text)
    if isinstance(verdict, Replace):
        text = f"{spelled(call)} was replaced by {spelled(verdict.call)}. {verdict.reason}".rstrip()
        await agent.memory.write(Happening("feedback", text))
        call = verdict.call
    trace.append(call)
    await agent.memory.write(Happening("action", spelled(call)))
    if call.name in tools:
        seen = Seen(await agent.tools.call(call.name, call.arguments))
    else:
        seen = await agent.world.step(call.name)
    await agent.memory.write(Happening("observation", seen.text))
    return seen


def as_call(text: str, actions: Sequence[str], tools: Sequence[Spec] = ()) -> Call | None:
    """The call that a text names: a tool's, or one of the possible actions; None if it names none.

    Args:
        text: a step of a plan, or a reply.
        actions: what is possible in the world.
        tools: what is offered beside it.
    """
    for name in (*actions, *(spec.name for spec in tools)):
        if same(name) == same(text):
            return Call(name)
    call = wanted(text, tools)
    if call is not None and any(call.name == spec.name for spec in tools):
        return call
    place = chosen(text, actions)
    return None if place is None else Call(actions[place])


def nearest(text: str, actions: Sequence[str]) -> str | None:
    """The action of whose words the largest share stands in a text; None if of none half of them do."""
    found = shares(text, actions)
    best = max(found, default=0.0)
    return actions[found.index(best)] if best >= 0.5 else None
