# Entangling and disentangling. Source: EIDOSLAB/entangling-disentangling-bias, src/EnD.py.

def plumbline_end_unit_rows(self, value: Tensor) -> Tensor:
    rows = torch.flatten(value, 1)
    return rows / torch.clamp(torch.norm(rows, 2, [1], True), 1e-12)


def plumbline_end_gram(self, rows: Tensor) -> Tensor:
    return torch.clamp(torch.tril(torch.matmul(rows, torch.t(rows)), -1), -1., 1.)


# sum_c |sum_{i > j, b_i = b_j = c} g_ij| / number of such pairs over all c
def plumbline_end_disentangling(self, gram: Tensor, bias: Tensor) -> Tensor:
    member = torch.to(torch.one_hot(bias, -1), gram, False, False)
    sums = torch.diagonal(torch.matmul(torch.t(member), torch.matmul(gram, member)))
    count = torch.sum(member, [0])
    pairs = torch.sum(count * (count - 1.)) / 2.
    return torch.sum(torch.abs(sums)) / torch.clamp(pairs, 1.)


# Mean of (1 - g_ij) / 2 over pairs of one class and several biases; the published mask has only
# those pairs i > j with b_i < b_j.
def plumbline_end_entangling(self, gram: Tensor, labels: Tensor, bias: Tensor,
    published: Tensor) -> Tensor:
    alike = torch.unsqueeze(labels, 1) == torch.unsqueeze(labels, 0)
    if bool(published):
        other = torch.unsqueeze(bias, 1) < torch.unsqueeze(bias, 0)
    else:
        other = torch.unsqueeze(bias, 1) != torch.unsqueeze(bias, 0)
    mask = torch.tril(torch.to(alike & other, gram, False, False), -1)
    return torch.sum(mask * (1. - gram) / 2.) / torch.clamp(torch.sum(mask), 1.)
