# RR-ClArC. Source: frederikpahde/rrclarc, model_training/correction_methods/rr_clarc.py.

# Scalars of the logits that are differentiated; signs [n, classes] are factors of the logits.
def plumbline_rr_clarc_max_logit(self, logits: Tensor, signs: Tensor) -> Tensor:
    return torch.sum((torch.max(logits, 1))[0])


def plumbline_rr_clarc_logprobs(self, logits: Tensor, signs: Tensor) -> Tensor:
    return torch.sum(torch.mean(torch.log(torch.softmax(logits, 1) + 1e-05), [1]))


def plumbline_rr_clarc_signed_logits(self, logits: Tensor, signs: Tensor) -> Tensor:
    return torch.sum(logits * signs)


# Whether the last of x's axes holds its d channels, else the second.
def plumbline_rr_clarc_channels_last(self, x: Tensor, d: int) -> bool:
    if torch.dim(x) == 3:
        last = torch.size(x, -1) == d
    else:
        last = torch.size(x, 1) != d
    return last


# The loss and the cross-entropy in it.
def plumbline_rr_clarc_total(self, logits: Tensor, labels: Tensor, weights: Tensor,
    penalty: Tensor, factor: Tensor) -> List[Tensor]:
    ce = self.plumbline_cross_entropy(logits, labels, weights)
    return [torch.add(ce, penalty, alpha=float(factor)), ce]


# The gradient with channels first, [n, d, locations]; cavs [K, d].
def plumbline_rr_clarc_slope(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    g = self.plumbline_derivatives(value, [at])[0]
    if self.plumbline_rr_clarc_channels_last(g, torch.size(cavs, 1)):
        g = torch.movedim(g, -1, 1)
    return torch.flatten(torch.unsqueeze(g, -1), 2)


# Penalties of a scalar's slope at a layer's value, means over samples, concepts and locations.
def plumbline_rr_clarc_l1(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    return torch.mean(torch.abs(torch.matmul(cavs, self.plumbline_rr_clarc_slope(value, at, cavs))))


def plumbline_rr_clarc_l1_mean(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    g = torch.mean(self.plumbline_rr_clarc_slope(value, at, cavs), [2], True)
    return torch.mean(torch.abs(torch.matmul(cavs, g)))


def plumbline_rr_clarc_l2(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    s = torch.matmul(cavs, self.plumbline_rr_clarc_slope(value, at, cavs))
    return torch.mean(s * s)


def plumbline_rr_clarc_l2_mean(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    g = torch.mean(self.plumbline_rr_clarc_slope(value, at, cavs), [2], True)
    s = torch.matmul(cavs, g)
    return torch.mean(s * s)


def plumbline_rr_clarc_cosines(self, g: Tensor, cavs: Tensor) -> Tensor:
    h = torch.unsqueeze(torch.unsqueeze(cavs, 0), -1)
    return torch.mean(torch.abs(torch.cosine_similarity(torch.unsqueeze(g, 1), h, 2, 1e-08)))


def plumbline_rr_clarc_cosine(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    g = self.plumbline_rr_clarc_slope(value, at, cavs)
    return self.plumbline_rr_clarc_cosines(g, cavs)


def plumbline_rr_clarc_cosine_mean(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    g = torch.mean(self.plumbline_rr_clarc_slope(value, at, cavs), [2], True)
    return self.plumbline_rr_clarc_cosines(g, cavs)


# The same two behind the layer, along tangents [n, K, size].
def plumbline_rr_clarc_along(self, value: Tensor, at: Tensor, tangents: Tensor) -> Tensor:
    g = torch.flatten(self.plumbline_derivatives(value, [at])[0], 1)
    return torch.matmul(tangents, torch.unsqueeze(g, -1))


def plumbline_rr_clarc_l1_mean_along(self, value: Tensor, at: Tensor, tangents: Tensor) -> Tensor:
    return torch.mean(torch.abs(self.plumbline_rr_clarc_along(value, at, tangents)))


def plumbline_rr_clarc_l2_mean_along(self, value: Tensor, at: Tensor, tangents: Tensor) -> Tensor:
    s = self.plumbline_rr_clarc_along(value, at, tangents)
    return torch.mean(s * s)


# For heads whose logits move along a concept by the same amount at every sample.

# A map [n, d, h, w] pooled to one location.
def plumbline_rr_clarc_pooled(self, x: Tensor) -> Tensor:
    return torch.mean(x, [2, 3], True)


# Each concept at every location of a value like x's, over the number of locations, and zeros,
# [K + 1, ...].
def plumbline_rr_clarc_moves(self, x: Tensor, cavs: Tensor) -> Tensor:
    d = torch.size(cavs, 1)
    shape = [torch.size(cavs, 0)]
    for i in range(1, torch.dim(x)):
        shape.append(1)
    if self.plumbline_rr_clarc_channels_last(x, d):
        shape[-1] = d
    else:
        shape[1] = d
    like = torch.ones_like(torch.narrow(torch.detach(x), 0, 0, 1))
    moves = torch.reshape(cavs, shape) * like / float(torch.numel(like) // d)
    return torch.cat([moves, torch.zeros_like(like)], 0)


# Values with moves behind them, so that the head meets all at once.
def plumbline_rr_clarc_beside(self, moves: Tensor, xs: List[Tensor]) -> List[Tensor]:
    out = [torch.cat([xs[0], moves], 0)]
    for i in range(1, len(xs)):
        shape = torch.size(xs[i])
        shape[0] = torch.size(moves, 0)
        out.append(torch.cat([xs[i], torch.new_zeros(xs[i], shape)], 0))
    return out


# What the head says of those: logits [n, classes], and how moves move them [1, K, classes].
def plumbline_rr_clarc_moved(self, logits: Tensor, moves: Tensor) -> List[Tensor]:
    k = torch.size(moves, 0) - 1
    n = torch.size(logits, 0) - k - 1
    moved = torch.narrow(logits, 0, n, k) - torch.narrow(logits, 0, n + k, 1)
    return [torch.narrow(logits, 0, 0, n), torch.unsqueeze(moved, 0)]


# Values moved along all concepts as far as the largest of them, and how far that is.
def plumbline_rr_clarc_far(self, x: Tensor, moves: Tensor) -> List[Tensor]:
    along = torch.sum(moves, [0], True)
    far = torch.max(torch.abs(x)) / torch.max(torch.abs(along))
    return [x + far * along, far]


# How far logits after such a move are from what their moves foretell, over the largest.
def plumbline_rr_clarc_deviation(self, logits: Tensor, moves: Tensor, after: Tensor,
    far: Tensor) -> Tensor:
    foretold = logits + far * torch.sum(moves, [1])
    return torch.max(torch.abs(after - foretold)) / torch.max(torch.abs(foretold))
