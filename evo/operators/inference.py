"""Guesses the type of every expression of a file; see `evo.operators.typed` for what a type is."""

import ast
from collections.abc import Sequence

from evo.operators.calls import Call, attribute_type, call_type, element
from evo.operators.scope import Function, parameters
from evo.operators.tree import children, dotted
from evo.operators.typed import (
    BOOL,
    FLOAT,
    INT,
    MIXED,
    NONE,
    NUMERIC,
    TEXT,
    UNKNOWN,
    Type,
    array,
    broadcast,
    join,
    join_all,
    list_of,
    tuple_of,
)

_ROUNDS = 3
"""A pass sees what earlier passes learnt of functions that stand below their callers."""

_ANNOTATIONS = {"int": INT, "float": FLOAT, "bool": BOOL, "str": TEXT, "None": NONE}

_CONSTANTS: dict[type, Type] = {int: INT, float: FLOAT, bool: BOOL, str: TEXT, type(None): NONE}

_WHOLE = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.Pow)
"""Operators that give a whole number for two whole numbers (`ast.Pow` if the exponent is not negative)."""

_BITS = (ast.BitAnd, ast.BitOr, ast.BitXor)

Names = dict[str, Type]


class Inference:
    """The types of one file.

    Attributes:
        types: expression -> type, for every expression outside annotations.
        names: function or module -> types of the names it binds.
        returns: name of a function in the file -> type of what it returns.
        aliases: name -> what it was imported as: ``np`` -> ``numpy``, ``sqrt`` -> ``math.sqrt``.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.types: dict[ast.AST, Type] = {}
        self.names: dict[ast.AST, Names] = {tree: {}}
        self.returns: dict[str, Type] = {}
        self.aliases: dict[str, str] = {}
        self._functions: dict[str, Function] = {}
        self._module = self.names[tree]
        self._here: list[Names] = [self._module]
        self._function: Function | None = None
        self._missed: set[str] = set()
        for self._round in range(_ROUNDS):
            self._missed.clear()
            self._block(tree.body)
            known = {name for names in self.names.values() for name in names} | self.returns.keys()
            if not self._missed & known:
                break

    def of(self, node: ast.AST) -> Type:
        """Type of `node`; `UNKNOWN` if it is not an expression of this file."""
        return self.types.get(node, UNKNOWN)

    def full_name(self, function: ast.expr) -> str:
        """``numpy.exp`` for ``np.exp``; ``.sum`` for a method of something else; empty if it has no name."""
        name = dotted(function)
        head, _, rest = name.partition(".")
        if head in self.aliases:
            return f"{self.aliases[head]}.{rest}" if rest else self.aliases[head]
        if isinstance(function, ast.Attribute):
            return f".{function.attr}"
        return name

    def _block(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(statement)
            case ast.Import(names=imported):
                self.aliases |= {name.asname or name.name: name.name for name in imported}
            case ast.ImportFrom(names=imported, module=str(module)):
                self.aliases |= {name.asname or name.name: f"{module}.{name.name}" for name in imported}
            case ast.Assign(targets=targets, value=value):
                kind = self._type(value)
                for target in targets:
                    self._bind(target, kind)
            case ast.AnnAssign(target=target, value=value):
                kind = self._type(value) if value is not None else UNKNOWN
                self._bind(target, kind)
            case ast.AugAssign(target=target, op=op, value=value):
                before, kind = self._read(target), self._type(value)
                self._bind(
                    target, before if isinstance(target, ast.Subscript) else _arithmetic(op, before, kind)
                )
            case ast.For(target=target, iter=iterable) | ast.AsyncFor(target=target, iter=iterable):
                self._bind(target, element(self._type(iterable)))
                self._block(statement.body)
                self._block(statement.orelse)
            case ast.Return(value=value):
                self._returned(self._type(value) if value is not None else NONE)
            case _:
                self._parts(statement)

    def _parts(self, node: ast.AST) -> None:
        """Types the expressions of any other statement, and goes into its blocks."""
        for child, _ in children(node):
            if isinstance(child, ast.stmt):
                self._statement(child)
            elif isinstance(child, ast.expr):
                self._type(child)
            else:
                self._parts(child)

    def _define(self, function: Function) -> None:
        self._functions[function.name] = function
        names = self.names.setdefault(function, {})
        for default in [*function.args.defaults, *filter(None, function.args.kw_defaults)]:
            self._type(default)
        positional = [*function.args.posonlyargs, *function.args.args]
        defaults = dict(zip(reversed(positional), reversed(function.args.defaults), strict=False))
        for parameter in parameters(function.args):
            kind = _annotated(parameter)
            if kind == UNKNOWN and parameter in defaults:
                kind = self.of(defaults[parameter])
            names[parameter.arg] = join(kind, names.get(parameter.arg, UNKNOWN))
        outer, self._function = self._function, function
        self._here.append(names)
        self._block(function.body)
        self._here.pop()
        self._function = outer

    def _returned(self, kind: Type) -> None:
        if self._function is not None:
            name = self._function.name
            self.returns[name] = join(self.returns.get(name, UNKNOWN), kind)

    def _bind(self, target: ast.expr, kind: Type) -> None:
        """Learns that `target` was given something of type `kind`."""
        self.types[target] = kind
        if isinstance(target, ast.Name):
            names = self._here[-1]
            names[target.id] = join(names.get(target.id, UNKNOWN), kind)
        elif isinstance(target, ast.Tuple | ast.List):
            exact = kind.kind == "tuple" and len(kind.items) == len(target.elts)
            for place, part in enumerate(target.elts):
                self._bind(part, kind.items[place] if exact else element(kind))
        elif isinstance(target, ast.Starred):
            self._bind(target.value, list_of(UNKNOWN))
        else:
            self._read(target)

    def _read(self, target: ast.expr) -> Type:
        """Types the parts of a target, and itself as if it were read."""
        self.types[target] = self._infer(target)
        return self.types[target]

    def _type(self, node: ast.expr) -> Type:
        kind = self.types[node] = self._infer(node)
        return kind

    def _infer(self, node: ast.expr) -> Type:
        rule = getattr(self, f"_{type(node).__name__.lower()}", None)
        if rule is not None:
            kind: Type = rule(node)
            return kind
        self._parts(node)
        return UNKNOWN

    def _constant(self, node: ast.Constant) -> Type:
        return _CONSTANTS.get(type(node.value), UNKNOWN)

    def _joinedstr(self, node: ast.JoinedStr) -> Type:
        return TEXT

    def _name(self, node: ast.Name) -> Type:
        for names in reversed(self._here):
            if names.get(node.id, UNKNOWN) != UNKNOWN:
                return names[node.id]
        self._missed.add(node.id)
        return UNKNOWN

    def _namedexpr(self, node: ast.NamedExpr) -> Type:
        kind = self._type(node.value)
        self._bind(node.target, kind)
        return kind

    def _attribute(self, node: ast.Attribute) -> Type:
        receiver = self._type(node.value)
        return attribute_type(self.full_name(node), receiver)

    def _unaryop(self, node: ast.UnaryOp) -> Type:
        kind = self._type(node.operand)
        if isinstance(node.op, ast.Not):
            return BOOL
        return INT if kind == BOOL else kind

    def _binop(self, node: ast.BinOp) -> Type:
        left, right = self._type(node.left), self._type(node.right)
        if not isinstance(
            node.op, ast.Add | ast.Mod | ast.BitAnd | ast.BitOr
        ):  # those suit texts and sets too
            left, right = self._must_be_numeric(node.left, left), self._must_be_numeric(node.right, right)
        return _arithmetic(node.op, left, right)

    def _must_be_numeric(self, node: ast.expr, kind: Type) -> Type:
        """An unknown parameter that arithmetic is done with is a number or an array."""
        if self._round == 0 or kind != UNKNOWN or self._function is None:
            return kind  # on the first pass a caller's argument may yet tell
        given = {parameter.arg for parameter in parameters(self._function.args)}
        if isinstance(node, ast.Name) and node.id in given:
            kind = self._here[-1][node.id] = self.types[node] = NUMERIC
        return kind

    def _boolop(self, node: ast.BoolOp) -> Type:
        return join_all([self._type(value) for value in node.values])

    def _compare(self, node: ast.Compare) -> Type:
        kinds = [self._type(node.left), *map(self._type, node.comparators)]
        if len(kinds) == 2 and any(kind.kind in ("array", "numeric") for kind in kinds):
            result = broadcast(kinds[0], kinds[1], BOOL)
            return result if result.kind == "array" else UNKNOWN
        return BOOL

    def _ifexp(self, node: ast.IfExp) -> Type:
        self._type(node.test)
        return join(self._type(node.body), self._type(node.orelse))

    def _list(self, node: ast.List) -> Type:
        return list_of(join_all([self._type(item) for item in node.elts]))

    def _tuple(self, node: ast.Tuple) -> Type:
        return tuple_of([self._type(item) for item in node.elts])

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> Type:
        for generator in node.generators:
            self._bind(generator.target, element(self._type(generator.iter)))
            for condition in generator.ifs:
                self._type(condition)
        return list_of(self._type(node.elt))

    _generatorexp = _listcomp

    def _subscript(self, node: ast.Subscript) -> Type:
        whole, index = self._type(node.value), self._type(node.slice)
        if whole.kind == "array":
            return _taken(whole, node.slice, self)
        if isinstance(node.slice, ast.Slice):
            return whole if whole.kind == "list" else UNKNOWN
        if (
            whole.kind == "tuple"
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
        ):
            place = node.slice.value
            return whole.items[place] if -len(whole.items) <= place < len(whole.items) else UNKNOWN
        return element(whole) if index == INT else UNKNOWN

    def _slice(self, node: ast.Slice) -> Type:
        self._parts(node)
        return UNKNOWN

    def _call(self, node: ast.Call) -> Type:
        name = self.full_name(node.func)
        nodes, types = list(node.args), [self._type(argument) for argument in node.args]
        keywords = {keyword.arg: (self._type(keyword.value), keyword.value) for keyword in node.keywords}
        named = {key: value for key, value in keywords.items() if key is not None}
        if isinstance(node.func, ast.Attribute):
            receiver = self._type(node.func.value)
            if name.startswith("."):
                nodes, types = [node.func.value, *nodes], [receiver, *types]
        if name in self._functions:
            self._called(self._functions[name], types, {key: kind for key, (kind, _) in named.items()})
            return self.returns.get(name, UNKNOWN)
        if isinstance(node.func, ast.Name) and name == node.func.id:
            self._missed.add(name)
        return call_type(Call(name, types, nodes, named))

    def _called(self, function: Function, types: Sequence[Type], keywords: Names) -> None:
        """Learns the types of a function's parameters from a call of it."""
        names = self.names.setdefault(function, {})
        positional = [*function.args.posonlyargs, *function.args.args]
        given = dict(zip((parameter.arg for parameter in positional), types, strict=False)) | keywords
        for parameter in parameters(function.args):
            if parameter.annotation is None and parameter.arg in given:
                before = names.get(parameter.arg, UNKNOWN)
                names[parameter.arg] = join(before, given[parameter.arg])


