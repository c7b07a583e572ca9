# Class artifact compensation. Source: frederikpahde/rrclarc,
# model_training/correction_methods/clarc.py.

# Whether the channels, as many as h has, are the last axis.
def plumbline_clarc_last(self, a: Tensor, h: Tensor) -> bool:
    d = torch.size(h, 0)
    if torch.dim(a) == 3:
        return torch.size(a, -1) == d
    return torch.size(a, 1) != d


# a + ((level - l(a)) / (h.h + 1e-6)) h at every location; l projects the pooled channels.
# numbers: level, 1 for pooling by maximum or 0 for the mean.
def plumbline_clarc(self, a: Tensor, h: Tensor, numbers: Tensor) -> Tensor:
    last = self.plumbline_clarc_last(a, h)
    first = a
    if last:
        first = torch.movedim(a, -1, 1)
    flat = torch.flatten(torch.unsqueeze(first, -1), 2)
    pooled = torch.mean(flat, [2])
    if float(numbers[1]) == 1.:
        pooled = torch.amax(flat, [2])
    length = torch.matmul(pooled, h)
    shift = (float(numbers[0]) - length) / (torch.sum(h * h) + 1e-06)
    moved = flat + torch.unsqueeze(torch.unsqueeze(shift, 1) * torch.unsqueeze(h, 0), -1)
    shaped = torch.reshape(moved, torch.size(first))
    if last:
        return torch.movedim(shaped, 1, -1)
    return shaped
