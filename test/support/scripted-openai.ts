export type { FaultName } from './scripted-openai/faults.ts';
export { type ScriptedOpenai, startScriptedOpenai, upstreamKey } from './scripted-openai/server.ts';
