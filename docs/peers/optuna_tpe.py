"""The lowest values that Optuna's TPESampler finds, on the functions of `lab bench --job search`; prints JSON lines.

  python3 optuna_tpe.py [--trials 60] [--seeds 50] [--batch 1] [--case NAME]        (needs optuna)

Each line has a function's name and the lowest value of each seed. The sampler has its defaults. With a batch of several,
as many trials are asked for before any of them is told.
"""
import argparse, json, math, warnings

import optuna

A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]


def branin(t):
    x, y = t.suggest_float("x", -5, 10), t.suggest_float("y", 0, 15)
    bend = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return bend * bend + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(t):
    x = [t.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    return -sum(
        c * math.exp(-sum(a * (v - p / 1e4) ** 2 for a, v, p in zip(A[i], x, P[i])))
        for i, c in enumerate((1, 1.2, 3, 3.2))
    )


def rosenbrock(t):
    x = [t.suggest_float(f"x{i}", -5, 10) for i in range(4)]
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def conditional(t):
    kind = t.suggest_categorical("optimizer", ["adamw", "sgd", "muon"])
    off = math.log10(t.suggest_float("learning_rate", 1e-5, 1, log=True))
    more = 4 * (t.suggest_float("dropout", 0, 1) - 0.3) ** 2
    if kind == "adamw":
        return more + (off + 3) ** 2 + 4 * (t.suggest_float("beta2", 0, 1) - 0.8) ** 2
    if kind == "sgd":
        return more + (off + 1) ** 2 + 4 * (t.suggest_float("momentum", 0, 1) - 0.9) ** 2 + 0.05
    return more + (off + 2) ** 2 + 0.5


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--trials", type=int, default=60)
    a.add_argument("--seeds", type=int, default=50)
    a.add_argument("--batch", type=int, default=1)
    a.add_argument("--case", action="append")
    a.add_argument("--job", default="search")
    a = a.parse_args()
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    for function in (branin, hartmann6, rosenbrock, conditional):
        if a.case and function.__name__ not in a.case:
            continue
        lowest = []
        for seed in range(a.seeds):
            study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
            if a.batch == 1:
                study.optimize(function, n_trials=a.trials)
            for _ in range(0, a.trials if a.batch > 1 else 0, a.batch):
                asked = [study.ask() for _ in range(a.batch)]
                values = [function(trial) for trial in asked]
                for trial, value in zip(asked, values):
                    study.tell(trial, value)
            lowest.append(study.best_value)
        print(json.dumps({"job": "search", "case": function.__name__, "trials": a.trials, "lowest": lowest}), flush=True)
