import type { Clock } from '../core/clock.ts';
import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Config } from '../core/setting.ts';
import type { Lab } from '../images/index.ts';
import type { providersSettings } from './config.ts';
import type { Provider } from './contract.ts';
import { createGoogle, googleModels } from './google/index.ts';
import { createLocal, localModels } from './local/index.ts';
import { createOpenai, openaiModels } from './openai/index.ts';
import { createSandbox } from './sandbox/index.ts';
import { createTransport } from './transport.ts';

/** All models there are, in the order `GET /models` lists them. */
export const allModels: readonly Model[] = [...openaiModels, ...googleModels, ...localModels];

export interface ProvidersParts {
  config: Config<typeof providersSettings>;
  lab: Lab;
  clock: Clock;
}

export interface Providers {
  models: readonly Model[];
  /** Who serves the model. @throws RetouchError provider_not_configured */
  get(model: Model): Provider;
  /** Answers test keys, for any model. */
  sandbox: Provider;
  /** What to set so that every vendor can be called, one sentence each. */
  missing: readonly string[];
  close(): Promise<void>;
}

/** The one list of who can edit pictures. */
export function createProviders({ config, lab, clock }: ProvidersParts): Providers {
  const transport = createTransport({
    connectTimeoutMs: config.upstreamConnectTimeoutMs,
    headersTimeoutMs: config.upstreamHeadersTimeoutMs,
    idleTimeoutMs: config.upstreamIdleTimeoutMs,
    totalTimeoutMs: config.upstreamTotalTimeoutMs,
    maxResponseBytes: config.upstreamMaxResponseBytes,
  });
  const providers: readonly Provider[] = [
    createOpenai({ config, transport }),
    createGoogle({ config, transport }),
    createLocal({ lab, now: clock }),
  ];
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  return {
    models: allModels,
    get({ id, provider: providerId }) {
      const provider = byId.get(providerId);
      if (provider && provider.missing === undefined) return provider;
      const wish = provider?.missing ?? `no provider '${providerId}' is built in`;
      throw new RetouchError(
        'provider_not_configured',
        `This gateway cannot serve ${id} yet: ${wish}. To go on now, use a test key (rt_test_...) or the model local/retouch.`,
        { param: 'model' },
      );
    },
    sandbox: createSandbox({ lab, now: clock }),
    missing: providers.flatMap(({ id, missing }) => (missing === undefined ? [] : [`${id}/...: ${missing}`])),
    close: () => transport.close(),
  };
}
