"""What a stream says of itself: JSON lines on stdout, and a file that always holds the last one."""

import json
import os
import sys
from datetime import datetime, timezone


class Progress:
    """Counts what the batches of one run took in, and tells of each."""

    def __init__(self, layer: str, path: str | None):
        self.layer, self.path = layer, path
        self.rows, self.batches, self.told = 0, 0, -1

    def take(self, query) -> None:
        """Tells of each batch that ended since the last call."""
        for batch in query.recentProgress:
            if batch["batchId"] <= self.told:
                continue
            self.told = batch["batchId"]
            if batch["numInputRows"] > 0:
                self.batches += 1
                self.rows += batch["numInputRows"]
            self.tell("progress", **facts(batch))

    def tell(self, event: str, **fields) -> None:
        """A line of the log; the file is replaced in one step."""
        line = json.dumps({"timestamp": now(), "layer": self.layer, "event": event, **fields})
        print(line, flush=True)
        if self.path is None:
            return
        os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
        pending = f"{self.path}.{os.getpid()}"
        with open(pending, "w", encoding="utf-8") as file:
            file.write(f"{line}\n")
        os.replace(pending, self.path)

    def warn(self, message: str) -> None:
        """A line for people, on stderr."""
        print(json.dumps({"timestamp": now(), "level": "WARNING", "layer": self.layer, "event": message}), file=sys.stderr)


def facts(batch) -> dict:
    """The part of Spark's own report that says how far and how fast it goes."""
    kept = ("id", "runId", "name", "batchId", "numInputRows", "inputRowsPerSecond", "processedRowsPerSecond", "durationMs")
    return {name: batch[name] for name in kept if name in batch}


def now() -> str:
    """An ISO instant, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
