"""Trials a minute of Optuna with PyTorch, on the work of `lab bench --job sweep`; prints one JSON line.

  python3 optuna_sweep.py [--trials 40] [--steps 200]        (needs torch and optuna)

A GPT of width 32 with 2 layers and 2 heads learns to predict made-up letters, 16 windows of 64 characters a step;
learning rates by seeds, each trial judged by the loss on the last 2,000 characters. Two ways to use the processor are
tried: one trial at a time with all threads, and as many trials at a time as processors, a thread each; the faster counts.
"""
import argparse, json, os, random, time

import optuna
import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH, LAYERS, HEADS, CONTEXT, ROWS = 32, 2, 2, 64, 16


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, bias=False), nn.LayerNorm(WIDTH, bias=False)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (y.view(b, t, HEADS, c // HEADS).transpose(1, 2) for y in self.qkv(self.norm1(x)).chunk(3, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        for name, p in self.named_parameters():
            if p.dim() > 1:
                nn.init.normal_(p, 0, 0.02)

    def loss(self, x, y):
        h = self.norm(self.blocks(self.tokens(x) + self.positions.weight[: x.shape[1]]))
        return F.cross_entropy((h @ self.tokens.weight.T).flatten(0, 1), y.flatten())


def letters():
    dice = random.Random(1)
    return [26 if dice.randrange(6) == 0 else dice.randrange(26) for _ in range(40_000)]


def windows(text, starts):
    both = torch.stack([text[s : s + CONTEXT + 1] for s in starts])
    return both[:, :-1], both[:, 1:]


def objective(train, held_out, steps):
    def run(trial):
        rate, seed = trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True), trial.suggest_int("seed", 0, 4)
        torch.manual_seed(seed)
        dice = torch.Generator().manual_seed(seed)
        model = Gpt(27)
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=0.1)
        for _ in range(steps):
            model_loss = model.loss(*windows(train, torch.randint(len(train) - CONTEXT - 1, (ROWS,), generator=dice)))
            optimizer.zero_grad(set_to_none=True)
            model_loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        with torch.no_grad():
            return model.loss(*windows(held_out, range(0, len(held_out) - CONTEXT - 1, CONTEXT))).item()

    return run


def trials_per_minute(work, trials, jobs, threads):
    torch.set_num_threads(threads)
    rates = [1e-4 * 100 ** (i / (trials // 5 - 1)) for i in range(trials // 5)]
    study = optuna.create_study(sampler=optuna.samplers.GridSampler({"learning_rate": rates, "seed": list(range(5))}))
    start = time.perf_counter()
    study.optimize(work, n_trials=trials, n_jobs=jobs)
    return 60 * trials / (time.perf_counter() - start)


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--trials", type=int, default=40)
    a.add_argument("--steps", type=int, default=200)
    a.add_argument("--job", default="sweep")
    a = a.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    text = torch.tensor(letters())
    work = objective(text[:-2_000], text[-2_000:], a.steps)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    speeds = {jobs: trials_per_minute(work, a.trials, jobs, cores // jobs) for jobs in (1, cores)}
    best = max(speeds, key=speeds.get)
    print(json.dumps(dict(job="sweep", trials_per_minute=speeds[best], jobs=best, all={str(k): v for k, v in speeds.items()})))
