"""Writes the small archives beside this file. Run by hand with torch 1.13.1 (requirements.txt)."""
import os
from typing import Dict, List, NamedTuple, Optional, Tuple

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


class Cnn(nn.Module):
    """Convolutions with a residual sum: `frozen` loses its modules, `frozen_traced` as well."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.fc = nn.Linear(4 * 3 * 3, 3)

    def forward(self, x):
        x = self.stem(x)
        y = self.conv2(self.act(self.conv1(x)))
        y = torch.max_pool2d(self.act(y + x), 2)
        return self.fc(torch.flatten(y, 1))


class Features(nn.Module):
    """What the heads below share."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.aux = nn.Linear(4 * 6 * 6, 2)
        self.fc = nn.Linear(4 * 6 * 6, 3)

    def features(self, x):
        return torch.flatten(torch.relu(self.conv(x)), 1)


class Dictionary(Features):
    """Returns a dictionary of two, as segmentation models do."""

    def forward(self, x) -> Dict[str, torch.Tensor]:
        y = self.features(x)
        out: Dict[str, torch.Tensor] = {}
        out["aux"] = self.aux(y)
        out["out"] = self.fc(y)
        return out


class Single(Features):
    """Returns a dictionary of one."""

    def forward(self, x) -> Dict[str, torch.Tensor]:
        return {"out": self.fc(self.features(x))}


class Outputs(NamedTuple):
    logits: torch.Tensor
    aux: Optional[torch.Tensor]


class Named(Features):
    """Returns a named tuple with a None in evaluation, as Inception does."""

    def forward(self, x) -> Outputs:
        y = self.features(x)
        aux: Optional[torch.Tensor] = None
        if self.training:
            aux = self.aux(y)
        return Outputs(self.fc(y), aux)


class Choice(Features):
    """Returns a tuple whose second member is declared optional."""

    def forward(self, x) -> Tuple[torch.Tensor, Optional[torch.Tensor], int]:
        y = self.features(x)
        return self.aux(y), self.fc(y), 7


class Listed(Features):
    """Returns a list."""

    def forward(self, x) -> List[torch.Tensor]:
        y = self.features(x)
        return [self.aux(y), self.fc(y)]


class Tokens(nn.Module):
    """A transformer block over patches; its last layer norm can be differentiated from."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, 8, 2, 2)
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.last = nn.LayerNorm(8)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        y = self.norm(tokens)
        tokens = tokens + self.attention(y, y, y, need_weights=False)[0]
        return self.fc(torch.tanh(self.last(tokens)).mean(1))


class ChannelsLast(nn.Module):
    """Feature maps [n, h, w, d], as Swin and ConvNeXt have them."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 2, 2)
        self.norm = nn.LayerNorm(6)
        self.mix = nn.Linear(6, 6)
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        y = self.mix(self.norm(self.conv(x).permute(0, 2, 3, 1)))
        return self.fc(torch.tanh(y).mean([1, 2]))


class Step(nn.Module):
    """Adds 2 to logit 1 where feature 0 passes a threshold: a gradient of zero nearly everywhere."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Identity()
        self.fc = nn.Linear(4, 3)
        self.fc.weight.data[1, 0] = 0

    def forward(self, x):
        a = self.layer(torch.flatten(x, 1))
        step = torch.gt(a[:, 0], 0.5).to(a.dtype)
        bonus = torch.tensor([0.0, 2.0, 0.0], device=a.device)
        return self.fc(a) + step.unsqueeze(1) * bonus


def write(module, name):
    module.save(os.path.join(HERE, name + ".pt"))


def save_frozen():
    torch.manual_seed(0)
    model = Cnn().eval()
    x = torch.randn(2, 1, 8, 8)
    write(torch.jit.script(model), "cnn")
    write(torch.jit.freeze(torch.jit.script(model)), "frozen")
    write(torch.jit.freeze(torch.jit.trace(model, x)), "frozen_traced")


def save_tokens():
    """`tokens` was traced without gradients: its attention has no derivative."""
    torch.manual_seed(0)
    model = Tokens().eval()
    x = torch.randn(2, 1, 8, 8)
    with torch.no_grad():
        write(torch.jit.trace(model, x), "tokens")
    write(torch.jit.trace(model, x, check_trace=False), "tokens_differentiable")


def save(module, name):
    torch.manual_seed(0)
    torch.jit.script(module().eval()).save(os.path.join(HERE, name + ".pt"))


if __name__ == "__main__":
    torch.manual_seed(0)
    scripted = [Dropout, Plain, StochasticTrunk, Branch, Residual, Overwritten, Pair]
    scripted += [Dictionary, Single, Named, Choice, Listed, ChannelsLast, Step]
    for module in scripted:
        name = "".join("_" + c.lower() if c.isupper() else c for c in module.__name__)[1:]
        save(module, name)
    save_frozen()
    save_tokens()
