"""What a team would write without wms: the same photo, model, resizing and mask, with Pillow, ONNX Runtime, starlette."""

import io
import os

import anyio
import numpy as np
import onnxruntime
from anyio.to_thread import run_sync
from PIL import Image, ImageOps
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(os.environ["BENCH_THREADS"])
session = onnxruntime.InferenceSession(os.environ["BENCH_MODEL"], options, providers=["CPUExecutionProvider"])
[given] = session.get_inputs()
height, width = given.shape[2:]


def predict(body: bytes) -> Response:
    photo = ImageOps.exif_transpose(Image.open(io.BytesIO(body))).convert("RGB")
    small = photo.resize((width, height), Image.Resampling.BILINEAR)
    tensor = np.asarray(small, np.float32).transpose(2, 0, 1)[None] / 255
    [answer] = session.run(None, {given.name: tensor})
    probabilities = answer.reshape(answer.shape[-2:])
    large = Image.fromarray(probabilities).resize(photo.size, Image.Resampling.BILINEAR)
    mask = np.asarray(large) > 0.5
    png = io.BytesIO()
    Image.fromarray(mask).save(png, "PNG")
    seen = probabilities[probabilities > 0.5]
    headers = {"x-mask-score": f"{seen.mean():.4f}" if seen.size else "", "x-mask-coverage": f"{mask.mean():.4f}"}
    return Response(png.getvalue(), media_type="image/png", headers=headers)


places: anyio.CapacityLimiter | None = None


async def answer(request):
    # As many at a time as a thread of ours takes.
    global places
    places = places or anyio.CapacityLimiter(2)
    return await run_sync(predict, await request.body(), limiter=places)


app = Starlette(routes=[Route("/predict", answer, methods=["POST"])])
