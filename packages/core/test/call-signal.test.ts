import { describe, expect, it } from 'vitest';
import { abortSignalOf, LightSignal } from '../src/call-signal.js';

const over = new Error('over');
const later = new Error('later');

describe('a light signal', () => {
  it('tells whoever listens once, with the first reason', () => {
    const signal = new LightSignal();
    const told: Error[] = [];
    signal.addEventListener('abort', () => told.push(signal.reason));
    signal.throwIfAborted();
    expect(signal.aborted).toBe(false);
    signal.abort(over);
    signal.abort(later);
    expect(told).toEqual([over]);
    expect([signal.aborted, signal.reason]).toEqual([true, over]);
    expect(() => signal.throwIfAborted()).toThrow(over);
  });

  it('does not tell who has left, and tells the others', () => {
    const signal = new LightSignal();
    const told: string[] = [];
    const gone = (): void => void told.push('gone');
    const stranger = (): void => undefined;
    signal.addEventListener('abort', gone);
    signal.addEventListener('abort', () => told.push('here'));
    signal.removeEventListener('abort', gone);
    signal.removeEventListener('abort', stranger);
    signal.abort(over);
    expect(told).toEqual(['here']);
  });

  it('tells all of them when one leaves as it is told', () => {
    const signal = new LightSignal();
    const told: string[] = [];
    const first = (): void => {
      signal.removeEventListener('abort', first);
      told.push('first');
    };
    signal.addEventListener('abort', first);
    signal.addEventListener('abort', () => told.push('second'));
    signal.abort(over);
    expect(told).toEqual(['first', 'second']);
  });
});

describe('the signal for the platform', () => {
  it("is the platform's own where there is one", () => {
    const { signal } = new AbortController();
    expect(abortSignalOf(signal)).toBe(signal);
  });

  it('is aborted when the light one is, with its reason', () => {
    const light = new LightSignal();
    const signal = abortSignalOf(light);
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(signal.aborted).toBe(false);
    light.abort(over);
    expect([signal.aborted, signal.reason]).toEqual([true, over]);
  });

  it('is aborted at once when the light one has been', () => {
    const light = new LightSignal();
    light.abort(over);
    const signal = abortSignalOf(light);
    expect([signal.aborted, signal.reason]).toEqual([true, over]);
  });
});
