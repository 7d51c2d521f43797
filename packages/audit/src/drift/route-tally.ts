// Decisions in → which routes let somebody in, and which never did, out.

import type { DecisionEvent } from '@agentwrit/protocol';
import { copyOf } from './first-texts.js';
import type { RouteUse, UnreachedRoute } from './report.js';
import { MAX_TEXT } from './scope-book.js';
import { compareTexts } from './text-order.js';
import { TimeSpan } from './time-span.js';

/** A route of an application, as `listRequirements(app)` of an adapter tells it. */
export interface KnownRoute {
  readonly method: string;
  readonly path: string;
  /** What guards it. A route without any tells nothing of who was there. */
  readonly needs?: readonly unknown[];
}

interface Tally {
  allowed: number;
  refused: number;
  readonly span: TimeSpan;
}

type Path = string | undefined;

/** Stands for routes that have no entry of their own. */
export const OTHER_ROUTES = '(others)';

// An adapter writes it for the part of a pattern that its framework does not tell.
const UNTOLD = '…';

// Those of HTTP and its extensions; one that is made up is refused by the server.
const MAX_METHODS = 40;

export class RouteTally {
  readonly #paths = new Map<Path, Map<string, Tally>>();
  readonly #known: readonly KnownRoute[] | undefined;
  readonly #listed: ReadonlySet<string>;
  readonly #untold: readonly string[];
  readonly #max: number;
  readonly #others = createTally();
  /** Listed ones of which something was counted elsewhere, so that nobody knows whether they were reached. */
  readonly #vague = new Set<string>();
  #count = 0;
  #refusedCount = 0;
  #folded = 0;

  constructor(max: number, known: readonly KnownRoute[] | undefined) {
    this.#max = max;
    this.#known = known;
    // So that no number of others takes their place.
    for (const { path } of known ?? []) this.#paths.set(path, new Map());
    this.#listed = new Set(known?.map(({ path }) => path));
    this.#untold = [...this.#listed].filter((path) => path.includes(UNTOLD));
  }

  add({ outcome, method, route, time }: DecisionEvent): void {
    const tally = this.#tallyOf(route, method, outcome === 'allow');
    if (outcome === 'refuse') tally.refused += 1;
    else tally.allowed += 1;
    tally.span.add(time);
  }

  get folded(): number {
    return this.#folded;
  }

  get hasList(): boolean {
    return this.#known !== undefined;
  }

