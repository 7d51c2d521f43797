// An object that holds a secret in → what of it may be printed out.

import { inspect, type InspectOptionsStylized } from 'node:util';

/**
 * Base of the classes that hold a token or secret. The secret itself sits in a private field, which
 * neither JSON nor `util.inspect` can reach; this makes both show the rest.
 */
export abstract class Confidential {
  static {
    // Not a method: a key that is a symbol of Node's has no place in the declarations.
    Object.defineProperty(this.prototype, inspect.custom, {
      value(this: Confidential, _depth: number, options: InspectOptionsStylized): string {
        return `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
      },
    });
  }

  /** The members that are safe to show. */
  abstract toJSON(): object;
}
