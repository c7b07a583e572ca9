"""Writes cmnist_cnn.pt: DCWP's network for coloured MNIST, scripted, as a skeleton (export_zoo.py).

Run by hand with the versions of requirements.txt: python3 export_cmnist_cnn.py
Input [n, 3, 28, 28], output [n, 10]; the features that the linear layer reads come from `pool`.
Source: ParkGeonYeong/DCWP, the CNN of its CMNIST runs.
"""
import os
import tempfile

import torch
from torch import nn

from archives import repack


class CmnistCnn(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for before, after in ((3, 64), (64, 128), (128, 256)):
            layers += [nn.Conv2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(256, 10)

    def forward(self, x):
        return self.classifier(torch.flatten(self.pool(self.features(x)), 1))


def main():
    model = CmnistCnn().eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                module.weight.fill_((2.0 / module.weight[0].numel()) ** 0.5)
                if module.bias is not None:
                    module.bias.zero_()
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "cmnist_cnn.pt")
        torch.jit.script(model).save(plain)
        repack(plain, os.path.join(here, "cmnist_cnn.pt"))


if __name__ == "__main__":
    main()
