"""Streams an edit with openai-python and prints one JSON line for each event."""

import json
import os
import sys

from openai import OpenAI

client = OpenAI(base_url=os.environ["RETOUCH_URL"], api_key=os.environ["RETOUCH_KEY"])

with open(sys.argv[1], "rb") as picture:
    events = client.images.edit(
        model="gpt-image-2", image=picture, prompt="make it blue", stream=True, partial_images=2
    )
    for event in events:
        index = getattr(event, "partial_image_index", None)
        print(json.dumps({"type": event.type, "index": index, "characters": len(event.b64_json)}))
