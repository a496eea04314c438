"""Cases of cross entropy with label smoothing and z-loss as PyTorch computes them in float64, one JSON line each.

    python3 cross_entropy.py > ../../src/test/resources/losses/cross-entropy.jsonl

logits (N, V), targets (N), weights (N; 1 where a position counts, else 0); loss, and its gradient (N, V) at the logits.
"""
import json

import torch
import torch.nn.functional as F


def case(positions, vocabulary, label_smoothing, z_loss, generator):
    logits = 2 * torch.randn(positions, vocabulary, generator=generator)
    logits = (logits + torch.randn(positions, 1, generator=generator)).double().requires_grad_()
    targets = torch.randint(vocabulary, (positions,), generator=generator)
    weights = torch.ones(positions, dtype=torch.float64)
    weights[::4] = 0
    counted = weights.nonzero().squeeze(1)
    loss = F.cross_entropy(logits[counted], targets[counted], label_smoothing=label_smoothing)
    loss = loss + z_loss * torch.logsumexp(logits[counted], -1).square().mean()
    loss.backward()
    return {
        "labelSmoothing": label_smoothing,
        "zLoss": z_loss,
        "logits": logits.tolist(),
        "targets": targets.tolist(),
        "weights": weights.tolist(),
        "loss": loss.item(),
        "gradient": logits.grad.tolist(),
    }


if __name__ == "__main__":
    numbers = torch.Generator().manual_seed(1)
    for smoothing, z in ((0, 0), (0.1, 0), (0, 1e-4), (0.2, 0.05)):
        for tokens in (7, 67):
            print(json.dumps(case(6, tokens, smoothing, z, numbers)))
