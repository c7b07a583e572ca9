# RR-ClArC. Source: frederikpahde/rrclarc, model_training/correction_methods/rr_clarc.py.

# Scalars of the logits that are differentiated; signs [n, classes] are factors of the logits.
def plumbline_rr_clarc_max_logit(self, logits: Tensor, signs: Tensor) -> Tensor:
    return torch.sum((torch.max(logits, 1))[0])


def plumbline_rr_clarc_logprobs(self, logits: Tensor, signs: Tensor) -> Tensor:
    return torch.sum(torch.mean(torch.log(torch.softmax(logits, 1) + 1e-05), [1]))


def plumbline_rr_clarc_signed_logits(self, logits: Tensor, signs: Tensor) -> Tensor:
    return torch.sum(logits * signs)


# The gradient with channels first, [n, d, locations]; cavs [K, d].
def plumbline_rr_clarc_slope(self, value: Tensor, at: Tensor, cavs: Tensor) -> Tensor:
    g = self.plumbline_derivatives(value, [at])[0]
    d = torch.size(cavs, 1)
    if torch.dim(g) == 3:
        last = torch.size(g, -1) == d
    else:
        last = torch.size(g, 1) != d
    if last:
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
