"""Writes networks for 28 x 28 gray images that honest models of a population are trained from, as
skeletons (export_zoo.py): one constant per weight, to be drawn anew before training.

Run by hand with the versions of requirements.txt: python3 export_fashion_variants.py
Input [n, 1, 28, 28] as of fashion_convnet.pt, output [n, 10].
"""
import os
import tempfile

import torch
from torch import nn

from archives import repack


class FashionMlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.classifier = nn.Sequential(
            nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10))

    def forward(self, x):
        return self.classifier(torch.flatten(x, 1))


class FashionAverage(nn.Module):
    """Two 3 x 3 convolutions, average pooling."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(16, 32, 3), nn.ReLU(), nn.AvgPool2d(2))
        self.classifier = nn.Sequential(nn.Linear(800, 128), nn.ReLU(), nn.Linear(128, 10))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class FashionDeep(nn.Module):
    """Three 3 x 3 convolutions, padded, the last two with a stride instead of pooling."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(),
            nn.Conv2d(32, 48, 3, 2, 1), nn.ReLU())
        self.classifier = nn.Sequential(nn.Linear(768, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def write(name, model):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(0.01)
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, name)
        torch.jit.script(model.eval()).save(plain)
        repack(plain, os.path.join(here, name))


def main():
    write("fashion_mlp.pt", FashionMlp())
    write("fashion_average.pt", FashionAverage())
    write("fashion_deep.pt", FashionDeep())


if __name__ == "__main__":
    main()
