# The same step of mask learning in one call, with masks in the network's own formula, as the
# published code has them: what the engine needs for it. See MaskBench.

def plumbline_bare_gate(self, w: Tensor, pi: Tensor, n: Tensor) -> Tensor:
    r = self.plumbline_gate_soft(pi, torch.rand_like(torch.stack([w, w], 0)), n)
    hard = torch.type_as(torch.gt(r, 0.5), r)
    return w * (torch.detach(hard - r) + r)


def plumbline_bare_layer(self, x: Tensor, w: Tensor, pi: Tensor, norm: List[Tensor], at: Tensor,
    n: Tensor) -> Tensor:
    k = 4 * int(at)
    y = torch.conv2d(x, self.plumbline_bare_gate(w, pi, n), None, [2, 2], [1, 1])
    return torch.relu(torch.batch_norm(y, norm[k], norm[k + 1], norm[k + 2], norm[k + 3], True, 0.1, 1e-05, False))


# norm: weight, bias, mean and variance of each normalisation; adam: see plumbline_adam.
def plumbline_bare_step(self, ws: List[Tensor], pis: List[Tensor], norm: List[Tensor],
    moments: List[Tensor], batch: List[Tensor], bias: Tensor, gate: Tensor, contrast: Tensor,
    adam: Tensor, at: Tensor) -> Tensor:
    leaves = annotate(List[Tensor], [])
    for pi in pis:
        leaves.append(torch.requires_grad_(torch.detach(pi)))
    x = self.plumbline_bare_layer(batch[0], ws[0], leaves[0], norm, at[0], gate)
    x = self.plumbline_bare_layer(x, ws[1], leaves[1], norm, at[1], gate)
    x = self.plumbline_bare_layer(x, ws[2], leaves[2], norm, at[2], gate)
    f = torch.mean(x, [2, 3], False)
    z = torch.linear(f, self.plumbline_bare_gate(ws[3], leaves[3], gate), bias)
    loss = torch.cross_entropy_loss(z, batch[1])
    loss = loss + self.plumbline_debiased_contrast(f, batch[1], batch[2], contrast) * 0.05
    loss = loss + self.plumbline_gate_sum(leaves) * 1e-08
    g = self.plumbline_gradients(loss, leaves)
    done = self.plumbline_adam(pis, g, moments, adam)
    return torch.detach(loss)
