export type { FaultName } from './scripted-openai/faults.ts';
export {
  type BillLine,
  type RecordedCall,
  type ScriptedOpenai,
  type Step,
  startScriptedOpenai,
  upstreamKey,
} from './scripted-openai/server.ts';
