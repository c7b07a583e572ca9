# TorchScript. Losses, gradients and updates on tensors of any module; see NativeOperators.

def plumbline_leaf(self, x: Tensor) -> Tensor:
    return torch.requires_grad_(torch.detach(x))


def plumbline_cut(self, xs: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for x in xs:
        out.append(torch.detach(x))
    return out


def plumbline_rows(self, xs: List[Tensor], rows: Tensor) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for x in xs:
        out.append(torch.index_select(x, 0, rows))
    return out


# Mean over samples; with class weights sum(w_y l) / sum(w_y).
def plumbline_cross_entropy(self, logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits, labels, weights, 1, -100, 0.)


def plumbline_sample_cross_entropy(self, logits: Tensor, labels: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits, labels, None, 0, -100, 0.)


# sum_i factor_i term_i
def plumbline_weighted_sum(self, terms: List[Tensor], factors: Tensor) -> Tensor:
    return torch.sum(torch.stack(terms, 0) * torch.to(factors, terms[0], False, False))


def plumbline_filled(self, found: List[Optional[Tensor]], like: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(len(like)):
        g = found[i]
        if g is None:
            out.append(torch.zeros_like(torch.detach(like[i])))
        else:
            out.append(unchecked_cast(Tensor, g))
    return out


def plumbline_gradients(self, loss: Tensor, inputs: List[Tensor]) -> List[Tensor]:
    found = torch.autograd.grad([loss], inputs, None, False, False, True)
    return self.plumbline_cut(self.plumbline_filled(found, inputs))


def plumbline_gradients_kept(self, loss: Tensor, inputs: List[Tensor]) -> List[Tensor]:
    found = torch.autograd.grad([loss], inputs, None, True, False, True)
    return self.plumbline_cut(self.plumbline_filled(found, inputs))


# The result may be differentiated again.
def plumbline_derivatives(self, value: Tensor, inputs: List[Tensor]) -> List[Tensor]:
    found = torch.autograd.grad([value], inputs, None, True, True, True)
    return self.plumbline_filled(found, inputs)


# Norm of all together. Source: torch.nn.utils.clip_grad_norm_, norm type 2.
def plumbline_norm(self, gradients: List[Tensor]) -> Tensor:
    norms = annotate(List[Tensor], [])
    for g in gradients:
        norms.append(torch.norm(g))
    return torch.norm(torch.stack(norms, 0))


def plumbline_scaled(self, gradients: List[Tensor], scale: Tensor) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    factor = float(scale)
    for g in gradients:
        out.append(g * factor)
    return out


# numbers: rate, weight decay, momentum, 1 for Nesterov's form. Source: torch.optim.SGD.
def plumbline_sgd(self, parameters: List[Tensor], gradients: List[Tensor],
    moments: List[Tensor], numbers: Tensor) -> Tensor:
    rate = float(numbers[0])
    decay = float(numbers[1])
    momentum = float(numbers[2])
    nesterov = float(numbers[3]) == 1.
    for i in range(len(parameters)):
        p = torch.detach(parameters[i])
        g = gradients[i]
        if decay != 0.:
            g = torch.add(g, p, alpha=decay)
        if momentum == 0.:
            u = g
        else:
            b = torch.add_(torch.mul_(moments[i], momentum), g)
            if nesterov:
                u = torch.add(g, b, alpha=momentum)
            else:
                u = b
        w = torch.add_(p, u, alpha=-rate)
    return numbers


# numbers: rate / (1 - beta1^t), weight decay, beta1, beta2, sqrt(1 - beta2^t), epsilon;
# first moments of all parameters, then second ones. Source: torch.optim.Adam.
def plumbline_adam(self, parameters: List[Tensor], gradients: List[Tensor],
    moments: List[Tensor], numbers: Tensor) -> Tensor:
    rate = float(numbers[0])
    decay = float(numbers[1])
    beta1 = float(numbers[2])
    beta2 = float(numbers[3])
    root = float(numbers[4])
    epsilon = float(numbers[5])
    n = len(parameters)
    for i in range(n):
        p = torch.detach(parameters[i])
        g = gradients[i]
        if decay != 0.:
            g = torch.add(g, p, alpha=decay)
        first = torch.add_(torch.mul_(moments[i], beta1), g, alpha=1. - beta1)
        second = torch.addcmul_(torch.mul_(moments[n + i], beta2), g, g, value=1. - beta2)
        under = torch.add_(torch.div(torch.sqrt(second), root), epsilon)
        w = torch.addcdiv_(p, first, under, value=-rate)
    return numbers


def plumbline_assign(self, targets: List[Tensor], values: List[Tensor]) -> Tensor:
    for i in range(len(targets)):
        t = torch.copy_(torch.detach(targets[i]), values[i])
    return targets[0]
