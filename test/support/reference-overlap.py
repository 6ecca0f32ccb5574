"""Writes reference-overlap.json: Dice and IoU of torchmetrics on arrays that test/unit/metrics.test.ts makes again.

Needs PyTorch and torchmetrics 1.2.1; run by hand, as PyTorch for CPUs is not on every package index:

    python test/support/reference-overlap.py > test/support/reference-overlap.json
"""

import json

import torch
import torchmetrics
from torchmetrics.functional.classification import binary_f1_score, binary_jaccard_index


def values(length: int, factor: int, below: int) -> torch.Tensor:
    """The same numbers as `pattern` in test/unit/metrics.test.ts."""
    return torch.tensor([int((at * at * factor + at * 31) % 997 < below) for at in range(length)])


cases = []
for length, prediction, mask in [
    (65536, (7, 120), (7, 100)),
    (65536, (7, 100), (11, 100)),
    (4096, (13, 500), (13, 501)),
    (4096, (5, 30), (5, 997)),
    (1000, (3, 1), (3, 900)),
    (97, (17, 600), (19, 400)),
]:
    a, b = values(length, *prediction), values(length, *mask)
    dice, iou = float(binary_f1_score(a, b)), float(binary_jaccard_index(a, b))
    cases.append({"length": length, "prediction": prediction, "mask": mask, "dice": dice, "iou": iou})
print(json.dumps({"torch": torch.__version__, "torchmetrics": torchmetrics.__version__, "cases": cases}, indent=2))
