"""A cell's picture in fewer bytes: in the page mpl_backend packs for speed.

A palette takes a third of the bytes, where nobody sees that it leaves some colours out.
"""

import base64
import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageChops, ImageStat

# A picture gets a palette where its colours are, of 255, off by less than this: on average, and at
# the worst pixel, which is one of an edge.
COLOURS = 256
MEAN_ERROR = 0.1
WORST_ERROR = 64
LEVEL = 9
# The most frequent colour is looked for among every so manieth pixel.
SAMPLE = 97


def smaller(png: str) -> str:
    """The same picture as a PNG of fewer bytes, both in base64."""
    drawn = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    return base64.b64encode(_with_palette(drawn) or _whole(drawn)).decode()


def _whole(drawn: Image.Image) -> bytes:
    packed = io.BytesIO()
    drawn.save(packed, "png", optimize=True)
    return packed.getvalue()


def _with_palette(drawn: Image.Image) -> bytes | None:
    """None, if one would see it.

    Nearly all of a figure is its background. Colours are chosen for the rest of it, and once for
    the background: a twentieth of the work, and more colours for what is drawn.
    """
    pixels = np.asarray(drawn.convert("RGBX")).reshape(-1, 4).view(np.uint32)[:, 0]
    colours, counts = np.unique(pixels[::SAMPLE], return_counts=True)
    background = colours[counts.argmax()]
    is_drawn = pixels != background
    # (1 + drawn, 4): the background first
    rest = np.append(background, pixels[is_drawn]).astype(np.uint32).view(np.uint8).reshape(-1, 4)
    strip = Image.fromarray(np.ascontiguousarray(rest[None, :, :3]))
    chosen = strip.quantize(COLOURS, dither=Image.Dither.NONE)
    error = ImageStat.Stat(ImageChops.difference(strip, chosen.convert("RGB")))
    if max(error.sum) / len(pixels) >= MEAN_ERROR:
        return None
    if max(high for _, high in error.extrema) >= WORST_ERROR:
        return None
    numbers = np.asarray(chosen)[0]
    rows = np.zeros((drawn.height, drawn.width + 1), np.uint8)  # a row begins with its filter: none
    picture = np.full(len(pixels), numbers[0])
    picture[is_drawn] = numbers[1:]
    rows[:, 1:] = picture.reshape(drawn.height, drawn.width)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            # 8 bits, each the number of a colour
            _chunk(b"IHDR", struct.pack(">IIBBBBB", drawn.width, drawn.height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes((chosen.getpalette() or [])[: 3 * (int(numbers.max()) + 1)])),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), LEVEL)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    sum_ = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + sum_
