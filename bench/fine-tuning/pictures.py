"""Picture files of a data set, and their views: the plain one, and as many random variations as are asked for."""

import math
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

SIZE = 299
# To be changed with how views are varied, so that kept maps of other views are not taken.
VARIATIONS = "1"
SUFFIXES = {".jpg", ".jpeg", ".png"}


def list_classes(folder):
    """(file, class) pairs of a folder of class folders, and the names of the classes."""
    names = sorted(one.name for one in Path(folder).iterdir() if one.is_dir())
    return [(file, label) for label, name in enumerate(names) for file in list_files(Path(folder) / name)], names


def list_files(folder):
    return sorted(one for one in Path(folder).iterdir() if one.suffix.lower() in SUFFIXES)


def draw(pictures, shots, seed):
    """So many pictures of each class, in an order that the seed decides."""
    random = np.random.default_rng(seed)
    by_class = {}
    for picture in pictures:
        by_class.setdefault(picture[1], []).append(picture)
    drawn = [[own[i] for i in random.permutation(len(own))[:shots]] for own in by_class.values()]
    return [picture for own in drawn for picture in own]


def hold_out(pictures, share, seed):
    """Splits into pictures to train with and pictures held out, the same share of every class."""
    kept, held = [], []
    by_class = {}
    for picture in draw(pictures, len(pictures), seed + 1000):
        by_class.setdefault(picture[1], []).append(picture)
    for own in by_class.values():
        cut = round(len(own) * share)
        held += own[:cut]
        kept += own[cut:]
    return kept, held


def view_of(file, number):
    """View 0 is the plain one, as the product sees it; any other is a variation that file and number decide."""
    with Image.open(file) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    if number == 0:
        return np.asarray(ImageOps.fit(picture, (SIZE, SIZE), Image.Resampling.BICUBIC))
    seed = zlib.crc32("/".join(Path(file).parts[-2:]).encode())
    return np.asarray(varied(picture, np.random.default_rng([number, seed])))


def varied(picture, random):
    """A crop of .7 to 1 of the area, turned by up to 10 degrees, mirrored or not, with other brightness and colours."""
    width, height = picture.size
    area, stretch = random.uniform(0.7, 1), math.exp(random.uniform(-0.1, 0.1))
    side = min(width, height) * math.sqrt(area)
    across, down = min(side * stretch, width), min(side / stretch, height)
    x = random.uniform(across / 2, width - across / 2)
    y = random.uniform(down / 2, height - down / 2)
    turn, mirror = math.radians(random.uniform(-10, 10)), random.choice([-1, 1])
    # Each pixel of the view is looked up at (x, y) + M · (pixel − centre).
    cos, sin = math.cos(turn) / SIZE, math.sin(turn) / SIZE
    a, b, d, e = across * cos * mirror, -across * sin, down * sin * mirror, down * cos
    shrink = max(1, int(min(across, down) / SIZE))
    if shrink > 1:
        picture = picture.reduce(shrink)
        x, y, a, b, d, e = (one / shrink for one in (x, y, a, b, d, e))
    half = SIZE / 2
    matrix = (a, b, x - (a + b) * half, d, e, y - (d + e) * half)
    grey = (124, 117, 104)
    view = picture.transform((SIZE, SIZE), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC, fillcolor=grey)
    view = ImageEnhance.Brightness(view).enhance(random.uniform(0.7, 1.3))
    view = ImageEnhance.Contrast(view).enhance(random.uniform(0.75, 1.3))
    return ImageEnhance.Color(view).enhance(random.uniform(0.6, 1.4))
