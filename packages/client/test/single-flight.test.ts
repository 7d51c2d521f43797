import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { SingleFlight } from '../src/single-flight.js';
import { gate, rejection } from './fake-broker.js';

describe('a single flight', () => {
  test('is shared by calls that overlap and begun anew afterwards', async () => {
    const flight = new SingleFlight<number>();
    let runs = 0;
    const start = async (): Promise<number> => {
      runs += 1;
      return runs;
    };
    expect(await Promise.all([flight.join(start), flight.join(start)])).toEqual([1, 1]);
    expect(flight.underway).toBe(false);
    expect(await flight.join(start)).toBe(2);
  });

  test('shares a failure and does not keep it', async () => {
    const flight = new SingleFlight<number>();
    const failure = new Error('no');
    const fail = (): Promise<number> => Promise.reject(failure);
    const outcomes = [rejection(flight.join(fail)), rejection(flight.join(fail))];
    expect(await Promise.all(outcomes)).toEqual([failure, failure]);
    expect(await flight.join(async () => 3)).toBe(3);
  });

  test('goes on for the others when one caller leaves', async () => {
    const flight = new SingleFlight<number>();
    const landing = gate();
    const controller = new AbortController();
    const start = async (): Promise<number> => {
      await landing.opened;
      return 1;
    };
    const impatient = rejection(flight.join(start, controller.signal));
    const patient = flight.join(start);
    controller.abort();
    expect(await impatient).toMatchObject({ name: 'AbortError' });
    landing.open();
    expect(await patient).toBe(1);
  });

  test('that fails after every caller has left disturbs nobody', async () => {
    const flight = new SingleFlight<number>();
    const landing = gate();
    const controller = new AbortController();
    const start = async (): Promise<number> => {
      await landing.opened;
      throw new Error('too late');
    };
    const left = rejection(flight.join(start, controller.signal));
    controller.abort();
    await left;
    landing.open();
    // An unhandled rejection would fail the run.
    await flight.settled();
    expect(flight.underway).toBe(false);
  });

  test('is not begun for a caller that has left already', async () => {
    const flight = new SingleFlight<number>();
    let runs = 0;
    const start = async (): Promise<number> => {
      runs += 1;
      return runs;
    };
    await rejection(flight.join(start, AbortSignal.abort()));
    expect(runs).toBe(0);
  });

  test('can be left while its end is awaited', async () => {
    const flight = new SingleFlight<number>();
    const landing = gate();
    const running = flight.join(async () => {
      await landing.opened;
      return 1;
    });
    const controller = new AbortController();
    const waiting = rejection(flight.settled(controller.signal));
    controller.abort();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    landing.open();
    expect(await running).toBe(1);
  });

  test('leaves nothing on the signals of its callers', async () => {
    const flight = new SingleFlight<number>();
    const { signal } = new AbortController();
    await flight.join(async () => 1, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
