import { expect, test } from "vitest";
import { errorOfApplication, errorOfFailure, errorOfStatus } from "./spark-error.ts";

test.each([
  ["Error: Failed to load class org.example.None."],
  ["python3: can't open file '/jobs/none.py': [Errno 2] No such file or directory"],
  [
    "pyspark.errors.exceptions.captured.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `nowhere` cannot be found.",
  ],
  ['Exception in thread "main" java.lang.ClassNotFoundException: org.example.None'],
  ["org.apache.kafka.common.errors.SaslAuthenticationException: Authentication failed: Invalid username or password"],
])("another try is not worth it after %s", (line) => {
  const error = errorOfApplication("it ended with exit code 1", [
    "26/01/01 00:00:00 WARN NativeCodeLoader: none",
    line,
  ]);
  expect(error).toMatchObject({ name: "Permanent" });
  expect(error.message).toContain(line.slice(0, 40));
});

test("a lost executor may come again, and a missing master is unreachable", () => {
  const lost = "org.apache.spark.SparkException: Job aborted due to stage failure: Lost executor 0 on 10.0.0.1";
  expect(errorOfApplication("it ended", [lost, "\tat org.apache.spark.X"])).toMatchObject({ code: "TASK_FAILED" });
  const away = "26/01/01 00:00:00 ERROR StandaloneSchedulerBackend: Reason: All masters are unresponsive! Giving up.";
  expect(errorOfApplication("it ended", [away])).toMatchObject({ code: "UNREACHABLE" });
});

test("frames of a stack are not quoted", () => {
  const error = errorOfApplication("it ended", ["ValueError: no", "    at java.lang.Error: x", "    at b"]);
  expect(error.message).toBe("it ended; it said:\nValueError: no");
});

test("answers are permanent, to be tried at a time, or unreachable", () => {
  const refused = { asked: "GET http://m/json/", text: "" };
  expect(errorOfStatus({ ...refused, status: 401 })).toMatchObject({ name: "Permanent" });
  expect(errorOfStatus({ ...refused, status: 503, retryAfter: "7" })).toMatchObject({
    name: "RetryAfter",
    after: "7s",
  });
  expect(errorOfStatus({ ...refused, status: 502 })).toMatchObject({ code: "UNREACHABLE" });
  expect(errorOfFailure("GET http://m/", new TypeError("fetch failed"))).toMatchObject({ code: "UNREACHABLE" });
});
