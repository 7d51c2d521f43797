// Programs that are compiled and not run.

import type { FastifyTypeProvider } from 'fastify';
import { expect, it } from 'vitest';

export function compiled(program: () => unknown): void {
  it('compiles', () => expect(program).toBeTypeOf('function'));
}

// Reads the type of a value out of its schema, as the providers for TypeBox and others do.
export interface ExampleProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends { example: infer Example } ? Example : unknown;
  readonly serializer: this['schema'] extends { example: infer Example } ? Example : unknown;
}
