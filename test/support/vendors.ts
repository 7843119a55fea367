import { type Gateway, startGateway } from './gateway.ts';
import { type ScriptedGemini, startScriptedGemini } from './scripted-gemini.ts';
import { type ScriptedOpenai, startScriptedOpenai } from './scripted-openai.ts';

export interface Vendors {
  gateway: Gateway;
  openai: ScriptedOpenai;
  gemini: ScriptedGemini;
  close(): Promise<void>;
}

/** A gateway whose live key reaches both scripted vendors. */
export async function startVendors(environment: Record<string, string> = {}): Promise<Vendors> {
  const [openai, gemini] = await Promise.all([startScriptedOpenai(), startScriptedGemini()]);
  const gateway = await startGateway({
    OPENAI_API_KEY: openai.key,
    OPENAI_BASE_URL: openai.url,
    GEMINI_API_KEY: gemini.key,
    GEMINI_BASE_URL: gemini.url,
    ...environment,
  });
  const close = async (): Promise<void> => {
    await gateway.close();
    await Promise.all([openai.close(), gemini.close()]);
  };
  return { gateway, openai, gemini, close };
}
