"""Edits, programs and functions are fitted into the parent, and never outside of its region."""

import pytest

from evo.operators.region import outside
from evo.operators.reply import NotUnderstood, Understood, read_reply
from evo.operators.reply.check import SOURCE_BYTES
from evo.operators.reply.names import may_create, path_in, target
from tests.operators.reply.parents import parent

PLAIN = "import math\n\nRATE = 0.5\n\n\ndef step(x):\n    return x + RATE\n\n\ndef solve():\n    return step(1.0)\n"


def read(
    text: str, files: dict[str, str] | str = PLAIN, cut: bool = False, mutable: tuple[str, ...] = ("*",)
) -> Understood:
    return read_reply(text, {"main.py": files} if isinstance(files, str) else files, mutable, cut=cut)


def fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def block(search: str, replace: str) -> str:
    return f"<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


class TestFunctions:
    def test_a_constant_and_a_new_function(self) -> None:
        child = read(
            fenced(
                "RATE = 0.25\n# Helps.\ndef half(x):\n    return x / 2\ndef step(x):\n    return half(x) + RATE"
            )
        )
        assert child.files["main.py"] == PLAIN.replace("RATE = 0.5\n", "RATE = 0.25\n").replace(
            "def step(x):\n    return x + RATE",
            "# Helps.\ndef half(x):\n    return x / 2\n\n\ndef step(x):\n    return half(x) + RATE",
        )
        assert child.how == "RATE, step replaced, half added"

    def test_a_new_function_behind_the_last_one(self) -> None:
        child = read(fenced("def solve():\n    return more()\n\ndef more():\n    return 2"))
        assert child.files["main.py"].endswith(
            "def solve():\n    return more()\n\n\ndef more():\n    return 2\n"
        )

    def test_new_imports_stand_behind_the_old_ones(self) -> None:
        child = read(
            fenced("import math\nfrom random import Random\n\ndef step(x):\n    return Random(x).random()")
        )
        assert child.files["main.py"].startswith("import math\nfrom random import Random\n\nRATE")

    def test_decorators_belong_to_a_function(self) -> None:
        parent_text = PLAIN.replace("def step", "@cache\ndef step").replace(
            "import math", "from functools import cache"
        )
        child = read(fenced("def step(x):\n    return x * RATE"), parent_text)
        assert "@cache" not in child.files["main.py"]

    def test_the_last_definition_of_a_name_counts(self) -> None:
        child = read(fenced("def step(x):\n    return 1\n\ndef step(x):\n    return 2"))
        assert "return 2" in child.files["main.py"]
        assert "return 1\n" not in child.files["main.py"]

    def test_what_stands_outside_is_restored(self) -> None:
        marked = PLAIN.replace("def step", "# EVOLVE-BLOCK-START\ndef step").replace(
            "\n\n\ndef solve", "\n# EVOLVE-BLOCK-END\n\ndef solve"
        )
        child = read(
            fenced("RATE = 9\n\ndef step(x):\n    return x * RATE\n\ndef solve():\n    return 7"), marked
        )
        assert outside(child.files["main.py"]) == outside(marked)
        assert "return x * RATE" in child.files["main.py"]

    def test_methods_that_are_still_called_are_kept(self) -> None:
        text = "class A:\n    def run(self):\n        return self.one()\n\n    def one(self):\n        return 1\n\n    def idle(self):\n        return 0\n"
        child = read(fenced("class A:\n    def run(self):\n        return self.one() + 1"), text).files[
            "main.py"
        ]
        assert "return self.one() + 1" in child
        assert "def one" in child
        assert "def idle" not in child

    def test_a_broken_parent_can_be_repaired(self) -> None:
        assert (
            read(fenced("def solve():\n    return 1"), "def solve(:\n").files["main.py"]
            == "def solve():\n    return 1\n"
        )


class TestBlocks:
    def test_a_wrong_file_name_is_looked_up(self) -> None:
        files = {"a.py": "x = 1\n", "b.py": "y = 2\n"}
        assert read("a.py\n" + block("y = 2", "y = 3"), files).files == {"a.py": "x = 1\n", "b.py": "y = 3\n"}

    def test_kept_lines_are_the_parents_own(self) -> None:
        text = "def f(x):\n  y = x  # as it is\n\n  return y\n"
        child = read(
            block(
                "def f(x):\n    y = x # as it is\n    return y",
                "def f(x):\n    y = x # as it is\n    y += 1\n    return y",
            ),
            text,
        )
        assert child.files["main.py"] == "def f(x):\n  y = x  # as it is\n  y += 1\n\n  return y\n"

    def test_deletion(self) -> None:
        assert "RATE = 0.5" not in read(block("RATE = 0.5", ""), PLAIN).files["main.py"]

    def test_two_insertions_keep_their_order(self) -> None:
        first = block("RATE = 0.5", "RATE = 0.5\nONE = 1")
        second = block("ONE = 1", "ONE = 1\nTWO = 2")
        assert "RATE = 0.5\nONE = 1\nTWO = 2\n" in read(first + second).files["main.py"]

    def test_a_file_that_must_stay(self) -> None:
        files = {"main.py": PLAIN, "judge.py": "limit = 3\n"}
        with pytest.raises(NotUnderstood, match=r"judge\.py must stay") as refused:
            read("judge.py\n" + block("limit = 3", "limit = 9"), files, mutable=("main.py",))
        assert refused.value.rung == "apply"

    def test_nothing_may_change(self) -> None:
        with pytest.raises(NotUnderstood, match="no file of the candidate matches x"):
            read(block("RATE = 0.5", "RATE = 1"), mutable=("x",))


