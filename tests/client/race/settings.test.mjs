// A race in a link: there and back, and whatever is no race is refused with words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { COURSES, OPTIMIZERS } from "../../../site_hooks/client/race/catalogue";
import { fromText, names, short, toText } from "../../../site_hooks/client/race/settings";

// As site_hooks/content/hero.py writes it; a test there compares it with what the page shows first.
const FRONT =
  "on=Quadratic&condition=12&angle=-26&start=-2.6,2&for=22&c=SGD,lr:0.13&c=SGD,lr:0.02,momentum:0.9&c=RMSprop,lr:0.06,alpha:0.9&c=Adam,lr:0.2";

test("the front page's race", () => {
  const race = fromText(FRONT);
  assert.deepEqual(race.settings, { condition: 12, angle: -26 });
  assert.deepEqual(race.start, [-2.6, 2]);
  assert.equal(race.length, 22);
  assert.deepEqual(
    race.contenders.map(({ optimizer, lr, settings }) => [optimizer, lr, settings]),
    [
      ["SGD", 0.13, {}],
      ["SGD", 0.02, { momentum: 0.9 }],
      ["RMSprop", 0.06, { alpha: 0.9 }],
      ["Adam", 0.2, {}],
    ],
  );
  assert.deepEqual(names(race.contenders), ["SGD", "momentum", "RMSprop", "Adam"]);
  assert.deepEqual(fromText(toText(race)), race);
});

for (const course of Object.keys(COURSES)) {
  test(`there and back: ${course}`, () => {
    for (const [optimizer, { lr, settings }] of Object.entries(OPTIMIZERS)) {
      const { hasRows, start } = COURSES[course];
      const race = {
        course,
        settings: Object.fromEntries(
          Object.entries(COURSES[course].settings).map(([name, [, , high]]) => [name, high]),
        ),
        start: start && [0.5, -1e-7],
        noise: hasRows ? 0 : 0.25,
        batch: hasRows ? 32 : null,
        seed: 7,
        by: "evaluations",
        length: 300,
        contenders: [
          { optimizer, lr: lr / 3, settings: { ...settings }, schedule: "cosine" },
          { optimizer: "own:Mine_2", lr: 0.1, settings: {}, schedule: "constant" },
        ],
      };
      assert.deepEqual(fromText(toText(race)), race);
      assert.deepEqual(fromText(encodeURIComponent(toText(race))), race);
      assert.match(toText(race), /^[\w=&,:/.+-]+$/); // nothing that an address would write otherwise
    }
  });
}

const C = "c=SGD,lr:0.1";
for (const [text, words] of [
  ["", /no course “”/],
  ["on=constructor&c=SGD", /no course “constructor”/],
  ["on=Quadratic", /0 contenders/],
  [`on=Quadratic&${Array(7).fill(C).join("&")}`, /7 contenders/],
  [`on=Quadratic&on=Beale&${C}`, /on twice/],
  [`on=Quadratic&depth=2&${C}`, /no depth/],
  [`on=Beale&condition=2&${C}`, /no condition/],
  [`on=Quadratic&condition=0&${C}`, /condition is “0”/],
  [`on=Quadratic&condition=1e9&${C}`, /condition is “1e9”/],
  [`on=Quadratic&start=1&${C}`, /start is “1”/],
  [`on=Quadratic&start=1,x&${C}`, /start is “x”/],
  [`on=Quadratic&for=1e9&${C}`, /for is “1e9”/],
  [`on=Quadratic&for=2.5&${C}`, /whole/],
  [`on=Quadratic&for=0x10&${C}`, /0x10/],
  [`on=Quadratic&by=luck&${C}`, /by is “luck”/],
  [`on=Quadratic&${C},speed:1`, /SGD has no speed/],
  [`on=Quadratic&${C},constructor:1`, /SGD has no constructor/],
  [`on=Quadratic&${C},momentum:NaN`, /momentum is “NaN”/],
  [`on=Quadratic&${C},nesterov:1`, /true, false/],
  ["on=Quadratic&c=Adam,betas:0.9", /two numbers/],
  ["on=Quadratic&c=toString", /no optimizer “toString”/],
  ["on=Quadratic&c=Muon", /no optimizer “Muon”/],
  ["on=Quadratic&c=own:a.b", /no optimizer “own:a.b”/],
  ["on=Quadratic&c=own:x;import os", /no optimizer/],
  ["on=Quadratic&c=SGD,schedule:__proto__", /no schedule/],
  ["on=Quadratic&c=LBFGS,line_search_fn:x", /line_search_fn is “x”/],
  [`on=Quadratic&${C}&x=%E0%A4%A`, /missing/],
  [`on=Quadratic&${C}&${"x".repeat(5000)}`, /too long/],
]) {
  test(`refused: ${text.slice(0, 60)}`, () => assert.throws(() => fromText(text), words));
}

test("contenders that are alike are told apart", () => {
  const named = (...texts) => names(fromText(`on=Beale&${texts.map((text) => `c=${text}`).join("&")}`).contenders);
  assert.deepEqual(named("Adam,lr:0.1", "Adam,lr:0.01"), ["Adam 0.1", "Adam 0.01"]);
  assert.deepEqual(named("Adam,lr:0.1", "Adam,lr:0.1"), ["Adam", "Adam (2)"]);
  assert.deepEqual(named("SGD,momentum:0.9,nesterov:true", "own:Mine"), ["Nesterov", "Mine"]);
});

test("a class of any letters travels by link, and a long name is cut in pictures", () => {
  for (const name of ["Größe", "_Mine", "Δw", "优化器", "é", "M".repeat(200)]) {
    const race = fromText(`on=Beale&c=own:${name}`);
    assert.equal(race.contenders[0].optimizer, `own:${name}`);
    const { hash } = new URL(`#${toText(race)}`, "https://a.test/");
    assert.deepEqual(fromText(hash.slice(1)), race);
    assert.ok([...names(race.contenders)[0]].length <= 24);
  }
  for (const name of ["2nd", "a-b", "a b", "", "a\u200b", "M".repeat(300)])
    assert.throws(() => fromText(`on=Beale&c=own:${name}`), /no optimizer/);
});

test("numbers in a few letters", () => {
  assert.deepEqual([0, 0.13, 12345.678, 1e-7, -2.5e8, 1.25e-10].map(short), [
    "0",
    "0.13",
    "12350",
    "1e-7",
    "-2.5e8",
    "1.25e-10",
  ]);
});
