"""Writes the small archives beside this file. Run by hand with torch 1.13.1 (requirements.txt)."""
import os

import torch
import torch.nn as nn

HERE = os.path.dirname(os.path.abspath(__file__))


class Dropout(nn.Module):
    """Dropout behind the convolutions, as VGG has it."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
        self.classifier = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(4 * 6 * 6, 3))

    def forward(self, x):
        return self.classifier(self.features(x))


class Plain(Dropout):
    """The same without dropout: nothing is random."""

    def __init__(self):
        super().__init__()
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(4 * 6 * 6, 3))


class StochasticTrunk(nn.Module):
    """Dropout before the last convolution: activations there cannot be cached exactly."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Dropout(0.5), nn.Conv2d(4, 4, 3))
        self.classifier = nn.Linear(4 * 4 * 4, 3)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class Branch(nn.Module):
    """The layer runs inside a branch that depends on the input."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3)
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.unused = nn.Conv2d(4, 4, 3)
        self.fc = nn.Linear(4 * 6 * 6, 3)

    def forward(self, x):
        y = self.first(x)
        if float(y.sum()) > -1e30:
            y = self.second(y)
        else:
            y = y * 2
        return self.fc(torch.flatten(torch.relu_(y), 1))


class Residual(nn.Module):
    """A skip that bypasses the tapped layer, in-place operations after it, a helper method."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3)
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.fc = nn.Linear(4 * 6 * 6, 3)

    def block(self, x):
        scale = 2
        skip = x
        out = self.conv(x)
        out = self.act(out)
        out = out + skip * scale
        return self.act(out)

    def forward(self, x):
        return self.fc(torch.flatten(self.block(self.stem(x)), 1))


class Overwritten(Residual):
    """Overwrites what the backward pass of its ReLU needs: PyTorch cannot differentiate it."""

    def block(self, x):
        out = self.act(self.conv(x))
        out += x
        return self.act(out)


class Pair(nn.Module):
    """Returns a tuple."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        y = self.fc(x)
        return y, x


def save(module, name):
    torch.manual_seed(0)
    torch.jit.script(module().eval()).save(os.path.join(HERE, name + ".pt"))


if __name__ == "__main__":
    torch.manual_seed(0)
    for module in (Dropout, Plain, StochasticTrunk, Branch, Residual, Overwritten, Pair):
        name = "".join("_" + c.lower() if c.isupper() else c for c in module.__name__)[1:]
        save(module, name)
