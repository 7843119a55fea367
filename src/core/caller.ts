/** Who is calling, as `access` found out from the key. */
export interface Caller {
  keyId: string;
  keyName: string;
  /** `test` keys are answered by the sandbox and cost nothing. */
  mode: 'live' | 'test';
  /** Model ids this key may use; undefined: all. */
  models?: readonly string[];
}
