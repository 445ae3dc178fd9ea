import { bitstreamOf, encodeBitstream, networkOfCounts, packInput } from '@adiabit/simulator';
import { bitMatrixFrom, getBit } from '@adiabit/simulator/bits';
import { neverThreshold } from '@adiabit/simulator/network';
/** The formula of docs/formats/bitstream.md, as slowly as it is written there. */
export function evaluate(layers, input) {
    let values = input;
    for (const layer of layers) {
        const { weights, thresholds, offsets } = layer;
        const accumulators = Array.from({ length: layer.outputs }, (_, neuron) => {
            let accumulator = 0;
            for (let plane = 0; plane < layer.inputBits; plane++) {
                for (let i = 0; i < layer.inputs; i++) {
                    if (getBit(weights, neuron, i) === ((values[i] >> plane) & 1))
                        accumulator += 2 ** plane;
                }
            }
            return accumulator;
        });
        values = accumulators.map((accumulator, neuron) => layer.activation === 'threshold'
            ? Number(accumulator >= thresholds[neuron])
            : (accumulator << layer.shift) + offsets[neuron]);
    }
    return Int32Array.from(values);
}
/** `next(n)` gives an integer below n. */
export function sampleCircuit(next, { widths, inputBits, goldenVectors }) {
    const shapes = widths.slice(1).map((outputs, index) => ({
        activation: index === widths.length - 2 ? 'integer' : 'threshold',
        inputs: widths[index],
        outputs,
        inputBits: index === 0 ? inputBits : 1,
        shift: 0,
    }));
    const layers = shapes.map((layer) => {
        const isThreshold = layer.activation === 'threshold';
        return {
            ...layer,
            weights: bitMatrixFrom(layer.outputs, layer.inputs, () => next(2) === 1),
            thresholds: Uint32Array.from({ length: isThreshold ? layer.outputs : 0 }, () => Math.floor((neverThreshold(layer) * (8 + next(5))) / 20)),
            offsets: Int32Array.from({ length: isThreshold ? 0 : layer.outputs }, () => next(200) - 100),
        };
    });
    const description = { name: 'sample', modelDigest: '00', compiler: 'tests' };
    const values = Array.from({ length: goldenVectors }, () => Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits)));
    const outputs = values.map((input) => evaluate(layers, input));
    const golden = values.map((input, index) => ({ input, outputs: outputs[index] }));
    const bitstream = bitstreamOf(networkOfCounts(layers), description, golden);
    return {
        bitstream,
        bytes: encodeBitstream(bitstream),
        inputs: values.map((input) => packInput(input, widths[0], inputBits)),
        outputs,
    };
}
/** Position of the largest output, the lowest on a tie. */
export const classOf = (outputs) => outputs.indexOf(Math.max(...outputs));
/** A copy whose first golden vector expects something else: it passes every check but the self-test. */
export function withWrongGoldenVector({ bitstream }) {
    const [first, ...others] = bitstream.goldenVectors;
    const wrong = { input: first.input, outputs: first.outputs.map((output) => output + 1) };
    return encodeBitstream({ ...bitstream, goldenVectors: [wrong, ...others] });
}
//# sourceMappingURL=sample-circuits.js.map