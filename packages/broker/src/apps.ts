// A name, a ceiling and a lifetime in → an app with credentials out; later found, changed and
// deregistered (protocol §9).

import { randomBytes } from 'node:crypto';
import { compare, hash } from 'bcryptjs';
import type { BrokerSettings } from './broker-settings.js';
import type { Storage } from './storage.js';

export interface App {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  readonly secretHash: string;
  /** The ceiling of the launch tokens it may make. */
  scopes: readonly string[];
  /** Seconds its own tokens live. */
  tokenTtl: number;
  status: 'active' | 'inactive';
  /** Epoch milliseconds. */
  readonly createdAt: number;
  updatedAt: number;
}

export interface NewApp extends Pick<App, 'name' | 'scopes' | 'tokenTtl'> {}

/** What the `sub` of an app's own tokens begins with. */
export const APP_SUBJECT = 'app:';

/** The `sub` of its own tokens. */
export function appSubject({ id }: Pick<App, 'id'>): string {
  return `${APP_SUBJECT}${id}`;
}

export class Apps {
  // In order of creation. Names stay taken after deregistration: nothing is ever removed.
  readonly #byId = new Map<string, App>();
  readonly #byClientId = new Map<string, App>();
  readonly #names = new Set<string>();
  readonly #settings: BrokerSettings;
  readonly #storage: Storage | undefined;

  constructor(settings: BrokerSettings, storage: Storage | undefined) {
    this.#settings = settings;
    this.#storage = storage;
    for (const app of storage?.loadApps() ?? []) this.#add(app);
  }

  /**
   * @returns the app and its secret, shown only here, or `undefined` when the name is taken
   * @throws what the storage throws; then there is no such app
   */
  async register(
    app: NewApp,
  ): Promise<{ readonly app: App; readonly clientSecret: string } | undefined> {
    const clientSecret = randomBytes(32).toString('hex');
    // Before the look at the names, so that nothing can come between that and the entry.
    const secretHash = await hash(clientSecret, this.#settings.bcryptCost);
    if (this.#names.has(app.name)) return undefined;
    const now = this.#settings.clock();
    const registered: App = {
      ...app,
      id: `app-${app.name}-${randomBytes(3).toString('hex')}`,
      clientId: `${abbreviation(app.name)}-${randomBytes(6).toString('hex')}`,
      secretHash,
      status: 'active',
      createdAt: now,
      updatedAt: now,
    };
    this.#storage?.insertApp(registered);
    this.#add(registered);
    return { app: registered, clientSecret };
  }

  find(id: string): App | undefined {
    return this.#byId.get(id);
  }

  findClient(clientId: string): App | undefined {
    return this.#byClientId.get(clientId);
  }

  newestFirst(): readonly App[] {
    return [...this.#byId.values()].toReversed();
  }

  /** @throws what the storage throws; then the app is as it was */
  change(app: App, change: Partial<Pick<App, 'scopes' | 'tokenTtl' | 'status'>>): void {
    const changed = { ...app, ...change, updatedAt: this.#settings.clock() };
    this.#storage?.updateApp(changed);
    Object.assign(app, changed);
  }

  #add(app: App): void {
    this.#names.add(app.name);
    this.#byId.set(app.id, app);
    this.#byClientId.set(app.clientId, app);
  }
}

export function isClientSecret(app: App, secret: string): Promise<boolean> {
  return compare(secret, app.secretHash);
}

/** `orders` → `or`, `my-cool-web-app` → `mcw`. */
function abbreviation(name: string): string {
  const words = name.split('-');
  if (words.length === 1) return name.slice(0, 2);
  return words
    .slice(0, 3)
    .map((word) => word.slice(0, 1))
    .join('');
}
