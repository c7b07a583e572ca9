"""Writes the model zoo: archives with random weights and reference numbers from hooks. Run by hand.

    python export_zoo.py DIR          small archives (narrow and shallow variants); DIR is this folder's torch1 or torch2
    python export_zoo.py DIR --full   full-width torchvision models, for `mvn -Pzoo` only

Once with each of requirements-1.txt and requirements-2.txt. Deterministic per version and machine.

Reference numbers: float64 eager runs of the same weights. For every module called, the gradient of the sum over the batch
of the largest logit with respect to the first tensor it returned last, the others held fixed, as its norm and its products
with three fixed vectors.
"""
import argparse
import functools
import json
import os
import warnings
import zipfile

import torch
import torch.nn as nn
import torchvision
from torchvision.models import convnext, densenet, efficientnet, inception, mobilenetv3, resnet, swin_transformer, vgg
from torchvision.models import vision_transformer

import homegrown

CLASSES = 10
BATCH = 2
PROJECTIONS = 3
LARGE = 2_000_000  # bytes


def ramp(size, k):
    """Fixed values in [-1, 1], the same in every language."""
    i = torch.arange(size, dtype=torch.int64)
    return ((i * i * 31 + i * 7919 + k * 104729) % 10007).double() / 5003.5 - 1


# Narrow variants: the modules, names and wiring of torchvision's models, with few channels.


