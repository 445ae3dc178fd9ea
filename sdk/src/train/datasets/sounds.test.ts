import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from '../../model/mu-law.js';
import { wavFile } from '../testing/wav.js';
import { resample } from './resample.js';
import { soundValues } from './sounds.js';

const shape = { shape: [256], sampleRateHz: 8000 } as const;

const tone = (frequency: number, rate: number, length: number) =>
  Float32Array.from({ length }, (_, index) => Math.sin((2 * Math.PI * frequency * index) / rate));

test('a mu-law file at the rate of the task comes out byte for byte', () => {
  // 127 is a negative zero, which a sample cannot tell from 255.
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const expected = bytes.map((byte) => (byte === 127 ? 255 : byte));
  expect(soundValues(wavFile(bytes, { sampleRateHz: 8000, format: 7 }), shape, 'file')).toEqual(expected);
});

test('16-bit samples are encoded as they are', () => {
  const samples = Array.from({ length: 256 }, (_, index) => index * 257 - 32_768);
  const found = soundValues(wavFile(samples, { sampleRateHz: 8000 }), shape, 'file');
  expect(found).toEqual(Uint8Array.from(samples, encodeMuLaw));
});

test('shorter sounds end in silence, longer ones are cut', () => {
  const short = soundValues(wavFile([1000, 1000], { sampleRateHz: 8000 }), shape, 'file');
  expect([...short.subarray(0, 4)]).toEqual([encodeMuLaw(1000), encodeMuLaw(1000), 255, 255]);
  const long = soundValues(wavFile(new Array<number>(300).fill(1000), { sampleRateHz: 8000 }), shape, 'file');
  expect(long).toHaveLength(256);
  expect(long[255]).toBe(encodeMuLaw(1000));
});

test('channels are averaged', () => {
  const stereo = wavFile([1000, 3000, -500, -1500], { sampleRateHz: 8000, channels: 2 });
  expect([...soundValues(stereo, shape, 'file').subarray(0, 3)]).toEqual([encodeMuLaw(2000), encodeMuLaw(-1000), 255]);
});

test('what is no WAV, or holds no sound, is refused by name', () => {
  for (const bytes of [Buffer.from('no sound at all'), new Uint8Array(0), wavFile([], { sampleRateHz: 8000 })]) {
    expect(() => soundValues(bytes, shape, 'word.wav')).toThrow(/word\.wav/);
    expect(() => soundValues(bytes, shape, 'word.wav')).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^format\.bad-(magic|value)$/) as string }),
    );
  }
});

/** A chunk with the pad byte that an odd length asks for. */
const chunk = (name: string, body: Uint8Array, length = body.length): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
};
const riff = (...chunks: readonly Uint8Array[]) => chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
/** The two chunks of a file of ours. */
const partsOf = (wav: Buffer) => ({ format: wav.subarray(12, 36), data: wav.subarray(44) });

test('chunks of any name and length, before and behind the sound, change nothing', () => {
  const ends = ['LIST', 'id3 ', 'bext', 'cue ', 'fact', 'PAD '];
  const other = fc.tuple(fc.constantFrom(...ends), fc.uint8Array({ maxLength: 40 }));
  const samples = Array.from({ length: 100 }, (_, index) => 300 * index - 9000);
  const { format, data } = partsOf(wavFile(samples, { sampleRateHz: 8000 }));
  const expected = soundValues(riff(format, chunk('data', data)), shape, 'plain');
  fc.assert(
    fc.property(fc.array(other), fc.array(other), fc.array(other), (first, second, last) => {
      const all = [first, second, last].map((some) => some.map(([name, body]) => chunk(name, body)));
      const wav = riff(...all[0], format, ...all[1], chunk('data', data), ...all[2]);
      expect(soundValues(wav, shape, 'file')).toEqual(expected);
      expect(() =>
        soundValues(riff(...all[0], format, ...all[1], chunk('data', Buffer.alloc(0)), ...all[2]), shape, 'f'),
      ).toThrow('holds no sound');
    }),
  );
});

