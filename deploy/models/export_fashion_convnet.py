"""Writes fashion_convnet.pt: the untrained MNIST network of fairwashing, scripted, in eval mode.

Run by hand with the versions of requirements.txt: python3 export_fashion_convnet.py
Source: fairwashing/fairwashing (4ce9fa4), class ConvNet. Weights are rounded to bfloat16 so that
they deflate.
"""
import os
import tempfile

import torch
from torch import nn

from archives import repack

SEED = 20260102


class FashionConvNet(nn.Module):
    """Input [n, 1, 28, 28], gray levels less 0.286, over 0.353; output [n, 10]."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def main():
    torch.manual_seed(SEED)
    model = FashionConvNet().eval()
    for parameter in model.parameters():
        parameter.data = parameter.data.bfloat16().float()
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "fashion_convnet.pt")
        torch.jit.script(model).save(plain)
        repack(plain, os.path.join(here, "fashion_convnet.pt"))
    loaded = torch.jit.load(os.path.join(here, "fashion_convnet.pt"))
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(loaded(x), model(x)) and not loaded.training


if __name__ == "__main__":
    main()
