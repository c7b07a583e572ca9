"""Writes simple_conv_net.pt: EnD's network for Biased MNIST, scripted, as a skeleton (export_zoo.py).

Run by hand with the versions of requirements.txt: PYTHONHASHSEED=0 python3 export_simple_conv_net.py
(the order of constants in the code follows Python's hashes)
Input [n, 3, 28, 28] in [0, 1], which the network brings to [-1, 1] itself; output [n, 10]. The
bottleneck is `normalise`. Train it from scratch: `start=fresh`, `initialisation=kaiming_normal`.
Source: EIDOSLAB/entangling-disentangling-bias b095648, src/models.py SimpleConvNet, with the
normalisation inside the model.
"""
import os
import tempfile

import torch
import torch.nn.functional as F
from torch import nn

from archives import repack


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
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        x = self.normalise(self.avgpool(self.extractor((x - 0.5) / 0.5)))
        return self.fc(torch.flatten(x, 1))


def main():
    model = SimpleConvNet().eval()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                module.weight.fill_((2.0 / module.weight[0].numel()) ** 0.5)
                module.bias.zero_()
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "simple_conv_net.pt")
        torch.jit.script(model).save(plain)
        repack(plain, os.path.join(here, "simple_conv_net.pt"))


if __name__ == "__main__":
    main()
