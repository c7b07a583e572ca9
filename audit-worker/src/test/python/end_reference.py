"""Losses of the first epoch of EnD on the published network, by PyTorch 1.13.

Writes src/test/resources/end/simple_conv_net.pt, the network with zeros for weights, and
first_epoch.json, what the published code computes: EIDOSLAB/entangling-disentangling-bias,
src/EnD.py and src/models.py, SimpleConvNet with the normalisation inside the model. Weights,
images and order follow from formulas that the test repeats. Run in audit-worker:

    python3 src/test/python/end_reference.py
"""
import json
import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

IMAGES, BATCH, CLASSES, SEED = 128, 32, 10, 5
ALPHA, BETA = 0.7, 0.9
OUT = "src/test/resources/end"
MASK = (1 << 64) - 1


class Normalise(nn.Module):
    def forward(self, x):
        return F.normalize(x, dim=1, p=2.0)


class SimpleConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [3, 16, 32, 64, 128]
        layers = []
        for i in range(4):
            layers += [
                nn.Conv2d(widths[i], widths[i + 1], 7, padding=3),
                nn.BatchNorm2d(widths[i + 1]),
                nn.Tanh() if i == 3 else nn.ReLU(inplace=True),
            ]
        self.extractor = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.normalise = Normalise()
        self.fc = nn.Linear(128, CLASSES)

    def forward(self, x):
        x = self.normalise(self.avgpool(self.extractor(x)))
        return self.fc(torch.flatten(x, 1))


def uniform(count, salt):
    """Evenly spread numbers in [-1, 1): Knuth's multiplicative hash."""
    i = torch.arange(1, count + 1, dtype=torch.int64) + 1000003 * salt
    u = (i * 2654435761) % (1 << 32)
    u = ((u ^ (u >> 15)) * 2246822519) % (1 << 32)
    return (u.double() / (1 << 31) - 1).float()


def fill(model):
    """Convolutions as the published He initialisation (fan out), in variance; fc as PyTorch's."""
    for salt, (name, p) in enumerate(model.named_parameters()):
        if p.dim() == 4:
            bound = (3 * 2 / (p.shape[0] * 49)) ** 0.5
        elif name == "fc.weight":
            bound = 128 ** -0.5
        else:
            continue
        p.data = uniform(p.numel(), salt).reshape(p.shape) * torch.tensor(bound, dtype=torch.float32)


def zero(model):
    for name, p in model.named_parameters():
        if p.dim() > 1:
            p.data.zero_()
        elif "extractor" in name and p.dim() == 1 and not name.endswith("weight"):
            p.data.zero_()
    model.fc.bias.data.zero_()


def images():
    """Noise on a colour that is the bias, with a stripe that is the class."""
    x = uniform(IMAGES * 3 * 28 * 28, 99).reshape(IMAGES, 3, 28, 28) * 0.25
    y = torch.arange(IMAGES) % CLASSES
    bias = torch.where(torch.arange(IMAGES) % 4 == 3, (y + 3) % CLASSES, y)
    for i in range(IMAGES):
        for c in range(3):
            x[i, c] += 0.25 * ((int(bias[i]) * (c + 1)) % 5 - 2)
        x[i, :, 2 * int(y[i]) + 2, :] += 0.5
    return x, y, bias


class SplittableRandom:
    """java.util.SplittableRandom, as far as Shuffle needs it."""

    def __init__(self, seed):
        self.seed = seed & MASK

    def next_int(self):
        self.seed = (self.seed + 0x9E3779B97F4A7C15) & MASK
        z = self.seed
        z = ((z ^ (z >> 33)) * 0x62A9D9ED799705F5) & MASK
        return (((z ^ (z >> 28)) * 0xCB24D0A5C88C35B3) & MASK) >> 32

    def below(self, bound):
        if bound & (bound - 1) == 0:
            return self.next_int() & (bound - 1)
        while True:
            u = self.next_int() >> 1
            r = u % bound
            if u + bound - 1 - r < 1 << 31:
                return r


def order():
    random = SplittableRandom(SEED * 1000003 + 1)
    order = [0] * IMAGES
    for i in range(IMAGES):
        j = random.below(i + 1)
        order[i] = order[j]
        order[j] = i
    return order


def regularisers(rows, y, bias, published):
    """R_orth and R_par as the published loops over bias classes and pairs."""
    gram = torch.tril(rows @ rows.T, -1).clamp(-1, 1)
    n = len(y)
    orth, pairs = torch.zeros(()), 0
    for c in range(CLASSES):
        members = [i for i in range(n) if bias[i] == c]
        pairs += len(members) * (len(members) - 1) // 2
        inner = torch.zeros(())
        for i in members:
            for j in members:
                if i > j:
                    inner = inner + gram[i, j]
        orth = orth + inner.abs()
    orth = orth / max(1, pairs)
    par, count = torch.zeros(()), 0
    for i in range(n):
        for j in range(i):
            other = bias[i] < bias[j] if published else bias[i] != bias[j]
            if y[i] == y[j] and other:
                par = par + (1 - gram[i, j]) / 2
                count += 1
    return orth, par / max(1, count)


def epoch(published):
    model = SimpleConvNet()
    zero(model)
    fill(model)
    model.train()
    kept = []
    model.normalise.register_forward_hook(lambda m, i, o: kept.append(o.flatten(1)))
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
    x, y, bias = images()
    steps = []
    rows = order()
    for at in range(0, IMAGES, BATCH):
        batch = rows[at : at + BATCH]
        kept.clear()
        adam.zero_grad()
        cross_entropy = F.cross_entropy(model(x[batch]), y[batch])
        orth, par = regularisers(kept[0], y[batch].tolist(), bias[batch].tolist(), published)
        loss = cross_entropy + ALPHA * orth + BETA * par
        loss.backward()
        adam.step()
        steps.append(
            {
                "loss": loss.item(),
                "cross_entropy": cross_entropy.item(),
                "disentangling": orth.item(),
                "entangling": par.item(),
            }
        )
    return steps


def main():
    torch.set_num_threads(1)
    os.makedirs(OUT, exist_ok=True)
    sys.path.insert(0, "../deploy/models")
    from archives import repack

    model = SimpleConvNet()
    zero(model)
    plain = OUT + "/plain.pt"
    torch.jit.save(torch.jit.script(model), plain)
    repack(plain, OUT + "/simple_conv_net.pt")
    os.remove(plain)
    result = {
        "torch": torch.__version__,
        "order": order(),
        "published_pair_mask": epoch(True),
        "symmetric_pair_mask": epoch(False),
    }
    with open(OUT + "/first_epoch.json", "w") as out:
        json.dump(result, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
