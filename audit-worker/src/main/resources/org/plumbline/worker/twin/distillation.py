# Cross-entropy with a teacher's probabilities, mean over the batch.
# Source: Hinton et al., "Distilling the Knowledge in a Neural Network", 2015, temperature 1.

def plumbline_distillation(self, logits: Tensor, teacher: Tensor) -> Tensor:
    wanted = torch.softmax(teacher, 1)
    return torch.neg(torch.mean(torch.sum(wanted * torch.log_softmax(logits, 1), [1])))
