"""Reads a component's file without running it: its declaration, and whether its class keeps the contract."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from evo.design.component import Component, Need
from evo.design.contracts import MEMBERS, Method, methods, plain_type
from evo.design.faults import Fault
from evo.design.parameter import Choice, Flag, Float, Int, Prompt, Text
from evo.errors import one_of

DECLARATION = "DECLARATION"
"""What a component's file assigns its declaration to."""

_FORMS: Mapping[str, Callable[..., Any]] = {
    one.__name__: one for one in (Component, Int, Float, Choice, Flag, Text, Prompt)
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(path: str, text: str) -> ast.Module | Fault:
    """The syntax tree of a file that may be anything."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        return Fault(path, f"it must be Python, line {error.lineno}: {error.msg}", "Write it anew.")
    except (ValueError, RecursionError, MemoryError) as error:
        return Fault(path, f"it must be Python that can be read: {error}", "Write it anew.")


def declared(path: str, text: str) -> tuple[Component | None, list[Fault]]:
    """The component that the file at `path` declares, and what is wrong with the file."""
    tree = parsed(path, text)
    if isinstance(tree, Fault):
        return None, [tree]
    node = _assigned(tree)
    if node is None:
        return None, [
            Fault(
                path,
                f"a component's file assigns {DECLARATION} = Component(...)",
                "Add it after the imports.",
            )
        ]
    try:
        component = _evaluated(node)
    except (ValueError, TypeError, RecursionError) as error:
        return None, [Fault(path, f"line {node.lineno}: {error}", "A declaration is made of literals.")]
    if not isinstance(component, Component):
        return None, [
            Fault(
                path, f"{DECLARATION} must be a Component(...)", "Write Component(slot=..., name=..., ...)."
            )
        ]
    try:
        return component, _class_faults(path, tree, component)
    except RecursionError:
        return component, [
            Fault(path, "it must not be nested so deep that it cannot be walked", "Write it anew.")
        ]


def signature_faults(path: str, function: Function, method: Method, first: int) -> list[Fault]:
    """How a function departs from its contract.

    Args:
        path: of its file.
        function: its definition.
        method: its contract.
        first: parameters before those of the contract: 1 for ``self``.
    """
    wrong: list[str] = []
    if isinstance(function, ast.FunctionDef):
        wrong.append("it is no coroutine")
    arguments = [*function.args.posonlyargs, *function.args.args]
    mine, spare = arguments[first:], len(function.args.defaults)
    n = len(method.parameters)
    if (
        tuple(one.arg for one in mine[:n]) != method.parameters
        or len(mine) - spare > n
        or _required(function)
    ):
        wrong.append(f"its parameters are ({', '.join(one.arg for one in mine)})")
    if untyped := [one.arg for one in mine[:n] if one.annotation is None]:
        wrong.append(f"{', '.join(untyped)} has no type")
    result = "no type" if function.returns is None else plain_type(ast.unparse(function.returns))
    if result.replace(" ", "") != method.returns.replace(" ", ""):
        wrong.append(f"it returns {result}")
    if not wrong:
        return []
    rule = f"line {function.lineno}: {function.name} must keep its contract, but {' and '.join(wrong)}"
    return [Fault(path, rule, f"Write: {method}.")]


def _required(function: Function) -> list[str]:
    """Keywords that a call must give."""
    pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return [argument.arg for argument, default in pairs if default is None]


def _assigned(tree: ast.Module) -> ast.expr | None:
    """What is assigned to `DECLARATION` at the top level."""
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        if any(isinstance(target, ast.Name) and target.id == DECLARATION for target in targets):
            assert isinstance(statement, ast.Assign | ast.AnnAssign)  # noqa: S101  nothing else has targets
            return statement.value
    return None


def _evaluated(node: ast.expr) -> Any:
    """The value of a literal or of a call to one of `_FORMS`.

    Raises:
        ValueError: it is neither, or the declaration itself refuses it.
        TypeError: arguments are missing or unknown.
    """
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in _FORMS:
            raise ValueError(f"no {name}(...) in a declaration. {one_of(name, list(_FORMS))}")
        keywords = {one.arg: _evaluated(one.value) for one in node.keywords if one.arg is not None}
        if len(keywords) < len(node.keywords):
            raise ValueError("no ** in a declaration")
        return _FORMS[name](*map(_evaluated, node.args), **keywords)
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(map(_evaluated, node.elts))
    if isinstance(node, ast.Constant | ast.UnaryOp):
        value = ast.literal_eval(node)
        if value is None or isinstance(value, bool | int | float | str):
            return value
    raise ValueError(f"{ast.unparse(node)[:60]!r} is no literal")


def _class_faults(path: str, tree: ast.Module, component: Component) -> list[Fault]:
    """What is wrong with the class that the declaration names."""
    classes = {one.name: one for one in tree.body if isinstance(one, ast.ClassDef)}
    if component.use not in classes:
        rule = f"use={component.use!r} must name a class of the same file"
        return [Fault(path, rule, one_of(component.use, list(classes)) if classes else "Define it.")]
    found = classes[component.use]
    functions = {
        one.name: one for one in found.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    faults: list[Fault] = []
    for method in methods(component.slot):
        if method.name in functions:
            faults += signature_faults(path, functions[method.name], method, 1)
        else:
            rule = f"{component.use} must define {method.name}, as slot {component.slot} asks for"
            faults.append(Fault(path, rule, f"Write: {method}."))
    return faults + _building_faults(path, found, functions, component)


def _building_faults(
    path: str, found: ast.ClassDef, functions: Mapping[str, Function], component: Component
) -> list[Fault]:
    """Whether the class can be built with its parameters and its needs."""
    given = [*(one.name for one in component.parameters), *(Need.of(need).slot for need in component.needs)]
    if component.slot == "tools" and component.name != "none":
        given.append(MEMBERS)
    given = list(dict.fromkeys(given))
    takes, required, takes_any = _keywords(found, functions.get("__init__"))
    faults = []
    missing = [name for name in given if name not in takes]
    if missing and not takes_any:
        rule = f"{component.use} must be built with {', '.join(missing)}, by keyword"
        faults.append(Fault(path, rule, "Add it to __init__, or take it out of the declaration."))
    if extra := [name for name in required if name not in given]:
        rule = f"{component.use} asks for {', '.join(extra)}, which is neither a parameter nor a need"
        faults.append(Fault(path, rule, "Declare it, or give it a default."))
    return faults


def _keywords(found: ast.ClassDef, init: Function | None) -> tuple[list[str], list[str], bool]:
    """Keywords that the class takes, those of them it needs, and whether it takes any."""
    if init is not None:
        arguments = init.args.args[1:]
        names = [one.arg for one in arguments]
        required = names[: len(names) - len(init.args.defaults)] if init.args.defaults else names
        keywords = [one.arg for one in init.args.kwonlyargs]
        return names + keywords, [*required, *_required(init)], init.args.kwarg is not None
    if not any("dataclass" in ast.unparse(one) for one in found.decorator_list):
        return [], [], False
    fields = [
        one for one in found.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    ]
    taken = [one for one in fields if not _is_internal(one)]
    names = [ast.unparse(one.target) for one in taken]
    return names, [name for name, one in zip(names, taken, strict=True) if one.value is None], False


def _is_internal(field: ast.AnnAssign) -> bool:
    """A dataclass's field that is no argument."""
    if "ClassVar" in ast.unparse(field.annotation):
        return True
    return isinstance(field.value, ast.Call) and any(
        one.arg == "init" and isinstance(one.value, ast.Constant) and one.value.value is False
        for one in field.value.keywords
    )
