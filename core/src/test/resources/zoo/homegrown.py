"""Small classifiers that use what deployed models use and torchvision's do not. Inputs are [n, 3, 16, 16]."""
from collections import OrderedDict
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F

CLASSES = 10


class Classifier(nn.Module):
    """A stem before and a linear head behind what the subclass does in `body`."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Linear(4, CLASSES)

    def head(self, y: torch.Tensor) -> torch.Tensor:
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(y, 1), 1))


def conv() -> nn.Conv2d:
    return nn.Conv2d(4, 4, 3, padding=1)


class Repeated(Classifier):
    """One module called three times; traced: forward, forward1, forward2."""

    def __init__(self):
        super().__init__()
        self.conv = conv()
        self.act = nn.ReLU()

    def forward(self, x):
        y = self.act(self.conv(self.stem(x)))
        y = self.act(self.conv(y))
        return self.head(self.conv(y))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv()
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(self.conv(x))


class SharedTypes(Classifier):
    """Instances of one class, one of them under two names."""

    def __init__(self):
        super().__init__()
        self.first = Block()
        self.second = Block()
        self.again = self.first

    def forward(self, x):
        return self.head(self.again(self.second(self.first(self.stem(x)))))


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = conv()
        self.right = conv()

    def forward(self, x) -> Tuple[torch.Tensor, torch.Tensor]:
        return self.left(x), self.right(x)


class Pyramid(nn.Module):
    def __init__(self):
        super().__init__()
        self.levels = nn.ModuleList([conv() for _ in range(3)])

    def forward(self, x) -> List[torch.Tensor]:
        out: List[torch.Tensor] = []
        for level in self.levels:
            x = level(x)
            out.append(x)
        return out


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv()

    def forward(self, x) -> Dict[str, torch.Tensor]:
        y = self.conv(x)
        return {"out": y, "low": torch.tanh(y)}


class Features(NamedTuple):
    first: torch.Tensor
    second: torch.Tensor


class Struct(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv()

    def forward(self, x) -> Features:
        y = self.conv(x)
        return Features(y, torch.sigmoid(y))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv()

    def forward(self, x, weights: bool = False) -> Tuple[torch.Tensor, Optional[torch.Tensor]]:
        y = self.conv(x)
        if weights:
            return y, torch.softmax(y, 1)
        return y, None


class Structured(Classifier):
    """Submodules that return tuples, lists, dicts, named tuples and optional parts."""

    def __init__(self):
        super().__init__()
        self.pair = Pair()
        self.pyramid = Pyramid()
        self.named = Named()
        self.struct = Struct()
        self.attention = Attention()

    def forward(self, x):
        left, right = self.pair(self.stem(x))
        levels = self.pyramid(left * right)
        named = self.named(levels[0] + levels[1] + levels[2])
        struct = self.struct(named["out"] + named["low"])
        y, _ = self.attention(struct.first + struct.second)
        return self.head(y)


class Untyped(nn.Module):
    """Structures that only tracing accepts: mixed tuples and dicts of lists."""

    def __init__(self):
        super().__init__()
        self.conv = conv()

    def forward(self, x):
        y = self.conv(x)
        return {"parts": [y, torch.relu(y)]}, (y + 1,)


class Mixed(Classifier):
    def __init__(self):
        super().__init__()
        self.untyped = Untyped()

    def forward(self, x):
        parts, last = self.untyped(self.stem(x))
        return self.head(parts["parts"][0] + parts["parts"][1] * last[0])


class Keeping(nn.Module):
    """Keeps a value that its neighbour reads: tracing moves it across the border of the module."""

    def __init__(self):
        super().__init__()
        self.conv = conv()
        self.kept = None

    def forward(self, x):
        self.kept = torch.tanh(x)
        return self.conv(self.kept) * 2


class Borders(Classifier):
    def __init__(self):
        super().__init__()
        self.keeping = Keeping()
        self.identity = nn.Identity()
        self.join = Block()

    def forward(self, x):
        y = self.keeping(self.stem(x))
        return self.head(self.join(self.identity(y)) + self.keeping.kept)


class Residual(Classifier):
    """Skips beside the layer, in-place additions and activations behind it, a helper on self."""

    def __init__(self):
        super().__init__()
        self.conv = conv()
        self.bn = nn.BatchNorm2d(4)
        self.act = nn.ReLU(inplace=True)
        self.last = conv()

    def _block(self, x):
        skip = x
        y = self.bn(self.conv(x))
        y += skip
        return self.act(y)

    def _forward_impl(self, x):
        y = self._block(self.stem(x))
        y = self.last(y)
        y.mul_(0.5)
        y = F.hardswish(y, inplace=True)
        return self.head(y)

    def forward(self, x):
        return self._forward_impl(x)


class Nested(Classifier):
    """Loops over a ModuleList, a ModuleDict, Sequential in Sequential."""

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block() for _ in range(3)])
        self.named = nn.ModuleDict(OrderedDict(a=Block(), b=nn.Sequential(conv(), nn.GELU())))
        self.tail = nn.Sequential(nn.Sequential(conv(), nn.Sequential(nn.BatchNorm2d(4), nn.SiLU())), nn.Dropout(0.1))

    def forward(self, x):
        y = self.stem(x)
        for i, block in enumerate(self.blocks):
            y = block(y) + y * float(i)
        for block in self.named.values():
            y = block(y)
        return self.head(self.tail(y))


def squash(x, gate):
    # type: (torch.Tensor, torch.Tensor) -> torch.Tensor
    return x * torch.sigmoid(gate)


class FreeFunctions(Classifier):
    """Operations in free functions, some of them in-place."""

    def __init__(self):
        super().__init__()
        self.conv = conv()
        self.gate = conv()

    def forward(self, x):
        y = self.stem(x)
        y = squash(self.conv(y), self.gate(y))
        y = F.layer_norm(F.relu(y, inplace=True), [4, 16, 16])
        return self.head(y)


class Branches(Classifier):
    """Modules called in if/else, in nested branches, in for and while loops."""

    def __init__(self):
        super().__init__()
        self.yes = conv()
        self.no = conv()
        self.inner = Block()
        self.loop = conv()
        self.spin = Block()
        self.last = conv()

    def forward(self, x):
        y = self.stem(x)
        n = y.shape[0]
        if y.shape[2] > 4:
            y = self.yes(y)
            if y.dim() == 4:
                y = self.inner(y) + float(n)
            y = y * 0.5
        else:
            y = self.no(y)
        for _ in range(int(y.shape[1]) - 2):
            y = torch.tanh(self.loop(y))
        i = 0
        while i < 2:
            y = self.spin(y)
            i += 1
        return self.head(self.last(y))


class Wide(nn.Module):
    """Many arguments, some optional, called by keyword."""

    def __init__(self):
        super().__init__()
        self.conv = conv()

    def forward(self, x, skip: Optional[torch.Tensor] = None, scale: float = 1.0):
        y = self.conv(x) * scale
        if skip is not None:
            y = y + skip
        return y


class Arguments(Classifier):
    def __init__(self):
        super().__init__()
        self.plain = Wide()
        self.skipping = Wide()

    def forward(self, x):
        y = self.stem(x)
        return self.head(self.skipping(self.plain(y, scale=0.5), skip=y))


class Overloads(nn.Module):
    """forward__0 and forward__1, as torchvision's dense layers have."""

    def __init__(self):
        super().__init__()
        self.conv = conv()

    @torch.jit._overload_method  # noqa: F811
    def forward(self, x):  # noqa: F811
        # type: (List[torch.Tensor]) -> (torch.Tensor)
        pass

    @torch.jit._overload_method  # noqa: F811
    def forward(self, x):  # noqa: F811
        # type: (torch.Tensor) -> (torch.Tensor)
        pass

    def forward(self, x):  # noqa: F811
        if isinstance(x, torch.Tensor):
            y = x
        else:
            y = x[0] + x[1]
        return self.conv(y)


