/** Repeatable numbers below n, one stream per seed (a linear congruential generator, high bits). */
export function repeatableNumbers(seed) {
    let state = seed >>> 0;
    return (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return (state >>> 8) % below;
    };
}
//# sourceMappingURL=numbers.js.map