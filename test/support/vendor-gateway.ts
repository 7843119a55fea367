import { type Gateway, startGateway } from './gateway.ts';
import { type ScriptedOpenai, startScriptedOpenai } from './scripted-openai.ts';

/** A gateway whose live key reaches the scripted vendor. */
export async function startVendorGateway(
  environment: Record<string, string> = {},
): Promise<{ gateway: Gateway; vendor: ScriptedOpenai; close(): Promise<void> }> {
  const vendor = await startScriptedOpenai();
  const gateway = await startGateway({
    OPENAI_API_KEY: vendor.key,
    OPENAI_BASE_URL: vendor.url,
    ...environment,
  });
  const close = async (): Promise<void> => {
    await gateway.close();
    await vendor.close();
  };
  return { gateway, vendor, close };
}