class Overloaded(Classifier):
    def __init__(self):
        super().__init__()
        self.one = Overloads()
        self.two = Overloads()

    def forward(self, x):
        y = self.stem(x)
        return self.head(self.two([self.one(y), y]))


MODELS = {
    "repeated": Repeated,
    "shared_types": SharedTypes,
    "structured": Structured,
    "mixed": Mixed,
    "borders": Borders,
    "residual": Residual,
    "nested": Nested,
    "free_functions": FreeFunctions,
    "branches": Branches,
    "arguments": Arguments,
    "overloaded": Overloaded,
}
TRACE_ONLY = {"mixed", "borders"}

# Paths that name more than a module: path -> (module, number of the call, number of the tensor), by kind of export.
NAMED = {
    "repeated": {"trace": {"conv.forward": ("conv", 0, 0), "conv.forward1": ("conv", 1, 0), "conv.forward2": ("conv", 2, 0)}},
    # one object under two names: scripting keeps apart by which name it is called, tracing knows the first
    "shared_types": {
        "script": {
            "first": ("first", 0, 0),
            "first.conv": ("first.conv", 0, 0),
            "first.act": ("first.act", 0, 0),
            "again": ("first", 1, 0),
            "again.conv": ("first.conv", 1, 0),
            "again.act": ("first.act", 1, 0),
        }
    },
    "structured": {
        "script": {
            "pair.1": ("pair", 0, 1),
            "pyramid.2": ("pyramid", 0, 2),
            "named.low": ("named", 0, 1),
            "struct.second": ("struct", 0, 1),
        },
        "trace": {"pair.1": ("pair", 0, 1), "pyramid.2": ("pyramid", 0, 2), "named.1": ("named", 0, 1)},
    },
    # tracing returns what is used of a nested structure, in an order of its own
    "mixed": {"trace": {"untyped": ("untyped", 0, 1), "untyped.1": ("untyped", 0, 2), "untyped.2": ("untyped", 0, 0)}},
}