class TestWholePrograms:
    def test_without_markers_all_of_it(self) -> None:
        new = PLAIN.replace("0.5", "0.75").replace("import math", '"""New."""\n\nimport math')
        assert read(fenced(new)).files["main.py"] == new

    def test_markers_that_the_parent_has_not_are_dropped(self) -> None:
        child = read(
            fenced("# EVOLVE-BLOCK-START\n" + PLAIN.replace("0.5", "0.75") + "# EVOLVE-BLOCK-END")
        ).files["main.py"]
        assert child == PLAIN.replace("0.5", "0.75")

    def test_several_blocks(self) -> None:
        files = parent("inner")
        text = (
            files["main.py"]
            .replace("SCALE = 2.0", "SCALE = 3.0")
            .replace("0.1 /", "0.2 /")
            .replace("return 0.5", "return 9")
        )
        child = read(fenced(text), files).files["main.py"]
        assert child == files["main.py"].replace("SCALE = 2.0", "SCALE = 3.0").replace("0.1 /", "0.2 /")

    def test_several_blocks_without_markers(self) -> None:
        files = parent("inner")
        lines = [line for line in files["main.py"].splitlines() if "EVOLVE" not in line]
        child = read(fenced("\n".join(lines).replace("0.1 /", "0.2 /")), files).files["main.py"]
        assert child == files["main.py"].replace("0.1 /", "0.2 /")

    def test_two_programs_give_two_alternatives(self) -> None:
        one, two = (fenced(PLAIN.replace("0.5", rate)) for rate in ("0.6 +", "0.7"))
        child = read(f"{one}\n{two}")
        assert "RATE = 0.7" in child.files["main.py"]
        assert child.alternatives == 2

    def test_line_ends_of_the_parent(self) -> None:
        files = {"main.py": PLAIN.replace("\n", "\r\n")}
        assert read(fenced(PLAIN.replace("0.5", "0.75")), files).files["main.py"] == files["main.py"].replace(
            "0.5", "0.75"
        )


class TestLimits:
    def test_size(self) -> None:
        files = {"main.py": "x = 1\n", "data.txt": "a" * (SOURCE_BYTES - 100)}
        assert read(block("x = 1", "x = 2"), files).files["main.py"] == "x = 2\n"
        with pytest.raises(NotUnderstood, match="at most 262,144 bytes") as refused:
            read(block("x = 1", f"x = '{'a' * 200}'"), files)
        assert refused.value.rung == "apply"

    def test_letters_that_cannot_be_written(self) -> None:
        with pytest.raises(NotUnderstood, match="UTF-8") as refused:
            read("<<<<<<< SEARCH\na\n=======\n\ud800\n>>>>>>> REPLACE", {"x.txt": "a\n"})
        assert refused.value.rung == "compile"

    def test_a_reply_that_is_far_too_long(self) -> None:
        with pytest.raises(NotUnderstood, match="1,048,576 letters") as refused:
            read("a" * 1_100_000)
        assert refused.value.rung == "read"

    def test_warnings_of_the_compiler_stay_quiet(self) -> None:
        assert "x is 1" in read(fenced("def step(x):\n    return x is 1")).files["main.py"]

    def test_what_only_the_compiler_sees(self) -> None:
        with pytest.raises(NotUnderstood, match="line 7: 'break' outside loop: `break`") as refused:
            read(fenced("def step(x):\n    break"))
        assert refused.value.rung == "compile"


class TestNames:
    @pytest.mark.parametrize(
        ("line", "path"),
        [
            ("I changed `src/a.py` so that it is faster", "src/a.py"),
            ("b/src/a.py", "src/a.py"),
            ("**File: other.py**", "other.py"),
            ("We use other.py and more.", ""),
            ("np.where", "np.where"),
            ("calls np.where(x)", ""),
            ("", ""),
        ],
    )
    def test_in_a_line(self, line: str, path: str) -> None:
        assert path_in(line, ["src/a.py"]) == path

    def test_target(self) -> None:
        files = dict.fromkeys(["a.py", "lib/b.py", "lib/c.py", "d/c.py"], "")
        assert target("b/a.py", files, ["*"], None) == "a.py"
        assert target("b.py", files, ["*"], None) == "lib/b.py"
        assert target("c.py", files, ["*"], None) == ""
        assert target("", files, ["*"], "a.py") == "a.py"
        assert target("unknown.py", files, ["*"], "a.py") == ""
        assert target("unknown.py", files, ["lib/b.py"], None) == "lib/b.py"

    @pytest.mark.parametrize(
        ("name", "n_files", "mutable", "may"),
        [
            ("new.py", 1, ["*"], False),
            ("new.py", 2, ["*"], True),
            ("new.py", 1, ["*.py"], True),
            ("new.py", 2, ["f0.py"], False),
            ("lib/new.py", 2, ["lib/*"], True),
            ("../new.py", 2, ["*"], False),
            ("/new.py", 2, ["*"], False),
            (".git/x.py", 2, ["*"], False),
            ("new", 2, ["*"], False),
            ("f0.py/x.py", 2, ["*"], False),
            ("a b.py", 2, ["*"], False),
        ],
    )
    def test_new_files(self, name: str, n_files: int, mutable: list[str], may: bool) -> None:
        files = {f"f{number}.py": "" for number in range(n_files)}
        assert may_create(name, files, mutable) is may

    def test_a_new_file_that_nothing_uses_is_refused(self) -> None:
        files = {"a.py": "x = 1\n", "b.py": "y = 2\n"}
        with pytest.raises(NotUnderstood, match=r"no other file uses the new file new\.py"):
            read("new.py\n" + fenced("z = 3"), files)
