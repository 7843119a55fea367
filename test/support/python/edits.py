"""Edits pictures in every form that openai-python takes files in; prints one JSON line for each edit."""

import hashlib
import io
import json
import os
import pathlib
import sys
from base64 import b64decode

from openai import OpenAI

client = OpenAI(base_url=os.environ["RETOUCH_URL"], api_key=os.environ["RETOUCH_KEY"])
picture, second, mask = (pathlib.Path(name) for name in sys.argv[1:])


def edit(form, **wishes):
    raw = client.images.with_raw_response.edit(model="openai/gpt-image-1", prompt="make it blue", **wishes)
    result = raw.parse()
    hashes = [hashlib.sha256(b64decode(image.b64_json)).hexdigest() for image in result.data]
    tokens = result.usage.total_tokens
    print(json.dumps({"form": form, "model": raw.headers["retouch-model"], "sha256": hashes, "tokens": tokens}))


with open(picture, "rb") as file:
    edit("open file", image=file)
edit("path", image=picture)
edit("bytes", image=picture.read_bytes())
edit("BytesIO", image=io.BytesIO(picture.read_bytes()))
edit("tuple", image=("cat.png", picture.read_bytes(), "image/png"))
edit("tuple of a wrong type", image=("cat.txt", picture.read_bytes(), "text/plain"))
edit("list of one", image=[picture.read_bytes()])
edit("list and mask", image=[picture, ("b.png", second.read_bytes())], mask=mask.read_bytes())
edit(
    "all parameters",
    image=picture,
    n=2,
    size="1536x1024",
    quality="low",
    background="opaque",
    output_format="jpeg",
    output_compression=70,
    input_fidelity="high",
    user="someone",
    extra_body={"tags": ["a", "b"], "provider": {"order": ["openai"], "allow_fallbacks": True}},
)
