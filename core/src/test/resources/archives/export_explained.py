"""Writes the archives that explanations are tested on. Run by hand with torch 1.13.1."""
import os

import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))


class Chain(nn.Module):
    """Convolutions, average pooling and a linear layer, for a layer-by-layer oracle."""

    def __init__(self, bias):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1, bias=bias), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(4, 6, 3, stride=2, bias=bias), nn.ReLU())
        self.classifier = nn.Linear(6 * 2 * 2, 3, bias=bias)

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


class Linear(nn.Module):
    """A linear classifier of pixels."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2 * 4 * 4, 3)

    def forward(self, x):
        return self.fc(torch.flatten(x, 1))


class Functional(nn.Module):
    """No modules but weights: an in-place activation that the skip sees, a gate, attention, no biases."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.squeeze = nn.Linear(4, 4, bias=False)
        self.qkv = nn.Linear(4, 12, bias=False)
        self.proj = nn.Linear(4, 4, bias=False)
        self.head = nn.Linear(4, 3, bias=False)

    def forward(self, x):
        y = F.conv2d(x, self.conv.weight, None, 1, 1)
        skip = y
        F.leaky_relu_(y, 0.3)
        gate = torch.sigmoid(self.squeeze(F.adaptive_avg_pool2d(y, 1).flatten(1)))
        y = y * gate[:, :, None, None] + skip
        t = F.layer_norm(y.flatten(2).transpose(1, 2), [4])
        q, k, v = self.qkv(t).chunk(3, -1)
        a = torch.softmax(torch.matmul(q, k.transpose(1, 2)) * 0.5, -1)
        t = t + F.gelu(self.proj(torch.matmul(a, v)))
        return self.head(t.mean(1))


def save(name, model, x):
    model.eval()
    torch.jit.script(model).save(os.path.join(HERE, name + ".script.pt"))
    torch.jit.trace(model, x).save(os.path.join(HERE, name + ".trace.pt"))


torch.manual_seed(7)
x = torch.randn(2, 2, 10, 10)
save("chain", Chain(True), x)
save("chain_unbiased", Chain(False), x)
save("functional", Functional(), x)
save("linear", Linear(), torch.randn(2, 2, 4, 4))
