"""Rewrites TorchScript archives so that they are small and the same on every run."""
import zipfile

EPOCH = (2026, 1, 1, 0, 0, 0)


def repack(source, target):
    """Copies an archive deflated, with a fixed time stamp and without debug tables."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name.endswith(".debug_pkl"):
                continue
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name), compresslevel=9)