  /** The most used first. */
  get routes(): readonly RouteUse[] {
    const found = [...this.#paths].flatMap(([path, methods]) =>
      Array.from(methods, ([method, tally]) => routeUse(method, path, tally)),
    );
    if (this.#folded > 0) found.push(routeUse(OTHER_ROUTES, undefined, this.#others));
    return found.toSorted(
      (one, other) =>
        other.allowed + other.refused - (one.allowed + one.refused) ||
        compareTexts(nameOf(one), nameOf(other)),
    );
  }

  get unreached(): readonly UnreachedRoute[] {
    const known = this.#known;
    const listed = known
      ?.filter((route) => route.needs?.length !== 0 && !isImplied(route, known))
      .filter(({ path }) => !this.#vague.has(path))
      .map(({ method, path }) => {
        const tallies = this.#methodsAt(path)
          .filter(([used]) => isServedBy(used, method))
          .map(([, tally]) => tally);
        return {
          method,
          path,
          allowed: sum(tallies, 'allowed'),
          refused: sum(tallies, 'refused'),
        };
      });
    return (listed ?? this.routes)
      .filter(({ allowed }) => allowed === 0)
      .flatMap(({ method, path, refused }) => (path === null ? [] : [{ method, path, refused }]))
      .toSorted((one, other) => compareTexts(nameOf(one), nameOf(other)));
  }

  #methodsAt(listed: string): readonly (readonly [method: string, tally: Tally])[] {
    if (!listed.includes(UNTOLD)) return [...(this.#paths.get(listed) ?? [])];
    return [...this.#paths].flatMap(([path, methods]) =>
      path !== undefined && isOf(listed, path) ? [...methods] : [],
    );
  }

  #tallyOf(path: Path, method: string, isProven: boolean): Tally {
    const methods = this.#paths.get(path);
    const known = methods?.get(method);
    if (known !== undefined) return known;
    const isListed = path !== undefined && this.#listed.has(path);
    if (method.length <= MAX_TEXT) {
      if (isListed && methods !== undefined && this.#isServed(path, method, methods.size)) {
        return this.#add(path, methods, method);
      }
      if (!isListed && this.#hasRoom(path, isProven)) {
        if (!isProven) this.#refusedCount += 1;
        this.#count += 1;
        return this.#add(path, methods, method);
      }
    }
    this.#folded += 1;
    if (isListed) this.#vague.add(path);
    // Of a pattern that is not told whole: counted with all others that it stands for.
    const pattern = path === undefined || isListed ? undefined : this.#patternOver(path);
    const all = pattern === undefined ? undefined : this.#paths.get(pattern);
    const common = all?.get(method);
    if (common !== undefined) return common;
    if (pattern !== undefined && all !== undefined && all.size < MAX_METHODS) {
      return this.#add(pattern, all, method);
    }
    if (pattern !== undefined) this.#vague.add(pattern);
    return this.#others;
  }

  /** Without any token one may name paths that nobody has: they take half of the room at most. */
  #hasRoom(path: Path, isProven: boolean): boolean {
    const isShort = (path?.length ?? 0) <= MAX_TEXT;
    const isModest = isProven || this.#refusedCount < Math.ceil(this.#max / 2);
    return isShort && this.#count < this.#max && isModest;
  }

  /** What is on the list has room whatever else came there. */
  #isServed(path: string, method: string, count: number): boolean {
    if (count < MAX_METHODS) return true;
    return this.#known?.some((route) => route.path === path && route.method === method) === true;
  }

  #patternOver(path: string): string | undefined {
    return this.#untold.find((listed) => isOf(listed, path));
  }

  #add(path: Path, methods: Map<string, Tally> | undefined, method: string): Tally {
    const tally = createTally();
    const all = methods ?? new Map<string, Tally>();
    const kept = path === undefined ? undefined : copyOf(path, path.length);
    if (methods === undefined) this.#paths.set(kept, all);
    all.set(copyOf(method, MAX_TEXT), tally);
    return tally;
  }
}

/** Whether the one, of which the beginning or so is not told, may be the other. */
function isOf(listed: string, path: string): boolean {
  const [start = '', ...others] = listed.split(UNTOLD);
  const end = others.at(-1) ?? '';
  return path === listed || (path.startsWith(start) && path.endsWith(end));
}

// Some frameworks list it beside each GET; whoever needs the one may never use the other.
function isImplied({ method, path }: KnownRoute, all: readonly KnownRoute[]): boolean {
  return method === 'HEAD' && all.some((other) => other.method === 'GET' && other.path === path);
}

function createTally(): Tally {
  return { allowed: 0, refused: 0, span: new TimeSpan() };
}

function routeUse(method: string, path: Path, { allowed, refused, span }: Tally): RouteUse {
  return { method, path: path ?? null, allowed, refused, ...span.ends };
}

// Frameworks answer HEAD with the route of GET (RFC 9110 §9.3.2).
function isServedBy(used: string, listed: string): boolean {
  return used === listed || listed === 'ALL' || (used === 'HEAD' && listed === 'GET');
}

function nameOf({ method, path }: Pick<RouteUse, 'method' | 'path'>): string {
  return `${path ?? ''} ${method}`;
}

function sum(tallies: readonly Tally[], key: 'allowed' | 'refused'): number {
  return tallies.reduce((total, tally) => total + tally[key], 0);
}
