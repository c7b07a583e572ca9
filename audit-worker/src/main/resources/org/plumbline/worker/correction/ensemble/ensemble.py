# Learning from failure, DisEnt and BiasEnsemble. Sources: alinlab/LfF,
# kakaoenterprise/Learning-Debiased-Disentangled, kakaoenterprise/BiasEnsemble 13c01f4.

# Cross-entropy of every sample and, without graph, the probability of its label.
def plumbline_label_losses(self, logits: Tensor, labels: Tensor) -> Tuple[Tensor, Tensor]:
    losses = self.plumbline_sample_cross_entropy(logits, labels)
    return (losses, torch.exp(torch.neg(torch.detach(losses))))


# [n, 2]: probability of the label, and 1 where another class is predicted.
def plumbline_verdicts(self, logits: Tensor, labels: Tensor) -> Tensor:
    p = self.plumbline_label_losses(logits, labels)[1]
    wrong = torch.type_as(torch.ne(torch.argmax(torch.detach(logits), 1), labels), p)
    return torch.stack([p, wrong], 1)


# q p_y^q CE with p_y^q constant, as implemented by the authors: its gradient is q times that of
# (1 - p_y^q) / q.
def plumbline_gce(self, logits: Tensor, labels: Tensor, q: Tensor) -> Tensor:
    losses, p = self.plumbline_label_losses(logits, labels)
    return losses * (torch.pow(p, float(q)) * float(q))


# Mean over the rows whose flag is 1; 0 if there is none.
def plumbline_mean_of(self, losses: Tensor, flags: Tensor) -> Tensor:
    return torch.sum(losses * flags) / torch.clamp(torch.sum(flags), 1.)


# Rows of the table: moving averages, 1 for samples seen before. The first loss of a sample is
# taken as it is.
def plumbline_ema(self, table: Tensor, index: Tensor, losses: Tensor, alpha: Tensor) -> Tensor:
    a = float(alpha)
    old = torch.index_select(table, 1, index)
    fresh = old[0] * a + (1. - old[1] * a) * torch.detach(losses)
    changed = torch.stack([fresh, torch.ones_like(fresh)], 0)
    return torch.index_copy_(table, 1, index, changed)


# Averages of a batch over the largest of their classes, which unseen samples count in as 0.
def plumbline_relative(self, table: Tensor, index: Tensor, labels: Tensor, classes: Tensor,
    guard: Tensor) -> Tensor:
    largest = torch.scatter_reduce(torch.zeros([int(classes)], dtype=6, device=table.device), 0,
        labels, table[0], "amax", include_self=True)
    mine = torch.index_select(labels, 0, index)
    below = torch.index_select(largest, 0, mine) + float(guard)
    return torch.index_select(table[0], 0, index) / below


# Relative difficulty B / (B + D + 1e-8).
def plumbline_difficulty(self, biased: Tensor, debiased: Tensor) -> Tensor:
    return biased / (biased + debiased + 1e-08)


# What a linear layer adds to its logits for the half of its input that belongs to the other
# encoder, whose features are constant here.
def plumbline_foreign(self, features: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(torch.detach(torch.flatten(features, 1)), weight)


def plumbline_sum(self, a: Tensor, b: Tensor) -> Tensor:
    return a + b


def plumbline_weighted_mean(self, losses: Tensor, weights: Tensor) -> Tensor:
    return torch.mean(losses * torch.detach(weights))


def plumbline_mean(self, losses: Tensor) -> Tensor:
    return torch.mean(losses)
