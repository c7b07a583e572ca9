# TorchScript. Gates and losses of DCWP, beside ensemble.py; see Gate, DebiasedContrast, BiasedLoss.

def plumbline_uniforms(self, like: Tensor) -> Tensor:
    return torch.rand_like(torch.stack([like, like], 0))


# u: [2, ...]; numbers: temperature, 1 for the logit sigmoid(pi) as published, else pi.
def plumbline_gate_soft(self, pi: Tensor, u: Tensor, numbers: Tensor) -> Tensor:
    ratio = torch.div(torch.log(torch.add(u[1], 1e-10)), torch.log(torch.add(u[0], 1e-10)))
    noise = torch.neg_(torch.log_(torch.add_(ratio, 1e-10)))
    if float(numbers[1]) == 1.:
        logit = torch.add_(noise, torch.sigmoid(pi))
    else:
        logit = torch.add_(noise, pi)
    return torch.sigmoid_(torch.div_(logit, float(numbers[0])))


def plumbline_gate_sample(self, weight: Tensor, dense: Tensor, pi: Tensor, u: Tensor,
    numbers: Tensor) -> Tensor:
    keep = torch.gt(self.plumbline_gate_soft(pi, u, numbers), 0.5)
    return torch.detach(torch.copy_(torch.detach(weight), torch.mul(dense, keep)))


# Overwrites the gradient of the gated weight with that of pi; the third number is lambda.
def plumbline_gate_gradient(self, gradient: Tensor, dense: Tensor, pi: Tensor, u: Tensor,
    numbers: Tensor) -> Tensor:
    r = self.plumbline_gate_soft(pi, u, numbers)
    slope = torch.mul_(torch.rsub(r, 1.), r)
    if float(numbers[1]) == 1.:
        s = torch.sigmoid(pi)
        slope = torch.mul_(torch.mul_(slope, s), torch.rsub(s, 1.))
    g = torch.mul_(torch.mul_(gradient, dense), torch.div_(slope, float(numbers[0])))
    return torch.add_(g, float(numbers[2]))


def plumbline_gate_fixed(self, pi: Tensor) -> Tensor:
    return torch.type_as(torch.ge(pi, 0.), pi)


def plumbline_gate_fix(self, weights: List[Tensor], masks: List[Tensor]) -> Tensor:
    for i in range(len(weights)):
        w = torch.mul_(torch.detach(weights[i]), masks[i])
    return masks[0]


def plumbline_gate_sum(self, logits: List[Tensor]) -> Tensor:
    total = torch.zeros_like(torch.sum(logits[0]))
    for pi in logits:
        total = total + torch.sum(pi)
    return total


# numbers: temperature, base temperature, form: 0 pairs with a flagged member,
# 1 pairs whose second member is flagged (as published), 2 labels alone.
def plumbline_debiased_contrast(self, features: Tensor, labels: Tensor, flags: Tensor,
    numbers: Tensor) -> Tensor:
    f = features
    if torch.dim(f) > 2:
        f = torch.mean(torch.flatten(f, 2, -1), [2], False)
    n = torch.size(f, 0)
    if n < 2:
        return torch.sum(f) * 0.
    f = f / torch.clamp_min(torch.norm(f, 2, [1], True), 1e-12)
    a = torch.matmul(f, torch.t(f)) / float(numbers[0])
    a = a - torch.detach(torch.amax(a, [1], True))
    itself = torch.diag(torch.ones_like(torch.detach(f[:, 0])))
    flagged = torch.type_as(flags, a)
    form = float(numbers[2])
    if form == 0.:
        chosen = torch.maximum(torch.unsqueeze(flagged, 0), torch.unsqueeze(flagged, 1))
    elif form == 1.:
        chosen = torch.unsqueeze(flagged, 0)
    else:
        chosen = torch.ones_like(itself)
    same = torch.type_as(torch.eq(torch.unsqueeze(labels, 0), torch.unsqueeze(labels, 1)), a)
    positive = same * chosen * torch.rsub(itself, 1.)
    others = torch.masked_fill(a, torch.gt(itself, 0.5), -1e30)
    logarithm = a - torch.logsumexp(others, [1], True)
    count = torch.sum(positive, [1], False)
    mean = torch.sum(positive * logarithm, [1], False) / torch.clamp_min(count, 1.)
    anchors = torch.clamp_min(torch.sum(torch.type_as(torch.gt(count, 0.), a)), 1.)
    return torch.sum(mean) / anchors * (-float(numbers[0]) / float(numbers[1]))


# Mean of CE over samples with p_y above a threshold; 0 if there is none.
def plumbline_confident(self, logits: Tensor, labels: Tensor, least: Tensor) -> Tensor:
    losses, p = self.plumbline_label_losses(logits, labels)
    return self.plumbline_mean_of(losses, torch.type_as(torch.gt(p, float(least)), losses))