def _annotated(parameter: ast.arg) -> Type:
    if parameter.annotation is None:
        return UNKNOWN
    text = ast.unparse(parameter.annotation).strip("'\"")
    if text.rpartition(".")[2].startswith(("ndarray", "NDArray")):
        return array((f"{parameter.arg}...",))
    if text.startswith(("list[", "List[", "Sequence[")):
        return list_of(_ANNOTATIONS.get(text.partition("[")[2].rstrip("]"), UNKNOWN))
    return _ANNOTATIONS.get(text, UNKNOWN)


def _arithmetic(op: ast.operator, left: Type, right: Type) -> Type:
    """Type of ``left op right``."""
    if isinstance(op, _BITS) and (left.is_mask or right.is_mask):
        return broadcast(left, right, BOOL) if left.kind == right.kind else MIXED
    if left.is_mask or right.is_mask or BOOL in (left, right):
        left, right = _counted(left), _counted(right)
    if left.kind == "list" and isinstance(op, ast.Add | ast.Mult):
        return join(left, right) if isinstance(op, ast.Add) else left
    if not (left.is_numeric and right.is_numeric):
        # an array stays an array whatever is added to it, a text a text
        return left if left == TEXT else UNKNOWN
    whole = isinstance(op, _WHOLE + _BITS)
    if left.is_number and right.is_number:
        return INT if whole and left == right == INT else FLOAT
    items = [kind.item if kind.kind == "array" else kind for kind in (left, right)]
    return broadcast(left, right, INT if whole and items == [INT, INT] else FLOAT)


