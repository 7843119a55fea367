"""Makes each mistake that openai-python has a class for; prints one JSON line for each."""

import json
import os
import sys

import openai
from openai import OpenAI

picture = open(sys.argv[1], "rb").read()


def attempt(key=os.environ["RETOUCH_KEY"], **wishes):
    client = OpenAI(base_url=os.environ["RETOUCH_URL"], api_key=key)
    request = {"model": "gpt-image-2", "prompt": "make it blue", "image": picture, **wishes}
    try:
        client.images.edit(**request)
        print(json.dumps({"class": None}))
    except openai.APIStatusError as error:
        print(json.dumps({"class": type(error).__name__, "code": error.code, "param": error.param}))


attempt(key="rt_live_wrong")
attempt(model="gpt-image-9")
attempt(size="1x1")
attempt(image=b"GIF89a")
attempt(extra_body={"colour": "blue"})
# The vendor of the test is scripted to fail from here on.
attempt()
attempt()
