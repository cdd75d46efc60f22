"""The published Python library judges what we signed: one JSON object on stdin, "genuine" or its complaint on stdout."""

import json
import sys

from standardwebhooks import Webhook

job = json.load(sys.stdin)
try:
    Webhook(job["secret"]).verify(job["body"], job["headers"])
    print("genuine")
except Exception as error:
    print(repr(error))
