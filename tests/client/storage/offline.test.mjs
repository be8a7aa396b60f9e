// What is said of a site that could not be saved: full and blocked storage are told apart.
import assert from "node:assert/strict";
import { test } from "node:test";
import { explain } from "../../../site_hooks/client/storage/offline";
import { SaveError } from "../../../site_hooks/client/storage/site-cache";

for (const [error, said] of [
  [new DOMException("", "QuotaExceededError"), /storage is full.* Make room/],
  [new DOMException("", "SecurityError"), /blocks storage for this site/],
  [new SaveError("The site was updated."), /^The site was updated\.$/],
]) {
  test(`${error.name} ${error.message}`, () => assert.match(explain(error), said));
}