def _counted(kind: Type) -> Type:
    """Truth values as the numbers they stand for in arithmetic."""
    if kind == BOOL:
        return INT
    return array(kind.shape, INT) if kind.is_mask else kind


def _taken(whole: Type, index: ast.expr, inference: Inference) -> Type:
    """Type of ``whole[index]`` for an array."""
    if whole.shape is None:
        return UNKNOWN
    indices = index.elts if isinstance(index, ast.Tuple) else [index]
    if whole.shape[0].endswith("..."):
        return _taken_of_unknown_rank(whole, indices, inference)
    shape: list[str] = []
    rest = list(whole.shape)
    for part in indices:
        kind = inference.of(part)
        if isinstance(part, ast.Constant) and part.value is None:
            shape.append("1")
        elif not rest:
            return UNKNOWN
        elif kind == INT:
            rest.pop(0)
        elif isinstance(part, ast.Slice):
            text, dimension = ast.unparse(part), rest.pop(0)
            shape.append(dimension if text == ":" else f"{dimension}[{text}]")
        elif kind.kind == "array" and kind.shape is not None and len(kind.shape) == 1:
            rest.pop(0)
            shape.append(f"[{ast.unparse(part)}]" if kind.is_mask else kind.shape[0])
        else:
            return UNKNOWN
    result = (*shape, *rest)
    return array(result, whole.item) if result else whole.item


def _taken_of_unknown_rank(whole: Type, indices: Sequence[ast.expr], inference: Inference) -> Type:
    """A parameter of unknown rank is taken for a vector, which is what it mostly is."""
    if len(indices) != 1 or whole.shape is None:
        return UNKNOWN
    kind = inference.of(indices[0])
    if kind == INT:
        return whole.item
    if isinstance(indices[0], ast.Slice) or kind.is_mask:
        return array((f"{whole.shape[0][:-3]}[{ast.unparse(indices[0])}]",), whole.item)
    return array(kind.shape, whole.item) if kind.kind == "array" else UNKNOWN
