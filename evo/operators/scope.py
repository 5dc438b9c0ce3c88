"""Which names a program has at which statement, and which it uses without having them.

A forward pass over each scope keeps the set of names that are certainly bound. It is careful
rather than exact: a loop may run no times, a handler may start with nothing of its ``try``. So an
ordinary program can show uses that look unbound; what counts is whether a change adds one.
"""

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from evo.operators.tree import below

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

FUNCTION_TYPES = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSION_TYPES = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_PLAIN: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Constant: (),
    ast.Attribute: ("value",),
    ast.BinOp: ("left", "right"),
    ast.UnaryOp: ("operand",),
    ast.Subscript: ("value", "slice"),
    ast.keyword: ("value",),
    ast.Expr: ("value",),
}
"""The commonest nodes that bind nothing, with where the nodes below them are: most of the time goes here."""

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__class__"}

Names = frozenset[str]


@dataclass
class Scopes:
    """What `analyse` finds.

    Attributes:
        before: statement -> names of its own scope that are certainly bound when it starts.
        scope: statement -> the function, class or module whose scope it runs in.
        locals: function or module -> every name it binds anywhere.
        outer: function -> names it can take from around it, builtins not counted.
        unbound: (scope, name) of each use that may find nothing.
    """

    before: dict[ast.stmt, Names] = field(default_factory=dict)
    scope: dict[ast.stmt, ast.AST] = field(default_factory=dict)
    locals: dict[ast.AST, Names] = field(default_factory=dict)
    outer: dict[ast.AST, Names] = field(default_factory=dict)
    unbound: set[tuple[str, str]] = field(default_factory=set)

    def at(self, statement: ast.stmt) -> Names:
        """Names that `statement` may use when it starts, builtins not counted."""
        return self.before.get(statement, frozenset()) | self.outer.get(
            self.scope.get(statement, statement), frozenset()
        )


def analyse(tree: ast.Module) -> Scopes:
    """The scopes of a whole file."""
    scopes = Scopes()
    star = any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        for node in tree.body
    )
    module = bound_names(tree.body)
    scopes.locals[tree] = module
    _Flow(scopes, tree, "", outer=frozenset(), own=module, anything=star).block(tree.body, frozenset())
    return scopes


def bound_names(body: Sequence[ast.stmt]) -> Names:
    """Every name that the statements of `body` bind in their own scope; inner functions and classes keep theirs.

    Names bound by ``:=`` alone are left out: they count from where they stand.
    """
    names: set[str] = set()
    for statement in statements_below(body):
        _add_bindings(statement, names)
    return frozenset(names)


