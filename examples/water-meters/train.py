"""Trains a small segmentation model under the contract of `wms train` (docs/train.md), in seconds on a CPU.

Every pixel is described by its colour and by the colours around it at several scales; a multilayer perceptron learns from
them whether it is foreground. Written as convolutions with kernels of 1 x 1, that is an ONNX model for whole images.

    npx wms train -- python examples/water-meters/train.py
"""

import json
import os
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageOps
from sklearn.neural_network import MLPClassifier

SIDE = 128  # height and width of the model's input and output, pixels
WINDOWS = (3, 9, 25, 61)  # widths of the neighbourhoods, pixels; odd
HIDDEN = (32, 16)
EPOCHS = 30
PIXELS_PER_IMAGE = 2000
FOREGROUND_SHARE = 0.5


def main() -> None:
    data, output = Path(os.environ["WMS_DATA_DIR"]), Path(os.environ["WMS_OUTPUT_DIR"])
    split = json.loads(Path(os.environ["WMS_SPLIT"]).read_text())
    random = np.random.default_rng(int(os.environ["WMS_SEED"]))
    train = [read_pair(data, pair) for pair in split["train"]]
    validation = [read_pair(data, pair) for pair in split["validation"]]
    print(f"{len(train)} images to train on, {len(validation)} to validate", flush=True)

    samples = [sample_pixels(image, mask, random) for image, mask in train]
    x = np.concatenate([features for features, _ in samples])
    y = np.concatenate([labels for _, labels in samples])
    centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    layers = fit((x - centre) / spread, y, seed=int(random.integers(2**31)))
    layers[0] = (layers[0][0] / spread[:, None], layers[0][1] - (centre / spread) @ layers[0][0])

    # Pixels were drawn with another share of foreground than images have: the cut is chosen on whole images.
    logits = [(predict(layers, image), mask) for image, mask in validation or train]
    cut = max(np.linspace(-4, 6, 41), key=lambda at: mean_dice(logits, at))
    layers[-1] = (layers[-1][0], layers[-1][1] - cut)
    dice = mean_dice(logits, cut)
    print(f"validation Dice {dice:.4f}", flush=True)

    onnx.save(to_onnx(layers), str(output / "model.onnx"))
    (output / "model.json").write_text(json.dumps(HOW_TO_FEED_IT, indent=2) + "\n")
    (output / "metrics.json").write_text(json.dumps({"validation_dice": dice}) + "\n")


def read_pair(data: Path, pair: dict) -> tuple[np.ndarray, np.ndarray]:
    """Image, float32 [3, SIDE, SIDE], 0...1; mask, bool [SIDE, SIDE]."""
    with Image.open(data / "images" / pair["image"]) as file:
        upright = ImageOps.exif_transpose(file).convert("RGB")
    image = np.asarray(upright.resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float32) / 255
    with Image.open(data / "masks" / pair["mask"]) as file:
        mask = np.asarray(file.convert("L").resize((SIDE, SIDE), Image.Resampling.NEAREST)) >= 127
    return image.transpose(2, 0, 1), mask


def box_mean(image: np.ndarray, window: int) -> np.ndarray:
    """Mean of what of the window lies inside the image, as ONNX's AveragePool with count_include_pad=0. [C, H, W]."""
    half = window // 2
    for axis in (1, 2):
        size = image.shape[axis]
        sums = np.insert(image.cumsum(axis=axis, dtype=np.float64), 0, 0, axis=axis)
        first = np.maximum(np.arange(size) - half, 0)
        last = np.minimum(np.arange(size) + half + 1, size)
        width = (last - first).reshape([-1 if each == axis else 1 for each in range(3)])
        image = (sums.take(last, axis=axis) - sums.take(first, axis=axis)) / width
    return image.astype(np.float32)


def describe(image: np.ndarray) -> np.ndarray:
    """Features of every pixel, [C, H, W]: colour, means and contrasts around it. The same as `to_onnx` computes."""
    parts = [image]
    for window in WINDOWS:
        mean = box_mean(image, window)
        parts += [mean, box_mean(np.abs(image - mean), window)]
    return np.concatenate([*parts, places()])


def places() -> np.ndarray:
    """How far to the right, how far down, and their squares, each -1...1. [4, SIDE, SIDE]."""
    down, right = np.meshgrid(np.linspace(-1, 1, SIDE), np.linspace(-1, 1, SIDE), indexing="ij")
    return np.stack([right, down, right**2, down**2]).astype(np.float32)


