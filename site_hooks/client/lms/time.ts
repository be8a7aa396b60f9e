// How long a visit took, as learning systems write it.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** ISO 8601: "PT1H2M3.45S". */
export function iso(ms: number): string {
  const { hours, minutes, seconds } = parts(ms);
  return `PT${hours}H${minutes}M${seconds}S`;
}

/** SCORM 1.2: "0001:02:03.45". */
export function clock(ms: number): string {
  const { hours, minutes, seconds } = parts(ms);
  return `${String(Math.min(hours, 9999)).padStart(4, "0")}:${two(minutes)}:${seconds < 10 ? "0" : ""}${seconds.toFixed(2)}`;
}

function parts(ms: number): { hours: number; minutes: number; seconds: number } {
  const hundredths = Math.max(0, Math.floor(ms / 10));
  const whole = hundredths * 10;
  return {
    hours: Math.floor(whole / HOUR),
    minutes: Math.floor((whole % HOUR) / MINUTE),
    seconds: (whole % MINUTE) / SECOND,
  };
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