def statements_below(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of `body` and of the blocks inside them, but for those of functions and classes."""
    waiting = list(body)
    while waiting:
        statement = waiting.pop()
        yield statement
        if not isinstance(statement, (*FUNCTION_TYPES, ast.ClassDef)):
            for holder in [statement, *getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]:
                for field_name in ("body", "orelse", "finalbody"):
                    waiting += getattr(holder, field_name, ())


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Every parameter, the starred ones too, in order."""
    starred = [arguments.vararg] if arguments.vararg else []
    double = [arguments.kwarg] if arguments.kwarg else []
    return [*arguments.posonlyargs, *arguments.args, *starred, *arguments.kwonlyargs, *double]


def free_names(expression: ast.expr) -> Names:
    """Names that `expression` reads from around itself."""
    reads = _Reads()
    reads.visit(expression, frozenset(), False)
    return frozenset(reads.now + reads.later)


def _add_bindings(statement: ast.stmt, names: set[str]) -> None:
    """Adds what `statement` binds itself, its blocks not counted."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            names.add(name)
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            for target in targets:
                names.update(_targets(target))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            names.update(_targets(target))
        case ast.For(target=target) | ast.AsyncFor(target=target):
            names.update(_targets(target))
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                names.update(_targets(item.optional_vars) if item.optional_vars else ())
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
            names.update(handler.name for handler in handlers if handler.name)
        case ast.Match(cases=cases):
            for case in cases:
                names.update(_captures(case.pattern))


class _Reads:
    """Names that an expression reads and does not bind itself.

    Attributes:
        now: read when it is evaluated.
        later: read when a lambda in it is called.
        bound: by ``:=`` in it.
    """

    def __init__(self) -> None:
        self.now: list[str] = []
        self.later: list[str] = []
        self.bound: list[str] = []

    def visit(self, node: ast.AST, bound: Names, later: bool) -> None:
        kind = type(node)
        if isinstance(node, ast.Name):
            if node.id not in bound and isinstance(node.ctx, ast.Load):
                (self.later if later else self.now).append(node.id)
        elif kind in _PLAIN:
            for name in _PLAIN[kind]:
                self.visit(getattr(node, name), bound, later)
        elif isinstance(node, COMPREHENSION_TYPES):
            self._comprehension(node, bound, later)
        elif isinstance(node, ast.Lambda):
            for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
                self.visit(default, bound, later)
            self.visit(node.body, bound | {parameter.arg for parameter in parameters(node.args)}, True)
        else:
            if isinstance(node, ast.NamedExpr):
                self.bound.append(node.target.id)
            for child in below(node):
                self.visit(child, bound, later)

    def _comprehension(self, node: Comprehension, bound: Names, later: bool) -> None:
        for generator in node.generators:
            self.visit(generator.iter, bound, later)
            bound |= _targets(generator.target)
            for condition in generator.ifs:
                self.visit(condition, bound, later)
        for result in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.visit(result, bound, later)


class _Flow:
    """The forward pass through one scope."""

    def __init__(
        self,
        scopes: Scopes,
        node: ast.AST,
        name: str,
        *,
        outer: Names,
        own: Names,
        anything: bool,
    ) -> None:
        self.scopes = scopes
        self.node = node
        self.name = name
        self.outer = outer
        self.own = own
        self.anything = anything  # a star import: nothing is known to be missing
        scopes.outer[node] = outer

    def block(self, body: Sequence[ast.stmt], have: Names | None) -> Names | None:
        """Names bound after `body`, or None if its end is never reached."""
        for statement in body:
            if have is None:
                return None  # what follows a return or a break never runs
            self.scopes.before[statement] = have
            self.scopes.scope[statement] = self.node
            have = self.statement(statement, have)
        return have

    def statement(self, statement: ast.stmt, have: Names) -> Names | None:
        """Names bound after `statement`, or None if it never falls through."""
        after = getattr(self, f"after_{type(statement).__name__.lower()}", self.simple)
        result: Names | None = after(statement, have)
        return result

    def after_functiondef(self, statement: Function, have: Names) -> Names:
        self.check_parts(statement, have)
        self.function(statement, have)
        return have | {statement.name}

    after_asyncfunctiondef = after_functiondef

    def after_classdef(self, statement: ast.ClassDef, have: Names) -> Names:
        self.check_parts(statement, have)
        outer = self.outer | (have if isinstance(self.node, ast.ClassDef) else self.own)
        name, own = f"{self.name}.{statement.name}", bound_names(statement.body)
        inner = _Flow(self.scopes, statement, name, outer=outer, own=own, anything=self.anything)
        inner.block(statement.body, frozenset())
        return have | {statement.name}

    def after_if(self, statement: ast.If, have: Names) -> Names | None:
        have = self.expression(statement.test, have)
        return _either(self.block(statement.body, have), self.block(statement.orelse, have))

    def after_for(self, statement: ast.For | ast.AsyncFor, have: Names) -> Names:
        have = self.expression(statement.iter, have)
        self.expression(statement.target, have)
        self.block(statement.body, have | _targets(statement.target))
        return self.block(statement.orelse, have) or have

    after_asyncfor = after_for

    def after_while(self, statement: ast.While, have: Names) -> Names:
        have = self.expression(statement.test, have)
        self.block(statement.body, have)
        return self.block(statement.orelse, have) or have

    def after_with(self, statement: ast.With | ast.AsyncWith, have: Names) -> Names | None:
        for item in statement.items:
            have = self.expression(item.context_expr, have)
            if item.optional_vars is not None:
                have = have | _targets(item.optional_vars)
        return self.block(statement.body, have)

    after_asyncwith = after_with

    def after_return(self, statement: ast.stmt, have: Names) -> None:
        self.check_parts(statement, have)

    after_raise = after_break = after_continue = after_return

    def after_delete(self, statement: ast.Delete, have: Names) -> Names:
        self.check_parts(statement, have)
        return have - {target.id for target in statement.targets if isinstance(target, ast.Name)}

    def simple(self, statement: ast.stmt, have: Names) -> Names:
        """An assignment, an import, an expression: reads first, then binds."""
        have = self.check_parts(statement, have)
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            self.check(statement.target.id, have)
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            return have
        names: set[str] = set()
        _add_bindings(statement, names)
        return have | names if names else have

    def after_try(self, statement: ast.Try | ast.TryStar, have: Names) -> Names | None:
        after = self.block(statement.body, have)
        after = self.block(statement.orelse, after)
        for handler in statement.handlers:
            if handler.type is not None:
                self.expression(handler.type, have)
            named = have | {handler.name} if handler.name else have
            handled = self.block(handler.body, named)
            after = _either(after, None if handled is None else handled - {handler.name or ""} | have)
        finished = self.block(statement.finalbody, have)
        if finished is None and statement.finalbody:
            return None
        return after if after is None else after | (finished or frozenset())

    after_trystar = after_try

    def after_match(self, statement: ast.Match, have: Names) -> Names | None:
        have = self.expression(statement.subject, have)
        after: Names | None = None
        for case in statement.cases:
            captured = have | _captures(case.pattern)
            if case.guard is not None:
                captured = self.expression(case.guard, captured)
            after = _either(after, self.block(case.body, captured))
        last = statement.cases[-1] if statement.cases else None
        irrefutable = last is not None and last.guard is None and _matches_all(last.pattern)
        return after if irrefutable else _either(after, have)

    def function(self, function: Function, have: Names) -> None:
        own = bound_names(function.body) - _declared(function.body)
        given = frozenset(parameter.arg for parameter in parameters(function.args))
        inner = own | given
        self.scopes.locals[function] = inner
        # what surrounds a function is looked up when it runs: by then all of it may be bound
        around = self.outer if isinstance(self.node, ast.ClassDef) else self.outer | self.own
        name, outer = f"{self.name}.{function.name}", around - inner
        flow = _Flow(self.scopes, function, name, outer=outer, own=inner, anything=self.anything)
        flow.block(function.body, given)

    def check_parts(self, statement: ast.stmt, have: Names) -> Names:
        """Checks the expressions of `statement` that are evaluated in this scope."""
        if isinstance(statement, FUNCTION_TYPES):
            parts: list[ast.AST] = [*statement.decorator_list, *statement.args.defaults]
            parts += [part for part in statement.args.kw_defaults if part is not None]
        elif isinstance(statement, ast.ClassDef):
            parts = [*statement.decorator_list, *statement.bases]
            parts += [keyword.value for keyword in statement.keywords]
        elif isinstance(statement, ast.AnnAssign):
            parts = [statement.target, *([statement.value] if statement.value else [])]
        else:
            parts = [statement]
        for part in parts:
            have = self.expression(part, have)
        return have

    def expression(self, node: ast.AST, have: Names) -> Names:
        """Checks what `node` reads; returns the names bound afterwards, by ``:=`` too."""
        reads = _Reads()
        reads.visit(node, frozenset(), False)
        if reads.bound:
            have = have.union(reads.bound)
        for name in reads.now:
            if name not in have:
                self.check(name, have)
        for name in reads.later:
            self.check(name, self.own | have)
        return have

    def check(self, name: str, have: Names) -> None:
        if name in have or self.anything:
            return
        hidden = name in self.own and not isinstance(self.node, ast.ClassDef)
        if hidden or (name not in self.outer and name not in _BUILTINS):
            self.scopes.unbound.add((self.name, name))


def _declared(body: Sequence[ast.stmt]) -> Names:
    """Names that are declared global or nonlocal."""
    return frozenset(
        name
        for statement in statements_below(body)
        if isinstance(statement, ast.Global | ast.Nonlocal)
        for name in statement.names
    )


def _targets(target: ast.expr) -> Names:
    """Names that assigning to `target` binds."""
    if isinstance(target, ast.Name):
        return frozenset([target.id])
    if isinstance(target, ast.Tuple | ast.List):
        return frozenset().union(*map(_targets, target.elts))
    return _targets(target.value) if isinstance(target, ast.Starred) else frozenset()


def _captures(pattern: ast.pattern) -> Names:
    """Names that matching `pattern` binds."""
    return frozenset(
        name
        for node in ast.walk(pattern)
        for name in (getattr(node, "name", None), getattr(node, "rest", None))
        if name
    )


def _either(one: Names | None, other: Names | None) -> Names | None:
    """What is bound after a branch: None is a branch whose end is never reached."""
    if one is None:
        return other
    if other is None:
        return one
    return one & other


def _matches_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
