# Losses of an attack on explanations.
# Source: fairwashing/fairwashing, script/fairwashing.py and fairwasher/utils.py (4ce9fa4).

# Mean over samples and classes of the squared difference of probabilities.
def plumbline_fairwash_answers(self, student: Tensor, teacher: Tensor) -> Tensor:
    d = torch.softmax(student, 1) - torch.softmax(teacher, 1)
    return torch.mean(d * d)


def plumbline_fairwash_product(self, r: Tensor, x: Tensor) -> Tensor:
    return r * torch.detach(x)


# V V^T r of every sample; vectors [n, D, d].
def plumbline_fairwash_projected(self, r: Tensor, vectors: Tensor) -> Tensor:
    flat = torch.unsqueeze(torch.flatten(r, 1), 2)
    inside = torch.matmul(torch.transpose(vectors, 1, 2), flat)
    return torch.reshape(torch.matmul(vectors, inside), torch.size(r))


# Squared differences of map and target, summed over pixels, averaged over the samples whose map
# has a sum; and the share of samples that have none.
def plumbline_fairwash_maps(self, r: Tensor, target: Tensor) -> List[Tensor]:
    magnitudes = torch.sum(torch.abs(r), [1])
    sums = torch.sum(magnitudes, [1, 2], True)
    whole = torch.gt(sums, 0.)
    shares = magnitudes / torch.where(whole, sums, torch.ones_like(sums))
    d = shares - target
    counted = torch.to(torch.flatten(whole), d, False, False)
    each = torch.sum(d * d, [1, 2]) * counted
    return [torch.sum(each) / torch.clamp(torch.sum(counted), 1.), 1. - torch.mean(counted)]