def narrow_vgg16():
    layers = [c if c == "M" else c // 32 for c in vgg.cfgs["D"]]
    model = vgg.VGG(nn.Sequential(), num_classes=CLASSES, init_weights=False)
    model.features = vgg.make_layers(layers)
    drop = nn.Dropout()
    model.classifier = nn.Sequential(
        nn.Linear(16 * 49, 16), nn.ReLU(True), drop, nn.Linear(16, 16), nn.ReLU(True), nn.Dropout(), nn.Linear(16, CLASSES)
    )
    return model, 32


def narrow_resnet(block, layers):
    class Narrow(resnet.ResNet):
        def _make_layer(self, block, planes, *args, **named):
            if planes == 64:
                self.inplanes = 4
            return super()._make_layer(block, planes // 16, *args, **named)

    model = Narrow(block, layers, num_classes=CLASSES)
    model.__class__ = resnet.ResNet
    model.conv1 = nn.Conv2d(3, 4, 7, 2, 3, bias=False)
    model.bn1 = nn.BatchNorm2d(4)
    model.fc = nn.Linear(32 * block.expansion, CLASSES)
    return model, 64


def narrow_efficientnet():
    setting, last = efficientnet._efficientnet_conf("efficientnet_b0", width_mult=0.1, depth_mult=0.3)
    return efficientnet.EfficientNet(setting, dropout=0.2, num_classes=CLASSES, last_channel=last), 64


def narrow_mobilenet():
    setting, last = mobilenetv3._mobilenet_v3_conf("mobilenet_v3_small", width_mult=0.15)
    return mobilenetv3.MobileNetV3(setting[:6], last_channel=last, num_classes=CLASSES), 64


def narrow_densenet():
    return densenet.DenseNet(growth_rate=4, block_config=(2, 2, 3, 2), num_init_features=8, bn_size=2, num_classes=CLASSES), 32


class NarrowConv(inception.BasicConv2d):
    def __init__(self, in_channels, out_channels, **named):
        super().__init__(in_channels if in_channels == 3 else in_channels // 16, out_channels // 16, **named)


def narrow_inception():
    blocks = [inception.InceptionA, inception.InceptionB, inception.InceptionC, inception.InceptionD, inception.InceptionE]
    parts = [functools.partial(b, conv_block=NarrowConv) for b in blocks]
    auxiliary = functools.partial(inception.InceptionAux, conv_block=NarrowConv)
    model = inception.Inception3(CLASSES, True, False, [NarrowConv] + parts + [auxiliary], init_weights=False)
    model.fc = nn.Linear(2048 // 16, CLASSES)
    model.AuxLogits.fc = nn.Linear(768 // 16, CLASSES)
    for name in ("Mixed_5d", "Mixed_6c", "Mixed_6d", "Mixed_6e", "Mixed_7c"):
        setattr(model, name, nn.Identity())
    for module in model.modules():
        if type(module) is NarrowConv:
            module.__class__ = inception.BasicConv2d
    return model, 80


def narrow_vit():
    return (
        vision_transformer.VisionTransformer(
            image_size=32, patch_size=16, num_layers=3, num_heads=2, hidden_dim=16, mlp_dim=24, num_classes=CLASSES
        ),
        32,
    )


def narrow_swin():
    return (
        swin_transformer.SwinTransformer(
            patch_size=[4, 4], embed_dim=8, depths=[2, 2], num_heads=[1, 2], window_size=[3, 3], num_classes=CLASSES
        ),
        32,
    )


def narrow_convnext():
    config = convnext.CNBlockConfig
    return convnext.ConvNeXt([config(8, 12, 2), config(12, 16, 2), config(16, None, 2)], num_classes=CLASSES), 32


NARROW = {
    "vgg16": narrow_vgg16,
    "resnet18": lambda: narrow_resnet(resnet.BasicBlock, [2, 2, 2, 2]),
    "resnet50": lambda: narrow_resnet(resnet.Bottleneck, [1, 2, 1, 1]),
    "efficientnet_b0": narrow_efficientnet,
    "mobilenet_v3_small": narrow_mobilenet,
    "densenet121": narrow_densenet,
    "inception_v3": narrow_inception,
    "vit_b_16": narrow_vit,
    "swin_t": narrow_swin,
    "convnext_tiny": narrow_convnext,
}
FULL = {
    "vgg16": 64,
    "resnet18": 64,
    "resnet50": 64,
    "efficientnet_b0": 64,
    "mobilenet_v3_small": 64,
    "densenet121": 64,
    "inception_v3": 96,
    "vit_b_16": 224,
    "swin_t": 64,
    "convnext_tiny": 64,
}


def randomise(model, shape, seed):
    """Ternary weights of usual size (they deflate well); none stays at zero, as some heads start."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            draw = torch.randn(p.shape, generator=generator)
            if p.shape[:1] == (CLASSES,) and p.dim() == 2:
                p.copy_(torch.round(8 * draw) / 16)  # the head: no class without a weight
            elif p.dim() > 1 and not name.endswith(("class_token", "pos_embedding", "layer_scale")):
                fan = p[0].numel()
                p.copy_(torch.sign(draw) * (draw.abs() > 0.6) * (1.6 / fan) ** 0.5)
            elif name.endswith("weight"):
                p.copy_(1 + torch.round(2 * draw) / 16)
            else:
                p.copy_(torch.round(4 * draw) / 32)
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    momenta = [m.momentum for m in norms]
    for m in norms:
        m.reset_running_stats()
        m.momentum = None
    if norms:
        model.eval()
        for m in norms:
            m.train()
        with torch.no_grad():
            model(torch.randn(16, *shape[1:], generator=generator))
    for m, momentum in zip(norms, momenta):
        m.momentum = momentum
        m.running_mean.copy_(torch.round(m.running_mean * 64) / 64)
        m.running_var.copy_(torch.round(m.running_var * 64) / 64 + 1 / 64)
        m.num_batches_tracked.zero_()
    return model.eval()


def rounded(number):
    return float(f"{number.item():.9g}")


def tensors(value):
    """Every tensor in a value, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else []
    return [t for part in parts for t in tensors(part)]


def replaced(value, by):
    """The value with other tensors, keyed by identity."""
    if isinstance(value, torch.Tensor):
        return by[id(value)]
    if isinstance(value, dict):
        return {k: replaced(v, by) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(replaced(v, by) for v in value))
    return type(value)(replaced(v, by) for v in value) if isinstance(value, (list, tuple)) else value


def reference(model, x):
    """Logits, and for every module, call and tensor returned the gradient of the top logits."""
    model = model.double()
    outputs = {}

    def hook(name, _module, _args, out):
        kept = {}
        for tensor in tensors(out):
            kept[id(tensor)] = tensor.clone().requires_grad_(True) if not tensor.requires_grad else tensor.clone()
            kept[id(tensor)].retain_grad()
        outputs.setdefault(name, []).append([kept[id(t)] for t in tensors(out)])
        # what follows gets clones: in-place operations must not reach the kept values
        return replaced(out, {i: t.clone() for i, t in kept.items()})

    handles = [m.register_forward_hook(functools.partial(hook, name)) for name, m in model.named_modules() if name]
    logits = tensors(model(x.double()))[0]
    logits.max(1).values.sum().backward()
    for handle in handles:
        handle.remove()
    model.float()
    gradients = {name: [[gradient(t) for t in call] for call in calls] for name, calls in outputs.items()}
    return [rounded(v) for v in logits.flatten()], gradients


def gradient(tensor):
    g = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
    flat = g.contiguous().flatten()
    return {
        "shape": list(g.shape),
        "norm": rounded(flat.norm()),
        "projections": [rounded((flat * ramp(flat.numel(), k)).sum()) for k in range(PROJECTIONS)],
    }


def save(module, path):
    """Saves; packs small files again: deflated, without source ranges, with fixed dates."""
    plain = path + ".plain"
    torch.jit.save(module, plain)
    if os.path.getsize(plain) > LARGE:
        os.rename(plain, path)
        return
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for info in source.infolist():
            if not info.filename.endswith((".debug_pkl", "/serialization_id")):
                parts = info.filename.split("/", 1)
                out.writestr(zipfile.ZipInfo("m/" + parts[1]), source.read(info), zipfile.ZIP_DEFLATED, 9)
    os.remove(plain)


def exported(model, kind, x):
    if kind.startswith("script"):
        return torch.jit.script(model)
    if kind.startswith("trace"):
        with torch.set_grad_enabled(kind != "trace_no_grad"):  # attention takes another path without
            return torch.jit.trace(model, x, strict=False, check_trace=False)
    graph = torch.fx.symbolic_trace(model).eval()
    return torch.jit.script(graph) if kind == "fx_script" else torch.jit.trace(graph, x)


def lines(layers):
    return ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in layers.items())


def write(folder, name, model, shape, kinds):
    x = ramp(shape.numel(), 0).float().reshape(shape)
    logits, gradients = reference(model, x)
    layers = {layer: calls[-1][0] for layer, calls in gradients.items() if calls[-1]}
    named = {
        kind: {layer: gradients[module][call][element] for layer, (module, call, element) in paths.items()}
        for kind, paths in homegrown.NAMED.get(name, {}).items()
    }
    with open(os.path.join(folder, name + ".json"), "w") as file:
        file.write(f'{{"torch": "{torch.__version__}", "input": {list(x.shape)},\n "logits": {logits},\n')
        for kind, paths in named.items():
            file.write(f' "{kind}": {{\n{lines(paths)}}},\n')
        file.write(f' "layers": {{\n{lines(layers)}}}}}\n')
    for kind in kinds:
        path = os.path.join(folder, f"{name}.{kind}.pt")
        try:
            module = exported(model, kind, x)
            if kind.endswith("frozen"):
                module = torch.jit.freeze(module)
            save(module, path)
            torch.jit.load(path)(x)
        except Exception as e:  # the exporter's limits are not ours: say so and go on
            print(name, kind, type(e).__name__, str(e).strip().splitlines()[0])


def full(name):
    model = torchvision.models.__dict__[name](num_classes=1000)
    return model, FULL[name]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    os.makedirs(options.folder, exist_ok=True)
    makers = {n: functools.partial(full, n) for n in FULL} if options.full else dict(NARROW)
    kinds = {n: ["script", "trace"] for n in makers}
    if not options.full:
        kinds["vit_b_16"] += ["trace_no_grad"]
        kinds["resnet18"] += ["fx_trace"]
        for name, maker in homegrown.MODELS.items():
            makers[name] = lambda maker=maker: (maker(), 16)
            kinds[name] = ["trace"] if name in homegrown.TRACE_ONLY else ["script", "trace"]
        kinds["nested"] += ["fx_script", "fx_trace"]
        kinds["residual"] += ["script_frozen", "trace_frozen"]
    for seed, (name, maker) in enumerate(makers.items()):
        if options.only and name != options.only:
            continue
        torch.manual_seed(seed)
        model, size = maker()
        shape = torch.Size([BATCH, 3, size, size])
        write(options.folder, name, randomise(model, shape, seed), shape, kinds[name])


if __name__ == "__main__":
    main()
