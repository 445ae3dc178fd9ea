/** Repeatable numbers below n, one stream per seed (a linear congruential generator, high bits). */
export declare function repeatableNumbers(seed: number): (below: number) => number;
//# sourceMappingURL=numbers.d.ts.map