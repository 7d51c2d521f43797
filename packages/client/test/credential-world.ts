// An embedded broker, an API and an operator → agents and delegated tokens to do things to, and what can happen to
// them behind their backs, out.

import { createBroker } from '@agentwrit/broker';
import {
  type Agent,
  AgentWritApp,
  AgentWritOperator,
  type DelegatedToken,
  type RevocationLevel,
} from '../src/index.js';
import { WatchedBroker } from './watched-broker.js';

export type Holder = Agent | DelegatedToken;

/** What agents and delegated tokens call. */
export const API = 'https://orders.example.com/orders/7';

export const TTL_SECONDS = 20;
const SCOPE = ['read:data:*'];

export const KINDS = ['agent', 'delegated token', 'accepted token'] as const;
export type Kind = (typeof KINDS)[number];

/** What kills a token that lives, without its holder being told. */
export const FATES = [
  'expired',
  'token revoked',
  'agent revoked',
  'task revoked',
  'chain revoked',
  'released elsewhere',
  'renewed elsewhere',
] as const;
export type Fate = (typeof FATES)[number];

/** What looks like one of these but is about somebody else (protocol §6.3). */
export const HARMLESS = [
  'delegator revoked',
  'own task revoked',
  'middle of chain revoked',
] as const;

/** A chain ends what was delegated, not the token of the agent that it begins with (protocol §6.3). */
export function kills(fate: Fate, kind: Kind): boolean {
  return fate !== 'chain revoked' || kind !== 'agent';
}

/** One holder, and whom revocations at each level have to name to hit it. */
export interface Subject {
  readonly holder: Holder;
  /** To delegate to. */
  readonly other: Agent;
  readonly kind: Kind;
  readonly task: string;
  readonly chainRoot: string;
  /** Whose end is not this one's. */
  readonly bystanders: Readonly<
    Record<(typeof HARMLESS)[number], readonly [RevocationLevel, string]>
  >;
}

export class CredentialWorld {
  readonly #clock = { ms: Date.UTC(2026, 1, 15, 12) };
  readonly #embedded = createBroker({
    clock: () => this.#clock.ms,
    bcryptCost: 4,
    rateLimits: false,
  });
  readonly broker = new WatchedBroker(this.#embedded);
  /** Calls to the API, by the tokens that they came with. */
  readonly calls: string[] = [];
  #app: AgentWritApp | undefined;
  #operator: AgentWritOperator | undefined;
  #count = 0;

  static async start(): Promise<CredentialWorld> {
    const world = new CredentialWorld();
    const brokerUrl = await world.broker.listen();
    const adminSecret = world.#embedded.adminSecret;
    const operator = new AgentWritOperator({ brokerUrl, adminSecret });
    const { clientId, clientSecret } = await operator.registerApp({
      name: 'orders',
      scopes: SCOPE,
    });
    world.#operator = operator;
    world.#app = new AgentWritApp({ brokerUrl, clientId, clientSecret, fetch: world.#api });
    return world;
  }

  /** Unix seconds. */
  get now(): number {
    return this.#clock.ms / 1000;
  }

  pass(seconds: number): void {
    this.#clock.ms += seconds * 1000;
  }

  async create(kind: Kind): Promise<Subject> {
    const app = given(this.#app);
    const [first, second] = [await this.#agent(), await this.#agent()];
    const delegated = await first.delegate({ to: second, scope: SCOPE, ttl: TTL_SECONDS });
    const holder = {
      agent: async () => first,
      'delegated token': async () => delegated,
      'accepted token': () => app.acceptDelegation(delegated.accessToken),
    };
    return {
      holder: await holder[kind](),
      other: second,
      kind,
      task: first.taskId,
      chainRoot: first.agentId,
      bystanders: {
        'delegator revoked': ['agent', kind === 'agent' ? second.agentId : first.agentId],
        'own task revoked': ['task', second.taskId],
        'middle of chain revoked': ['chain', second.agentId],
      },
    };
  }

  async befall({ holder, task, chainRoot }: Subject, fate: Fate): Promise<void> {
    switch (fate) {
      case 'expired':
        // A token is good up to and including its last second (protocol §3.4).
        return this.pass(TTL_SECONDS + 1);
      case 'token revoked':
        return this.revoke('token', claimsIn(holder.accessToken).jti);
      case 'agent revoked':
        return this.revoke('agent', holder.agentId);
      case 'task revoked':
        return this.revoke('task', task);
      case 'chain revoked':
        return this.revoke('chain', chainRoot);
      case 'released elsewhere':
        await this.broker.post('/v1/token/release', {}, { ...holder.bearerHeader });
        return;
      case 'renewed elsewhere':
        await this.broker.post('/v1/token/renew', {}, { ...holder.bearerHeader });
    }
  }

  async revoke(level: RevocationLevel, target: string): Promise<void> {
    await given(this.#operator).revoke({ level, target });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#app?.close(), this.#operator?.close()]);
    await this.broker[Symbol.asyncDispose]();
  }

  #agent(): Promise<Agent> {
    this.#count += 1;
    const taskId = `task-${this.#count}`;
    return given(this.#app).createAgent({
      orchId: 'orch-1',
      taskId,
      scope: SCOPE,
      maxTtl: TTL_SECONDS,
    });
  }

  /** Answers 200 while the broker vouches for the token. */
  readonly #api: typeof globalThis.fetch = async (_, init) => {
    const token = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length) ?? '';
    this.calls.push(token);
    const { there, back } = this.broker.ways(API);
    await there();
    const status = (await this.broker.isAlive(token)) ? 200 : 401;
    await back();
    return new Response(null, { status });
  };
}

export function claimsIn(token: string): { readonly jti: string; readonly exp: number } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return JSON.parse(payload) as { jti: string; exp: number };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the world has not been started');
  return value;
}
