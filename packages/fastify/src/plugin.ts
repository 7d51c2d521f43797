// A guard's hooks in → the Fastify plugin that brings them to a server out.

import { assertBoolean, assertKnownOptions } from '@agentwrit/protocol';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { openArea } from './area.js';
import { compileDeclaration, type Declaration, type HookBuilders } from './declaration.js';
import { assertGuarded } from './listing.js';

/** Options of `app.register(agentwrit.plugin, …)`. What is declared here goes for every route of the scope. */
export interface PluginOptions extends Declaration {
  /**
   * Whether this guard checks what routes say in their `config`. Default true; with several guards on one
   * instance of Fastify only one of them may. Scopes inside take the nearest.
   */
  readonly declarative?: boolean;
  /**
   * Deny by default: the server does not start as long as a route here has no guard that can be seen and is not
   * marked as public. Default false.
   */
  readonly denyByDefault?: boolean;
}

const PLUGIN_OPTIONS: readonly (keyof PluginOptions)[] = [
  'declarative',
  'denyByDefault',
  'scope',
  'authenticate',
  'publicRoute',
];

export function pluginOf(
  builders: HookBuilders,
  close: () => Promise<void>,
): FastifyPluginCallback<PluginOptions> {
  return fastifyPlugin<PluginOptions>(
    (app, options, done) => {
      try {
        install(app, readOptions(options));
      } catch (error) {
        // Thrown here it would end the process.
        done(error as Error);
        return;
      }
      done();
    },
    { name: '@agentwrit/fastify', fastify: '5.x' },
  );

  function install(app: FastifyInstance, options: PluginOptions): void {
    const { declarative = true, denyByDefault = false } = options;
    const hooks = compileDeclaration(options, () => builders);
    // Declared up front, so that every request object has one shape; once, though there may be more guards.
    if (!app.hasRequestDecorator('agent')) app.decorateRequest('agent');
    app.addHook('onClose', close);
    const area = openArea(app);
    if (declarative) area.declarative.add(builders);
    area.hooks.push(...hooks);
    for (const hook of hooks) app.addHook('preHandler', hook);
    if (denyByDefault) {
      area.isStrict = true;
      app.addHook('onReady', () => assertGuarded(app));
    }
  }
}

// `prefix` among the unknown ones: the plugin adds to the scope it is registered in, not to one of its own.
function readOptions(options: PluginOptions): PluginOptions {
  assertKnownOptions(options, 'the plugin', PLUGIN_OPTIONS);
  for (const name of ['declarative', 'denyByDefault'] as const) {
    if (name in options) assertBoolean(options[name], name);
  }
  return options;
}
