"""Writes fashion_cnn.pt, the untrained small CNN of the quickstart, scripted, in eval mode, and
fashion_cnn_rgb.pt, the same for three channels, of the experiments.

Run by hand with the versions of requirements.txt: python3 export_fashion_cnn.py
The convolutional trunk costs about forty times the head, so that an audit of its last
convolution, features.8, stays cheap. Weights are rounded to bfloat16 so that they deflate.
"""
import os
import tempfile

import torch
from torch import nn

from archives import repack

SEED = 20260101


class FashionCnn(nn.Module):
    """Input [n, channels, 28, 28] in [0, 1], output [n, 10]; the probe layer is features.8.

    Standardises by Fashion-MNIST's own mean and deviation, so that servers only scale pixels.
    """

    def __init__(self, channels=1):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(nn.Linear(576, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features((x - 0.286) / 0.353), 1))


def initialise(model):
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)
            module.weight.data = module.weight.data.bfloat16().float()


def write(name, channels):
    torch.manual_seed(SEED)
    model = FashionCnn(channels).eval()
    initialise(model)
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, name)
        torch.jit.script(model).save(plain)
        repack(plain, os.path.join(here, name))
    loaded = torch.jit.load(os.path.join(here, name))
    x = torch.rand(2, channels, 28, 28)
    assert torch.equal(loaded(x), model(x)) and not loaded.training


def main():
    write("fashion_cnn.pt", 1)
    write("fashion_cnn_rgb.pt", 3)


if __name__ == "__main__":
    main()
