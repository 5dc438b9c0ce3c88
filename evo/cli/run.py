"""Search for better candidates. Settings read key=value.

Examples:
  evo run problem=circle_packing
  evo run problem=circle_packing problem.n=32 budget.evaluations=5000 run.seed=1
  evo run problem=./my_problem search=greedy operators=tune budget.seconds=600
  evo run problem=sphere pool=inline run.dir=runs/first      # this process only; repeats exactly
  evo run problem=online_bin_packing pool=ray pool.address=auto   # on a Ray cluster that runs already
  evo run problem=sphere 'run.champion=least seconds within 0.01'   # the fastest of those about as good as the best
  evo run problem=agent_textworld budget.evaluations=150     # agent designs that ask no model; needs Java
  evo run problem=circle_packing llm=openai/gpt-5-mini budget.usd=2   # a language model beside the others
  evo run problem=circle_packing llm=local llm.base_url=http://127.0.0.1:8080/v1 llm.model=NAME

Settings (what is not said has a default, shown by --settings):
  problem=NAME|FOLDER   what is searched; problem.KEY=VALUE goes to its make(...)
  search=               default (greedy and a value model), greedy, top_k, islands, tree, uniform, best_of_n, ...;
                        search.KEY=VALUE sets a field
  operators=            default, tune, ast; llm (default with a model), llm_only; design (default for agent designs),
                        design_llm;  operators.ast.mutate.weight=3
  llm=                  none (default), openai, anthropic, gemini, openrouter, vllm, ollama, local, ensemble,
                        or the name of a model;  llm.model, llm.base_url, llm.max_concurrency,
                        llm.requests_per_minute, llm.required=false, ...; keys come from the environment
  pool=                 ray (all cores), inline;  pool.slots=4
  budget.               evaluations, proposals, seconds, target, usd, tokens, gpu_seconds, stalled_after
  run.                  dir, seed, proposal_slots, bandit, cold_start, selection, selection_repeats, race
  run.champion=         'best score', or as in 'least usd within 0.02' the one with the least (or most) of a measure
                        among those at most 0.02 below the best score: seconds, usd, tokens, gpu_seconds or a
                        metric. The default is the problem's rule; the search maximises the score all the same
  sandbox.              min_level, bubblewrap

Exit status: 0 budget met or target reached, 2 wrong input, 3 ended early, 4 this machine cannot run it
safely, 5 the disk is full, 130 interrupted. After 3, 5 and 130: evo resume DIR
"""

import argparse
import json
import sys

from evo import config as configuration
from evo.cli.sitting import sit
from evo.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``evo run`` takes."""
    parser.add_argument("settings", nargs="*", metavar="key=value", help="see above")
    add_sitting_arguments(parser)
    parser.add_argument("--settings", dest="print_settings", action="store_true", help="print what would run")


def add_sitting_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``run`` and ``resume`` share."""
    parser.add_argument("--json", action="store_true", help="end with one JSON object on stdout")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--no-report", action="store_true", help="write no report.html")
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run candidates although this machine cannot hold them: only for programs you wrote yourself",
    )


def run(args: argparse.Namespace) -> int:
    """Searches; returns the exit status."""
    words = list(args.settings) + (["sandbox.unsafe=true"] if args.unsafe_no_sandbox else [])
    config = configuration.compose(words)
    if args.print_settings:
        json.dump(config.plain(), sys.stdout, indent=2)
        print()
        return 0
    with Session.start(config) as session:
        return sit(session, args)
