// What a race can be made of: courses, optimizers with the settings that the page offers, schedules. A test compares it
// with pylib.

/** A setting's value: a number, a switch, two numbers, or one of some words ("" for none). */
export type Value = number | boolean | string | readonly [number, number];

export interface OptimizerInfo {
  /** The rate that its class has by default. */
  lr: number;
  /** The other arguments that the page offers, as the class has them by default. */
  settings: Readonly<Record<string, Value>>;
}

const BETAS = [0.9, 0.999] as const;

export const OPTIMIZERS: Readonly<Record<string, OptimizerInfo>> = {
  SGD: { lr: 0.001, settings: { momentum: 0, dampening: 0, nesterov: false, weight_decay: 0 } },
  RMSprop: { lr: 0.01, settings: { alpha: 0.99, momentum: 0, centered: false, eps: 1e-8, weight_decay: 0 } },
  Adam: { lr: 0.001, settings: { betas: BETAS, eps: 1e-8, amsgrad: false, weight_decay: 0 } },
  AdamW: { lr: 0.001, settings: { betas: BETAS, eps: 1e-8, amsgrad: false, weight_decay: 0.01 } },
  Adagrad: { lr: 0.01, settings: { lr_decay: 0, initial_accumulator_value: 0, eps: 1e-10, weight_decay: 0 } },
  Adadelta: { lr: 1, settings: { rho: 0.9, eps: 1e-6, weight_decay: 0 } },
  Adamax: { lr: 0.002, settings: { betas: BETAS, eps: 1e-8, weight_decay: 0 } },
  NAdam: { lr: 0.002, settings: { betas: BETAS, momentum_decay: 0.004, eps: 1e-8, weight_decay: 0 } },
  RAdam: { lr: 0.001, settings: { betas: BETAS, eps: 1e-8, weight_decay: 0 } },
  Lion: { lr: 0.0001, settings: { betas: [0.9, 0.99], weight_decay: 0 } },
  Rprop: { lr: 0.01, settings: { etas: [0.5, 1.2], step_sizes: [1e-6, 50] } },
  Adafactor: { lr: 0.01, settings: { beta2_decay: -0.8, d: 1, weight_decay: 0 } },
  ScheduleFreeSGD: { lr: 1, settings: { momentum: 0.9, warmup_steps: 0, weight_decay: 0 } },
  ScheduleFreeAdamW: { lr: 0.0025, settings: { betas: BETAS, warmup_steps: 0, weight_decay: 0 } },
  LBFGS: { lr: 1, settings: { max_iter: 20, history_size: 100, line_search_fn: "" } },
};

/** Of settings that are words. */
export const CHOICES: Readonly<Record<string, readonly string[]>> = { line_search_fn: ["", "strong_wolfe"] };

/** By their names in pylib, with the words for them. */
export const SCHEDULES: Readonly<Record<string, string>> = {
  constant: WORDS.race.constant,
  cosine: WORDS.race.cosine,
  warmup: WORDS.race.warmup,
  linear: WORDS.race.linear,
  step: WORDS.race.thirds,
  exponential: WORDS.race.exponential,
  onecycle: WORDS.race.oneCycle,
};

export interface CourseInfo {
  title: string;
  /** Of a surface: name, value, lowest and highest. */
  settings: Readonly<Record<string, readonly [usual: number, low: number, high: number]>>;
  /** Where a race starts; null where the weights are drawn. */
  start: readonly [number, number] | null;
  /** Its gradients are those of rows of data. */
  hasRows: boolean;
}

export const COURSES: Readonly<Record<string, CourseInfo>> = {
  Quadratic: {
    title: WORDS.race.bowl,
    settings: { condition: [10, 1, 1e6], angle: [0, -180, 180] },
    start: [-2.6, 2],
    hasRows: false,
  },
  Rosenbrock: { title: WORDS.race.rosenbrock, settings: {}, start: [-1.2, 1], hasRows: false },
  Beale: { title: WORDS.race.beale, settings: {}, start: [1, 1], hasRows: false },
  Himmelblau: { title: WORDS.race.himmelblau, settings: {}, start: [0, -4], hasRows: false },
  Rastrigin: { title: WORDS.race.rastrigin, settings: {}, start: [3.6, -2.7], hasRows: false },
  Saddle: { title: WORDS.race.saddle, settings: {}, start: [-1.8, 0.001], hasRows: false },
  logistic: { title: WORDS.race.logistic, settings: {}, start: [-1, 2], hasRows: true },
  network: { title: WORDS.race.network, settings: {}, start: null, hasRows: true },
};
