export type { FaultName } from './scripted-gemini/faults.ts';
export { geminiKey, type ScriptedGemini, type Step, startScriptedGemini } from './scripted-gemini/server.ts';
export { toPicture } from './scripted-gemini/vendor-answer.ts';
