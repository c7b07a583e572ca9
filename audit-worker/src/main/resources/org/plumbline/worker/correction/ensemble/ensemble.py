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
def plumbline_gce(self, losses: Tensor, q: Tensor) -> Tensor:
    p = torch.exp(torch.neg(torch.detach(losses)))
    return losses * (torch.pow(p, float(q)) * float(q))


# Mean over the rows whose flag is 1; 0 if there is none.
def plumbline_mean_of(self, losses: Tensor, flags: Tensor) -> Tensor:
    return torch.sum(losses * flags) / torch.clamp(torch.sum(flags), 1.)


# Notes losses of the biased and the debiased network and returns B / (B + D + 1e-8) of the batch,
# B and D being moving averages over the largest of the class, which unseen samples count in as 0.
# Rows of the table: averages of both networks, 1 for samples seen before; the first loss of a
# sample is taken as it is. numbers: share of the old average, what is added to the largest of
# either network, classes.
def plumbline_difficulty(self, table: Tensor, losses: List[Tensor], index: Tensor, labels: Tensor,
    numbers: Tensor) -> Tensor:
    a = float(numbers[0])
    old = torch.index_select(table, 1, index)
    fresh = old[:2] * a + (1. - old[2] * a) * torch.detach(torch.stack(losses, 0))
    noted = torch.index_copy_(table, 1, index, torch.cat([fresh, torch.ones_like(old[2:])], 0))
    largest = torch.scatter_reduce(torch.zeros([2, int(numbers[3])], dtype=6, device=table.device),
        1, torch.expand(labels, [2, -1]), noted[:2], "amax", include_self=True)
    mine = torch.index_select(largest, 1, torch.index_select(labels, 0, index))
    relative = fresh / (mine + torch.type_as(torch.unsqueeze(numbers[1:3], 1), mine))
    return relative[0] / (relative[0] + relative[1] + 1e-08)


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
