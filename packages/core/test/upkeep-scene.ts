// A guard over a scripted broker, with a clock that stands still until it is told to go on.

import { onTestFinished } from 'vitest';
import type { GuardOptions } from '../src/index.js';
import { type Scene, setScene } from './guard-scene.js';
import { claimsOf, json, START_MS, tokenOf, turns } from './fixtures.js';

export interface Setup extends Scene {
  /** Turns of the loop until nobody is asked any more. */
  readonly settle: () => Promise<void>;
}

export function setUp(options: Partial<GuardOptions> = {}): Setup {
  const scene = setScene(options);
  const { guard } = scene;
  onTestFinished(() => guard.close());
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 1_000 && guard.stats().sizes.questions > 0; turn += 1) await turns(1);
  };
  return { ...scene, settle };
}

/** Live for long, and like no other with another number. */
export function tokenNumber(
  serial: number,
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const jti = serial.toString(16).padStart(32, '0');
  return tokenOf(claimsOf({ jti, exp: START_MS / 1000 + 86_400, nbf: 0, ...claims }));
}

export const outage = (): Response => json({}, { status: 500 });