test('a sound that is cut off anywhere is refused as such; a length that was not known yet is what there is', () => {
  const { format, data } = partsOf(wavFile([1000, 2000, 3000], { sampleRateHz: 8000 }));
  const whole = riff(format, chunk('data', data));
  for (let length = 44; length < whole.length; length++) {
    expect(() => soundValues(whole.subarray(0, length), shape, 'word.wav')).toThrow(
      expect.objectContaining({ code: 'format.truncated' }),
    );
  }
  const streamed = riff(format, chunk('data', data, 0xffff_ffff));
  expect(soundValues(streamed, shape, 'file')).toEqual(soundValues(whole, shape, 'file'));
});

test('every byte of a head may be anything: it is decoded or refused, and takes little memory', () => {
  const plain = wavFile(new Array<number>(400).fill(500), { sampleRateHz: 8000 });
  const change = fc.tuple(fc.integer({ min: 12, max: 43 }), fc.nat(255));
  const before = process.memoryUsage().arrayBuffers;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const wav = Uint8Array.from(plain);
      for (const [offset, value] of changes) wav[offset] = value;
      try {
        expect(soundValues(wav, shape, 'file')).toHaveLength(256);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^format\./) as string });
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
    }),
    { numRuns: 300 },
  );
});

test('no more is decoded than the task takes: the values are those of the whole sound', () => {
  const samples = tone(440, 44_100, 44_100).map((sample) => 20_000 * sample);
  const all = wavFile(samples, { sampleRateHz: 44_100 });
  const half = wavFile(samples.subarray(0, 22_050), { sampleRateHz: 44_100 });
  expect(soundValues(all, shape, 'file')).toEqual(soundValues(half, shape, 'file'));
  // A second of it would be 8,000 seconds at the rate of the task.
  expect(soundValues(wavFile(samples, { sampleRateHz: 1 }), shape, 'file')).toHaveLength(256);
});

/** Away from both ends, where silence mixes in. */
const loudness = (samples: Float32Array) =>
  Math.sqrt(samples.subarray(500, -500).reduce((sum, sample) => sum + sample ** 2, 0) / (samples.length - 1000));

test.each([44_100, 22_050, 16_000, 11_025])('a tone from %i Hz is the same tone at 8,000 Hz', (rate) => {
  const found = resample(tone(440, rate, rate), rate, 8000);
  expect(found).toHaveLength(8000);
  const expected = tone(440, 8000, 8000);
  const middle = found.subarray(500, 7500);
  expect(Math.max(...middle.map((sample, index) => Math.abs(sample - expected[index + 500])))).toBeLessThan(0.003);
});

test('a tone that the lower rate cannot hold is filtered out, not folded down', () => {
  expect(loudness(resample(tone(5000, 44_100, 44_100), 44_100, 8000))).toBeLessThan(0.002);
  expect(loudness(resample(tone(3000, 44_100, 44_100), 44_100, 8000))).toBeCloseTo(Math.SQRT1_2, 2);
});

test('the same rate changes nothing, and a higher one keeps the tone', () => {
  const samples = tone(440, 8000, 4000);
  expect(resample(samples, 8000, 8000)).toBe(samples);
  const found = resample(samples, 8000, 16_000).subarray(1000, 7000);
  const expected = tone(440, 16_000, 8000).subarray(1000, 7000);
  expect(Math.max(...found.map((sample, index) => Math.abs(sample - expected[index])))).toBeLessThan(0.003);
});

test('the loudest sample stays the loudest there is', () => {
  const [high, low] = soundValues(wavFile([32_767, -32_768], { sampleRateHz: 8000 }), shape, 'file');
  expect([decodeMuLaw(high), decodeMuLaw(low)]).toEqual([32_124, -32_124]);
});
