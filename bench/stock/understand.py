"""Answers a JSON line {text} each on standard input with stock Rasa's model: {intent, first, ms}.

`first` is the classifier's own first reading, `intent` what is left of it after the fallback. Run in the stock side's
environment: `python understand.py MODEL.tar.gz < lines`.
"""

import asyncio
import json
import sys
import time

from rasa.core.agent import Agent

WARM_UP = 5


async def main() -> None:
    agent = Agent.load(sys.argv[1])
    texts = [json.loads(line)["text"] for line in sys.stdin]
    for text in texts[:WARM_UP]:
        await agent.parse_message(text)
    for text in texts:
        began = time.perf_counter()
        found = await agent.parse_message(text)
        elapsed = (time.perf_counter() - began) * 1000
        own = [each for each in found["intent_ranking"] if each["name"] != "nlu_fallback"]
        answer = {
            "intent": found["intent"]["name"],
            "first": own[0]["name"],
            "sure": own[0]["confidence"],
            "ms": elapsed,
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
