"""Writes the archives of the tests of shrinking. Run by hand with torch 1.13.1 (requirements.txt)."""
import io
import os
import zipfile

import torch
import torch.nn as nn

HERE = os.path.dirname(os.path.abspath(__file__))


class Sized(nn.Module):
    """Padded and plain convolutions, with and without bias, and a flattened size in the code."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, padding=1)
        self.conv3 = nn.Conv2d(8, 5, 3, bias=False)
        self.bn3 = nn.BatchNorm2d(5)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(80, 12)
        self.fc2 = nn.Linear(12, 4, bias=False)
        self.fc3 = nn.Linear(4, 3)

    def features(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        return torch.relu(self.bn3(self.conv3(torch.relu(self.conv2(x)))))

    def head(self, x):
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))


class SizedView(Sized):
    def forward(self, x):
        return self.head(self.features(x).view(-1, 80))


class SizedRows(Sized):
    def forward(self, x):
        y = self.features(x)
        return self.head(y.reshape(y.size(0), 80))


class Regrouped(Sized):
    """Half a sample in a row: not what its code looks like."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(40, 12)

    def forward(self, x):
        return self.head(self.features(x).view(-1, 40))


class Tied(nn.Module):
    """A residual sum and a concatenation."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 6, 3)
        self.bn = nn.BatchNorm2d(6)
        self.block = nn.Conv2d(6, 6, 1)
        self.left = nn.Conv2d(6, 4, 1)
        self.right = nn.Conv2d(6, 4, 1)
        self.last = nn.Conv2d(8, 5, 1)
        self.act = nn.ReLU(inplace=True)
        self.fc = nn.Linear(5, 3)

    def forward(self, x):
        x = self.act(self.bn(self.stem(x)))
        x = self.act(self.block(x) + x)
        x = self.act(self.last(torch.cat([self.left(x), self.right(x)], 1)))
        return self.fc(torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1))


class Grouped(nn.Module):
    """Convolutions of two groups and of one channel each between plain ones."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 8, 3)
        self.pairs = nn.Conv2d(8, 8, 3, groups=2)
        self.depth = nn.Conv2d(8, 8, 3, groups=8)
        self.plain = nn.Conv2d(8, 6, 1)
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        x = torch.relu(self.depth(torch.relu(self.pairs(torch.relu(self.first(x))))))
        return self.fc(torch.relu(self.plain(x)).mean([2, 3]))


def save(module, name):
    """Writes it deflated, with a fixed time stamp and without debug tables."""
    plain = io.BytesIO()
    torch.jit.save(module, plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(os.path.join(HERE, name), "w") as new:
        for entry in old.namelist():
            if not entry.endswith(".debug_pkl"):
                info = zipfile.ZipInfo(entry, (2026, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(info, old.read(entry), compresslevel=9)


def main():
    torch.manual_seed(11)
    for name, kind in (
        ("sized_view", SizedView),
        ("sized_rows", SizedRows),
        ("regrouped", Regrouped),
        ("tied", Tied),
        ("grouped", Grouped),
    ):
        model = kind().eval()
        save(torch.jit.script(model), name + ".script.pt")
        traced = torch.jit.trace(model, torch.rand(2, 1, 12, 12), check_trace=False)
        save(traced, name + ".trace.pt")


if __name__ == "__main__":
    main()
