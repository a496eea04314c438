"""Where Optuna's pruners stop trials: writes pruners.csv, which PrunerTest reads.

  python3 pruners.py > pruners.csv        (written with Optuna 5.0.0, SciPy 1.17.1)

A line is a study: direction, then percentile, n_warmup_steps, interval_steps, n_startup_trials of a PercentilePruner
or MedianPruner, or "wilcoxon", p_threshold, n_startup_steps, 0; then each trial as the step after which it was stopped (0
if it was not) and its values, which are told at steps 1, 2, ...; its result is the last of them, or their mean with
Wilcoxon's.
"""
import random

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
STEPS, INSTANCES = 8, 14


def study(direction, pruner, settings, dice, steps, digits, result):
    study = optuna.create_study(direction=direction, pruner=pruner)
    cells = [direction, *settings]
    for _ in range(14):
        centre = dice.gauss(0, 1)
        values = [round(dice.gauss(centre, 0.7), digits) for _ in range(steps)]
        trial, stopped = study.ask(), 0
        for step, value in enumerate(values, 1):
            trial.report(value, step)
            if trial.should_prune():
                stopped = step
                break
        if stopped:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, result(values))
        cells.append(" ".join(map(str, [stopped, *values])))
    print(*cells, sep=",")


for seed in range(40):
    dice = random.Random(seed)
    direction = dice.choice(["minimize", "maximize"])
    percentile = dice.choice([50.0, 50.0, 25.0, 10.0, 66.5])
    first, interval, startup = dice.randint(1, 4), dice.randint(1, 3), dice.randint(1, 6)
    pruner = optuna.pruners.PercentilePruner(percentile, startup, first, interval)
    if percentile == 50.0:
        pruner = optuna.pruners.MedianPruner(startup, first, interval)
    study(direction, pruner, [percentile, first, interval, startup], dice, STEPS, 2, lambda values: values[-1])
for seed in range(20):
    dice = random.Random(seed)
    direction = dice.choice(["minimize", "maximize"])
    threshold, startup = dice.choice([0.1, 0.1, 0.02, 0.3]), dice.randint(2, 6)
    pruner = optuna.pruners.WilcoxonPruner(p_threshold=threshold, n_startup_steps=startup)
    study(
        direction,
        pruner,
        ["wilcoxon", threshold, startup, 0],
        dice,
        INSTANCES,
        4,  # so that no two differences are equal
        lambda values: sum(values) / len(values),
    )
