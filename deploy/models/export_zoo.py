"""Writes traced and scripted ResNet-18, VGG-16 and EfficientNet-B0 for the benchmark.

Run by hand with the versions of requirements.txt:

    python3 export_zoo.py FOLDER             plain archives with random weights, 2.5 GB together
    python3 export_zoo.py --skeletons        the traced ones beside this script

A skeleton is the traced archive in which each weight is one constant, the standard deviation of
its initial distribution, so that 550 MB deflate to half a megabyte. `plumbline bench` draws the
weights anew from these constants; tensors of zeros and ones (biases, batch norm) stay.
"""
import os
import sys
import tempfile

import torch
import torchvision
from torch import nn

from archives import repack

SEED = 20260101
NAMES = ("resnet18", "vgg16", "efficientnet_b0")


def model_of(name, skeleton):
    torch.manual_seed(SEED)
    model = getattr(torchvision.models, name)(weights=None).eval()
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            deviation = (2.0 / fan_in) ** 0.5
            with torch.no_grad():
                module.weight.fill_(deviation) if skeleton else module.weight.normal_(0, deviation)
                if module.bias is not None:
                    module.bias.zero_()
    return model


def trace(model):
    return torch.jit.trace(model, torch.zeros(1, 3, 224, 224), check_trace=False)


def main(arguments):
    if arguments == ["--skeletons"]:
        here = os.path.dirname(os.path.abspath(__file__))
        for name in NAMES:
            with tempfile.TemporaryDirectory() as folder:
                plain = os.path.join(folder, name + ".pt")
                trace(model_of(name, True)).save(plain)
                repack(plain, os.path.join(here, name + ".pt"))
        return
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.exit(__doc__)
    os.makedirs(arguments[0], exist_ok=True)
    for name in NAMES:
        model = model_of(name, False)
        trace(model).save(os.path.join(arguments[0], name + "_traced.pt"))
        torch.jit.script(model).save(os.path.join(arguments[0], name + "_scripted.pt"))


if __name__ == "__main__":
    main(sys.argv[1:])