def sample_pixels(image: np.ndarray, mask: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    features = describe(image).reshape(-1, SIDE * SIDE).T
    labels = mask.ravel()
    wanted = int(PIXELS_PER_IMAGE * FOREGROUND_SHARE)
    chosen = []
    for kind, count in ((labels, wanted), (~labels, PIXELS_PER_IMAGE - wanted)):
        (places_of_kind,) = np.nonzero(kind)
        chosen.append(random.permutation(places_of_kind)[:count])
    at = np.concatenate(chosen)
    return features[at], labels[at]


def fit(x: np.ndarray, y: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights [inputs, outputs] and biases [outputs] of each layer."""
    model = MLPClassifier(HIDDEN, batch_size=512, alpha=1e-3, random_state=seed)
    for epoch in range(EPOCHS):
        model.partial_fit(x, y, classes=[False, True])
        print(f"epoch {epoch + 1}/{EPOCHS} loss {model.loss_:.4f}", flush=True)
    return list(zip(model.coefs_, model.intercepts_))


def predict(layers: list[tuple[np.ndarray, np.ndarray]], image: np.ndarray) -> np.ndarray:
    """Logits, [SIDE, SIDE]."""
    values = describe(image).reshape(-1, SIDE * SIDE).T
    for weights, bias in layers[:-1]:
        values = np.maximum(values @ weights + bias, 0)
    weights, bias = layers[-1]
    return (values @ weights + bias).reshape(SIDE, SIDE)


def mean_dice(logits: list[tuple[np.ndarray, np.ndarray]], cut: float) -> float:
    def dice(found: np.ndarray, mask: np.ndarray) -> float:
        return (2 * (found & mask).sum() + 1e-6) / (found.sum() + mask.sum() + 1e-6)

    return float(np.mean([dice(values > cut, mask) for values, mask in logits]))


def to_onnx(layers: list[tuple[np.ndarray, np.ndarray]]) -> onnx.ModelProto:
    """Input `image` [batch, 3, SIDE, SIDE], output `mask` [batch, 1, SIDE, SIDE], 0...1."""
    nodes, constants, features = [], [], ["image"]

    def constant(name: str, values: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name))
        return name

    def mean(source: str, window: int, name: str) -> str:
        pooling = {"kernel_shape": [window] * 2, "pads": [window // 2] * 4, "count_include_pad": 0}
        nodes.append(helper.make_node("AveragePool", [source], [name], **pooling))
        return name

    for window in WINDOWS:
        around = mean("image", window, f"mean_{window}")
        nodes.append(helper.make_node("Sub", ["image", around], [f"difference_{window}"]))
        nodes.append(helper.make_node("Abs", [f"difference_{window}"], [f"distance_{window}"]))
        features += [around, mean(f"distance_{window}", window, f"contrast_{window}")]
    nodes.append(helper.make_node("Concat", features, ["features"], axis=1))

    # Where a pixel lies is the same in every image: its part of the first layer is a constant picture.
    (weights, bias), *rest = layers
    where = places()
    of_features, of_places = weights[: -len(where)], weights[-len(where) :]
    kernel = constant("weights_0", of_features.T[:, :, None, None])
    picture = constant("places", np.einsum("po,phw->ohw", of_places, where)[None])
    nodes.append(helper.make_node("Conv", ["features", kernel, constant("bias_0", bias)], ["from_features"]))
    nodes.append(helper.make_node("Add", ["from_features", picture], ["layer_0"]))
    for index, (weights, bias) in enumerate(rest, start=1):
        nodes.append(helper.make_node("Relu", [f"layer_{index - 1}"], [f"active_{index}"]))
        kernel = constant(f"weights_{index}", weights.T[:, :, None, None])
        inputs = [f"active_{index}", kernel, constant(f"bias_{index}", bias)]
        nodes.append(helper.make_node("Conv", inputs, [f"layer_{index}"]))
    nodes.append(helper.make_node("Sigmoid", [f"layer_{len(rest)}"], ["mask"]))

    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])
    mask = helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])
    graph = helper.make_graph(nodes, "pixels", [image], [mask], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model


HOW_TO_FEED_IT = {
    "input": {
        "name": "image",
        "shape": ["batch", 3, SIDE, SIDE],
        "layout": "NCHW",
        "colour": "RGB",
        "scale": 1 / 255,
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
        "resize": "bilinear (antialiased), after EXIF orientation",
    },
    "output": {
        "name": "mask",
        "shape": ["batch", 1, SIDE, SIDE],
        "activation": "sigmoid already applied",
        "threshold": 0.5,
        "rule": "> threshold",
    },
    "mask": {"resize": "nearest", "foreground": ">= 127"},
}

if __name__ == "__main__":
    main()
