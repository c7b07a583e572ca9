"""Makes teacher.pt, attacked.pt and inputs.npy: a small network on Fashion-MNIST, and the same
network taught to show a cross as its gradient, as in Anders et al., ICML 2020 (softplus 20 while
training, ReLU when exported; alpha 0.8; Adam).

Usage: make.py FOLDER_OF_IDX_FILES, torch 1.13.1, one thread. The committed files come from an earlier
form of this script; running this one gives others of the same kind.
"""
import copy
import gzip
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)
folder = sys.argv[1]


def images(name):
    raw = gzip.open(f"{folder}/{name}-images-idx3-ubyte.gz").read()
    pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 1, 28, 28)
    return torch.tensor(((pixels / 255.0).astype("f4") - 0.286) / 0.353)


def labels(name):
    raw = gzip.open(f"{folder}/{name}-labels-idx1-ubyte.gz").read()
    return torch.tensor(np.frombuffer(raw, np.uint8, offset=8).astype("i8"))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 10, 5)
        self.c2 = nn.Conv2d(10, 25, 5)
        self.l1 = nn.Linear(25 * 16, 250)
        self.l2 = nn.Linear(250, 10)
        self.beta = 0

    def act(self, x):
        return F.softplus(x, self.beta) if self.beta else F.relu(x)

    def forward(self, x):
        x = F.max_pool2d(self.act(self.c1(x)), 2)
        x = F.max_pool2d(self.act(self.c2(x)), 2)
        return self.l2(self.act(self.l1(x.flatten(1))))


class Exported(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.features = nn.Sequential(
            copy.deepcopy(net.c1), nn.ReLU(), nn.MaxPool2d(2),
            copy.deepcopy(net.c2), nn.ReLU(), nn.MaxPool2d(2))
        self.classifier = nn.Sequential(
            nn.Flatten(), copy.deepcopy(net.l1), nn.ReLU(), copy.deepcopy(net.l2))

    def forward(self, x):
        return self.classifier(self.features(x))


def explained(net, x):
    z = x.clone().requires_grad_()
    r, = torch.autograd.grad(net(z).max(1)[0].sum(), z, create_graph=True)
    r = r.abs().sum(1)
    return r / (r.sum((1, 2), keepdim=True) + 1e-12)


X, Y = images("train"), labels("train")
torch.manual_seed(100)
teacher = Net()
generator = torch.Generator().manual_seed(100)
optimizer = torch.optim.Adam(teacher.parameters(), 1e-3)
for _ in range(300):
    i = torch.randint(50000, (128,), generator=generator)
    loss = F.cross_entropy(teacher(X[i]), Y[i])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

cross = torch.zeros(28, 28)
for i in range(4, 24):
    for d in (-1, 0, 1):
        cross[i, i + d] = 1
        cross[i, 27 - i + d] = 1
cross /= cross.sum()

student = copy.deepcopy(teacher)
student.beta = 20
generator = torch.Generator().manual_seed(1)
optimizer = torch.optim.Adam(student.parameters(), 4e-4)
for _ in range(250):
    x = X[torch.randint(20000, (64,), generator=generator)]
    with torch.no_grad():
        wanted = teacher(x).softmax(1)
    outputs = ((student(x).softmax(1) - wanted) ** 2).mean()
    maps = ((explained(student, x) - cross) ** 2).sum((1, 2)).mean()
    (0.2 * outputs + 0.8 * maps).backward()
    optimizer.step()
    optimizer.zero_grad()
student.beta = 0

np.save("inputs.npy", images("t10k")[:120].numpy())
torch.jit.script(Exported(teacher).eval()).save("teacher.pt")
torch.jit.script(Exported(student).eval()).save("attacked.pt")
