// The data behind the API. All of it is made up.

export interface Deployment {
  readonly service: string;
  readonly version: string;
  readonly by: string;
  /** Who handed the authority on, oldest first. */
  readonly onBehalfOf: readonly string[];
}

export interface Platform {
  readonly config: ReadonlyMap<string, { readonly replicas: number }>;
  /** The version of each service that runs. */
  readonly services: Map<string, string>;
  readonly deployments: Deployment[];
}

export function createPlatform(): Platform {
  return {
    config: new Map([
      ['production', { replicas: 6 }],
      ['staging', { replicas: 1 }],
    ]),
    services: new Map([
      ['web-service', 'v2.4.0'],
      ['payment-svc', 'v2.4.0'],
    ]),
    deployments: [],
  };
}
