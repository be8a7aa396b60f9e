// Numbers as they are read: few digits, a real minus sign, the same width from step to step.

/** Significant digits. */
const DIGITS = 4;

export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const isPlain = size >= 1e-3 && size < 1e5;
  const digits = isPlain ? Number(value.toPrecision(DIGITS)).toString() : value.toExponential(DIGITS - 2);
  return digits.replace("e+", "e").replaceAll("-", "−");
}

/** Of all weights. */
export function shortAll(values: readonly (number | null)[] | undefined): string {
  return values?.length ? values.map(short).join(", ") : "–";
}

/** As Python would write them: nothing is left out. */
export function whole(values: readonly (number | null)[] | undefined): string {
  return (values ?? []).map((value) => (value === null ? "nan" : String(value))).join(" ");
}
