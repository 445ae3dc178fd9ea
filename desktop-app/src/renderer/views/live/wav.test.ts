import { expect, test } from 'vitest';
import decodeWav from '@audio/decode-wav';
import { wavOf } from './wav.js';

test('a recording is a WAV that others read: its rate, and its samples within a step of 16 bits', () => {
  const { channelData, sampleRate } = decodeWav(wavOf(Float32Array.of(0, 0.5, -1, 2), 16_000));
  expect(sampleRate).toBe(16_000);
  [0, 0.5, -1, 1].forEach((sample, index) => expect(channelData[0][index]).toBeCloseTo(sample, 4));
});
