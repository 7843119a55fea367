"""Edits a picture in chat with openai-python: whole, once more on the answer, and streamed; one JSON line for each."""

import hashlib
import json
import os
import pathlib
import sys
from base64 import b64decode, b64encode

from openai import OpenAI

client = OpenAI(base_url=os.environ["RETOUCH_URL"], api_key=os.environ["RETOUCH_KEY"])
model = "google/gemini-nano-banana-2.1"
url = "data:image/png;base64," + b64encode(pathlib.Path(sys.argv[1]).read_bytes()).decode()
question = {
    "role": "user",
    "content": [{"type": "text", "text": "make it blue"}, {"type": "image_url", "image_url": {"url": url}}],
}


def hash_all(images):
    data = (b64decode(image["image_url"]["url"].split(",", 1)[1]) for image in images)
    return [hashlib.sha256(picture).hexdigest() for picture in data]


def tell(text, images, usage):
    print(json.dumps({"text": text, "sha256": hash_all(images), "tokens": usage.total_tokens}))


def ask(*messages):
    completion = client.chat.completions.create(model=model, messages=messages)
    message = completion.choices[0].message
    tell(message.content, message.images, completion.usage)
    return message


said = ask(question)
ask(question, said.to_dict(), {"role": "user", "content": "now make it green"})

text, images, usage = "", [], None
for chunk in client.chat.completions.create(model=model, messages=[question], stream=True):
    delta = chunk.choices[0].delta
    text += delta.content or ""
    images += getattr(delta, "images", None) or []
    usage = chunk.usage or usage
tell(text, images, usage)
