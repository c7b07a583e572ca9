# A vector-quantised auto-encoder. Parameters: weights, then bias if any, of the convolutions of
# VqVaeShape, two residual blocks of two after the third and after the first behind the codes.
# Source: fairwashing/fairwashing, projectors/autoencoder.py (4ce9fa4).

# The published block begins with an in-place ReLU, so what bypasses it has been rectified as well.
def plumbline_vqvae_block(self, x: Tensor, wide: Tensor, narrow: Tensor) -> Tensor:
    a = torch.relu(x)
    h = torch.relu(torch.conv2d(a, wide, None, [1, 1], [1, 1], [1, 1], 1))
    return a + torch.conv2d(h, narrow, None, [1, 1], [0, 0], [1, 1], 1)


# Two blocks with the weights from number i on.
def plumbline_vqvae_residual(self, x: Tensor, p: List[Tensor], i: int) -> Tensor:
    a = self.plumbline_vqvae_block(x, p[i], p[i + 1])
    return torch.relu(self.plumbline_vqvae_block(a, p[i + 2], p[i + 3]))


# [n, c, h, w] -> [n, embedding, h / 4, w / 4]
def plumbline_vqvae_encode(self, p: List[Tensor], x: Tensor) -> Tensor:
    a = torch.relu(torch.conv2d(x, p[0], p[1], [2, 2], [1, 1], [1, 1], 1))
    b = torch.relu(torch.conv2d(a, p[2], p[3], [2, 2], [1, 1], [1, 1], 1))
    c = torch.conv2d(b, p[4], p[5], [1, 1], [1, 1], [1, 1], 1)
    d = self.plumbline_vqvae_residual(c, p, 6)
    return torch.conv2d(d, p[10], p[11], [1, 1], [0, 0], [1, 1], 1)


def plumbline_vqvae_decode(self, p: List[Tensor], z: Tensor) -> Tensor:
    a = torch.conv2d(z, p[12], p[13], [1, 1], [1, 1], [1, 1], 1)
    b = self.plumbline_vqvae_residual(a, p, 14)
    c = torch.conv_transpose2d(b, p[18], p[19], [2, 2], [1, 1], [0, 0], 1, [1, 1])
    return torch.conv_transpose2d(torch.relu(c), p[20], p[21], [2, 2], [1, 1], [0, 0], 1, [1, 1])


# One row for each place: [n h w, embedding].
def plumbline_vqvae_places(self, z: Tensor) -> Tensor:
    return torch.flatten(torch.permute(z, [0, 2, 3, 1]), 0, 2)


# Number of the nearest code of each place.
def plumbline_vqvae_nearest(self, flat: Tensor, codebook: Tensor) -> Tensor:
    products = torch.matmul(flat, torch.transpose(codebook, 0, 1))
    squares = torch.sum(flat * flat, [1], True) + torch.sum(codebook * codebook, [1])
    return torch.argmin(squares - 2. * products, 1)


def plumbline_vqvae_coded(self, z: Tensor, nearest: Tensor, codebook: Tensor) -> Tensor:
    codes = torch.index_select(codebook, 0, nearest)
    shape = torch.permute(z, [0, 2, 3, 1])
    return torch.permute(torch.reshape(codes, torch.size(shape)), [0, 3, 1, 2])


# Buffers: codebook, sizes of the codes' clusters, sums of their members, both moving averages;
# numbers: decay, Laplace's epsilon, weight of the commitment. Returns the loss, its parts, the
# perplexity of the codes, and the next buffers.
def plumbline_vqvae_step(self, p: List[Tensor], buffers: List[Tensor], x: Tensor,
    numbers: Tensor) -> List[Tensor]:
    decay = float(numbers[0])
    epsilon = float(numbers[1])
    z = self.plumbline_vqvae_encode(p, x)
    flat = torch.detach(self.plumbline_vqvae_places(z))
    nearest = self.plumbline_vqvae_nearest(flat, buffers[0])
    q = self.plumbline_vqvae_coded(z, nearest, buffers[0])
    away = q - z
    commitment = torch.mean(away * away)
    d = self.plumbline_vqvae_decode(p, z + torch.detach(away)) - x
    reconstruction = torch.mean(d * d)
    loss = reconstruction + commitment * float(numbers[2])
    count = len(buffers[0])
    members = torch.to(torch.one_hot(nearest, count), flat, False, False)
    found = torch.sum(members, [0])
    raw = buffers[1] * decay + found * (1. - decay)
    total = torch.sum(raw)
    sizes = (raw + epsilon) / (total + epsilon * float(count)) * total
    sums = buffers[2] * decay + torch.matmul(torch.transpose(members, 0, 1), flat) * (1. - decay)
    shares = found / torch.sum(found)
    perplexity = torch.exp(-torch.sum(shares * torch.log(shares + 1e-10)))
    return [loss, reconstruction, commitment, perplexity, sums / torch.unsqueeze(sizes, 1), sizes,
        sums]


# What the decoder gets for images.
def plumbline_vqvae_latent(self, p: List[Tensor], codebook: Tensor, x: Tensor) -> Tensor:
    z = self.plumbline_vqvae_encode(p, x)
    nearest = self.plumbline_vqvae_nearest(self.plumbline_vqvae_places(z), codebook)
    return torch.detach(self.plumbline_vqvae_coded(z, nearest, codebook))


# J^T v and J J^T v, J the decoder's Jacobian at latents [n, e, h, w]; vectors [n, k, D]. The
# codes pass gradients straight through, so J is that with respect to what is quantised as well.
def plumbline_vqvae_products(self, p: List[Tensor], latents: Tensor,
    vectors: Tensor) -> List[Tensor]:
    k = torch.size(vectors, 1)
    z = torch.requires_grad_(torch.detach(torch.repeat_interleave(latents, k, 0)))
    v = torch.requires_grad_(torch.detach(torch.flatten(vectors, 0, 1)))
    y = torch.flatten(self.plumbline_vqvae_decode(p, z), 1)
    back = torch.autograd.grad([torch.sum(y * v)], [z], None, True, True, False)[0]
    b = unchecked_cast(Tensor, back)
    forth = torch.autograd.grad([torch.sum(b * torch.detach(b))], [v], None, False, False, False)[0]
    n = torch.size(vectors, 0)
    return [torch.reshape(torch.detach(b), [n, k, -1]),
        torch.reshape(unchecked_cast(Tensor, forth), [n, k, -1])]
