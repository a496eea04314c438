"""AdamW of PyTorch with param groups: what learningRateFactors is compared with.

    python3 param_groups.py > ../../src/test/resources/losses/param-groups.json

Five steps on three tensors, whose learning rates are a tenth, one and twice of 0.01; the last does not decay.
"""
import json
import torch

torch.manual_seed(7)
RATE, STEPS = 0.01, 5
tensors = {"tokens": torch.randn(4, 3), "layer": torch.randn(3, 3), "bias": torch.randn(3)}
groups = {"tokens": (0.1, 0.1), "layer": (1.0, 0.1), "bias": (2.0, 0.0)}
parameters = {name: torch.nn.Parameter(value.clone()) for name, value in tensors.items()}
optimizer = torch.optim.AdamW(
    [{"params": [parameters[n]], "lr": RATE * factor, "weight_decay": decay} for n, (factor, decay) in groups.items()],
    betas=(0.9, 0.99), eps=1e-8)
gradients = []
for _ in range(STEPS):
    step = {}
    for name, parameter in parameters.items():
        parameter.grad = torch.randn_like(parameter)
        step[name] = parameter.grad.flatten().tolist()
    gradients.append([g for name in tensors for g in step[name]])
    optimizer.step()
print(json.dumps({
    "torch": torch.__version__,
    "before": [v for value in tensors.values() for v in value.flatten().tolist()],
    "gradients": gradients,
    "after": [v for name in tensors for v in parameters[name].detach().flatten().tolist()]}))
