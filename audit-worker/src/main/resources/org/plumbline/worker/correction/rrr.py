# Right for the right reasons, exponential-log-sum form.
# Source: frederikpahde/rrclarc, model_training/correction_methods/rrr.py RRR_ExpLogSum.

def plumbline_rrr_score(self, logits: Tensor) -> Tensor:
    return torch.sum(torch.mean(torch.log(torch.softmax(logits, 1) + 1e-05), [1]))


# Cosine of each sample's input gradient, channels summed, and its mask; 0 without a mask.
def plumbline_rrr_alignment(self, gradient: Tensor, mask: Tensor) -> Tensor:
    u = torch.flatten(torch.abs(torch.sum(gradient, [1])), 1)
    return torch.cosine_similarity(u, torch.flatten(mask, 1), 1, 1e-08)


def plumbline_rrr(self, logits: Tensor, x: Tensor, mask: Tensor) -> Tensor:
    gradient = self.plumbline_derivatives(self.plumbline_rrr_score(logits), [x])[0]
    return torch.mean(self.plumbline_rrr_alignment(gradient, mask))
